#include "ddl/replacement/matview.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "db/catalog/table_catalog.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/leaf.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

Step drop(const QualifiedName& view, const std::string& why) {
    return statement(fmt::format("DROP MATERIALIZED VIEW IF EXISTS {}", sql::quoted(view)), why);
}

Step create(const Matview& matview, const QualifiedName& staged) {
    const db::TableInfo& view = matview.view;
    std::string head = fmt::format("CREATE MATERIALIZED VIEW {}", sql::quoted(staged));
    if (!view.access_method.empty())
        head += fmt::format(" USING {}", sql::quote_ident(view.access_method));
    if (!view.options.empty())
        head += fmt::format(" WITH ({})", option_list(view.options));
    if (!view.tablespace.empty())
        head += fmt::format(" TABLESPACE {}", sql::quote_ident(view.tablespace));
    return statement(fmt::format("{} AS\n{}\nWITH NO DATA", head, matview.query),
                     "the same query, which now reads the table of that name");
}

/// As its owner will see it: under the settings of the role and database, not under those of this session.
std::vector<Step> fill(const QualifiedName& staged) {
    return {
        statement("SET LOCAL search_path TO DEFAULT", "functions in its query may depend on it"),
        statement("SET LOCAL row_security TO DEFAULT", "policies hold for its owner as in any REFRESH"),
        statement(fmt::format("REFRESH MATERIALIZED VIEW {}", sql::quoted(staged)), "reads without blocking writers"),
        statement("SET LOCAL row_security = off", "as before"),
        statement("SET LOCAL search_path = pg_catalog", "as before")};
}

std::vector<Step> index_steps(const db::TableInfo& view, const QualifiedName& staged) {
    std::vector<Step> steps;
    for (const db::IndexInfo& index : view.indexes) {
        const QualifiedName name = staged_name(index.name);
        steps.push_back(statement(create_index(index, name.name, staged), "as the first one has"));
        append(steps, index_settings(index, name));
        if (index.is_clustered)
            steps.push_back(statement(fmt::format("ALTER MATERIALIZED VIEW {} CLUSTER ON {}", sql::quoted(staged),
                                                  sql::quote_ident(name.name)),
                                      "as before"));
    }
    return steps;
}

std::vector<Step> comment_steps(const db::TableInfo& view, const QualifiedName& staged) {
    std::vector<Step> steps;
    if (view.comment)
        steps.push_back(statement(fmt::format("COMMENT ON MATERIALIZED VIEW {} IS {}", sql::quoted(staged),
                                              sql::quote_literal(*view.comment)),
                                  "comments are preserved"));
    for (const db::ColumnInfo& column : view.columns)
        if (column.comment)
            steps.push_back(statement(fmt::format("COMMENT ON COLUMN {}.{} IS {}", sql::quoted(staged),
                                                  sql::quote_ident(column.name), sql::quote_literal(*column.comment)),
                                      "comments are preserved"));
    return steps;
}

std::string alter_matview(const QualifiedName& view) {
    return "ALTER MATERIALIZED VIEW " + sql::quoted(view);
}

std::string same_owner(const db::TableInfo& view, const QualifiedName& name) {
    return fmt::format("{} OWNER TO {}", alter_matview(name), sql::quote_ident(view.owner));
}

/// LOCK TABLE takes no materialized view: a change that changes nothing does. Views on it first, as a query takes them.
std::vector<LockRequest> exchange_locks(const db::TableInfo& view) {
    std::vector<LockRequest> locks;
    for (const db::DependentInfo& above : view.dependents)
        if (above.kind == db::DependentInfo::Kind::view)
            locks.push_back(view_lock(above));
    std::sort(locks.begin(), locks.end(),
              [](const LockRequest& left, const LockRequest& right) { return left.relation < right.relation; });
    for (const QualifiedName& name : {view.name, staged_name(view.name)})
        locks.push_back({name, LockMode::access_exclusive, same_owner(view, name)});
    return locks;
}

}  // namespace

QualifiedName former_matview_name(const QualifiedName& view) {
    return {view.schema, sql::truncated_name("tripmig_former_" + view.name)};
}

Unit build_matview(const Matview& matview) {
    const db::TableInfo& view = matview.view;
    const QualifiedName staged = staged_name(view.name);
    Unit unit;
    unit.name = fmt::format("rebuild materialized view {}", sql::quoted(view.name));
    std::vector<Step>& steps = unit.steps;
    steps = {drop(staged, "left by an interrupted build"), create(matview, staged)};
    if (view.owner != view.current_role)
        steps.push_back(statement(same_owner(view, staged), "the first one's owner"));
    for (const std::string& clause : matview.clauses)
        steps.push_back(statement(fmt::format("{} {}", alter_matview(staged), clause), "as before"));
    append(steps, column_settings(view, staged));
    if (matview.is_populated)
        append(steps, fill(staged));
    append(steps, index_steps(view, staged));
    append(steps, comment_steps(view, staged));
    append(steps, grant_alike("TABLE", staged, view.owner, view.has_acl, view.grants, view.default_table_grantees));
    append(steps, column_grants(view, staged));
    if (matview.is_populated)
        steps.push_back(statement(fmt::format("ANALYZE {}", sql::quoted(staged)), "statistics of the full view"));
    return unit;
}

Unit exchange_matview(const Matview& matview) {
    const db::TableInfo& view = matview.view;
    const QualifiedName staged = staged_name(view.name);
    const QualifiedName former = former_matview_name(view.name);
    Unit unit;
    unit.name = fmt::format("put materialized view {} in its place", sql::quoted(view.name));
    unit.lock_first = exchange_locks(view);
    std::vector<Step>& steps = unit.steps;
    steps.push_back(db::unchanged_since(view));
    if (!matview.is_populated)
        steps.push_back(
            check(fmt::format("SELECT NOT relispopulated FROM pg_catalog.pg_class WHERE oid = {}", view.oid),
                  fmt::format("{} was populated meanwhile", sql::quoted(view.name))));
    const auto rename = [&](const QualifiedName& from, const QualifiedName& to) {
        steps.push_back(statement(fmt::format("{} RENAME TO {}", alter_matview(from), sql::quote_ident(to.name)),
                                  "the name is the new one's", {{from, LockMode::access_exclusive}}));
    };
    rename(view.name, former);
    rename(staged, view.name);
    for (const db::DependentInfo& above : view.dependents)
        if (above.kind == db::DependentInfo::Kind::view)
            steps.push_back(statement(above.rebind, "bound to the first one by OID"));
    steps.push_back(drop(former, "it read the old table only"));
    for (const db::IndexInfo& index : view.indexes)
        steps.push_back(rename_index(staged_name(index.name), index.name.name, "under its old name"));
    return unit;
}

Unit drop_staged_matview(const QualifiedName& view) {
    Unit unit;
    unit.name = fmt::format("drop {}", sql::quoted(staged_name(view)));
    unit.steps = {drop(staged_name(view), "left by an interrupted build")};
    return unit;
}

}  // namespace tripmig::ddl
