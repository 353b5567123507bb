#include "ddl/replacement/staged.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ddl/index_definition.hpp"
#include "ddl/leaf_index.hpp"
#include "ddl/replacement/table_settings.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

QualifiedName staged_name(const QualifiedName& name) {
    return {name.schema, sql::truncated_name("tripmig_new_" + name.name)};
}

std::vector<Step> create_staged(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    const QualifiedName staged = staged_name(table.name);
    const std::string name = sql::quoted(staged);
    const std::string tablespace =
        table.tablespace.empty() ? "" : fmt::format(" TABLESPACE {}", sql::quote_ident(table.tablespace));
    std::vector<Step> steps{statement(
        fmt::format("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING "
                    "COMPRESSION INCLUDING COMMENTS INCLUDING CONSTRAINTS INCLUDING STATISTICS) PARTITION BY RANGE "
                    "({}){}",
                    name, sql::quoted(table.name), sql::quote_ident(replacement.key), tablespace),
        "the partitioned table, under another name until the cut-over", {{table.name, LockMode::access_share}})};
    append(steps, drop_unvalidated_checks(table, staged));
    TableSettings settings;  // row security comes with the cut-over: meanwhile the owner alone can use it
    settings.table = staged;
    settings.owner = table.owner;
    steps.push_back(set_owner_and_row_security(settings));
    append(steps, grant_alike("TABLE", staged, table.owner, false, {}, table.default_table_grantees));
    if (table.comment)
        steps.push_back(statement(fmt::format("COMMENT ON TABLE {} IS {}", name, sql::quote_literal(*table.comment)),
                                  "comments are preserved"));
    append(steps, column_settings(table, staged));
    return steps;
}

ParentFacts staged_leaf_facts(const Replacement& replacement) {
    ParentFacts facts = parent_facts(replacement.table, replacement.key);
    facts.table = staged_name(replacement.table.name);
    facts.replica_identity = 'f';
    facts.replica_identity_index.reset();
    if (replacement.registry)
        facts.truncate_triggers.push_back({replacement.registry->truncate_trigger(), "AFTER",
                                           fmt::format("FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                                                       sql::quoted(replacement.registry->truncate_function())),
                                           'A'});
    return facts;
}

namespace {

/// What an index is called on one table of the new ones.
using Naming = std::string (*)(const db::IndexInfo& index, const QualifiedName& table);

std::string leaf_naming(const db::IndexInfo& index, const QualifiedName& leaf) {
    return index.is_primary ? sql::truncated_name(leaf.name, "_pkey") : leaf_object_name(index.name.name, leaf);
}

std::string staged_naming(const db::IndexInfo& index, const QualifiedName& /*staged*/) {
    return staged_name(index.name).name;
}

const db::ConstraintInfo* find_constraint(const db::TableInfo& table, const db::IndexInfo& index) {
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (index.is_constraint && constraint.name == index.name.name)
            return &constraint;
    return nullptr;
}

/// Primary key first: the order in which pg_dump and people expect them.
std::vector<const db::IndexInfo*> in_order(const db::TableInfo& table) {
    std::vector<const db::IndexInfo*> indexes;
    for (const db::IndexInfo& index : table.indexes)
        indexes.push_back(&index);
    std::stable_sort(indexes.begin(), indexes.end(), [](const db::IndexInfo* left, const db::IndexInfo* right) {
        return left->is_primary > right->is_primary;
    });
    return indexes;
}

Step build(const Replacement& replacement, const db::IndexInfo& index, const std::string& name,
           const QualifiedName& table) {
    if (const db::ConstraintInfo* constraint = find_constraint(replacement.table, index))
        return statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", sql::quoted(table), sql::quote_ident(name),
                                     widened_key(replacement, *constraint)),
                         "one sort is faster than many insertions", {{table, LockMode::access_exclusive}});
    return statement(create_index(widened(index, replacement.key), name, table),
                     "one sort is faster than many insertions", {{table, LockMode::share}});
}

std::vector<Step> replica_identity(const Replacement& replacement, const QualifiedName& table, Naming naming) {
    const std::string alter = fmt::format("ALTER TABLE {} REPLICA IDENTITY", sql::quoted(table));
    switch (replacement.table.replica_identity) {
        case 'f':
            return {statement(alter + " FULL", "as the old table")};
        case 'n':
            return {statement(alter + " NOTHING", "as the old table")};
        case 'i':
            for (const db::IndexInfo& index : replacement.table.indexes)
                if (index.is_replica_identity)
                    return {statement(fmt::format("{} USING INDEX {}", alter, sql::quote_ident(naming(index, table))),
                                      "as the old table")};
            [[fallthrough]];
        default:
            return {statement(alter + " DEFAULT", "it has its primary key now")};
    }
}

}  // namespace

std::vector<Step> index_leaf(const Replacement& replacement, const QualifiedName& leaf) {
    std::vector<Step> steps;
    for (const db::IndexInfo* index : in_order(replacement.table))
        if (!is_per_leaf(replacement, *index))
            steps.push_back(build(replacement, *index, leaf_naming(*index, leaf), leaf));
    for (const db::LeafIndex& index : per_leaf_indexes(replacement))
        append(steps, leaf_index_steps(index, leaf));
    append(steps, replica_identity(replacement, leaf, leaf_naming));
    return steps;
}

std::string last_leaf_index(const Replacement& replacement, const QualifiedName& leaf) {
    const std::vector<const db::IndexInfo*> indexes = in_order(replacement.table);
    return indexes.empty() ? std::string() : leaf_naming(*indexes.back(), leaf);
}

std::vector<Step> index_staged(const Replacement& replacement) {
    const QualifiedName staged = staged_name(replacement.table.name);
    std::vector<Step> steps;
    for (const db::IndexInfo* index : in_order(replacement.table)) {
        if (is_per_leaf(replacement, *index))
            continue;
        const QualifiedName name = staged_name(index->name);
        steps.push_back(build(replacement, *index, name.name, staged));
        steps.back().why = "adopts the partitions' indexes: no scan";
        append(steps, index_settings(*index, name));
        if (const db::ConstraintInfo* constraint = find_constraint(replacement.table, *index);
            constraint != nullptr && constraint->comment)
            steps.push_back(comment_on_constraint(staged, name.name, *constraint->comment));
    }
    append(steps, add_unvalidated_checks(replacement.table, staged));
    append(steps, replica_identity(replacement, staged, staged_naming));
    return steps;
}

namespace {

/// The target of all columns that have none of their own.
std::vector<Step> set_statistics(const db::TableInfo& table, int target, const std::string& why) {
    const QualifiedName staged = staged_name(table.name);
    std::vector<std::string> columns;
    for (const db::ColumnInfo& column : table.columns)
        if (column.statistics < 0 && column.generated != 'v')  // a virtual one has no statistics
            columns.push_back(fmt::format("ALTER COLUMN {} SET STATISTICS {}", sql::quote_ident(column.name), target));
    if (columns.empty())
        return {};
    return {statement(fmt::format("ALTER TABLE ONLY {} {}", sql::quoted(staged), fmt::join(columns, ", ")), why,
                      {{staged, LockMode::share_update_exclusive}})};
}

}  // namespace

std::vector<Step> analyze_staged(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    const QualifiedName staged = staged_name(table.name);
    std::vector<Step> steps{
        statement("SET LOCAL default_statistics_target = 1",
                  "each partition is analyzed with its own indexes: here it gets next to no statistics")};
    append(steps, set_statistics(table, table.default_statistics, "the whole gets its usual statistics"));
    steps.push_back(statement(fmt::format("ANALYZE {}", sql::quoted(staged)), "statistics of the full table",
                              {{staged, LockMode::share_update_exclusive}}));
    append(steps, set_statistics(table, -1, "as before"));
    return steps;
}

namespace {

/// "(ndistinct) ON a, b" of "CREATE STATISTICS name (ndistinct) ON a, b FROM table".
std::string statistics_body(const db::StatisticsInfo& statistics) {
    const std::string head = fmt::format("CREATE STATISTICS {}", sql::quoted(statistics.name));
    const std::string& text = statistics.definition;
    const std::size_t tail = text.rfind(" FROM ");
    if (text.compare(0, head.size(), head) != 0 || tail == std::string::npos || tail < head.size())
        return {};
    return text.substr(head.size(), tail - head.size());
}

std::vector<Step> unstage_statistics(const Replacement& replacement, const db::TableInfo& staged) {
    std::vector<Step> steps;
    for (const db::StatisticsInfo& statistics : replacement.table.statistics) {
        const auto twin =
            std::find_if(staged.statistics.begin(), staged.statistics.end(), [&](const db::StatisticsInfo& each) {
                return !statistics_body(each).empty() && statistics_body(each) == statistics_body(statistics);
            });
        if (twin == staged.statistics.end()) {
            steps.push_back(statement(statistics.definition, "extended statistics belong to one table"));
        } else {
            steps.push_back(statement(fmt::format("ALTER STATISTICS {} RENAME TO {}", sql::quoted(twin->name),
                                                  sql::quote_ident(statistics.name.name)),
                                      "under its old name"));
            if (statistics.name.schema != twin->name.schema)
                steps.push_back(
                    statement(fmt::format("ALTER STATISTICS {} SET SCHEMA {}",
                                          sql::quoted(QualifiedName{twin->name.schema, statistics.name.name}),
                                          sql::quote_ident(statistics.name.schema)),
                              "in its old schema"));
        }
        append(steps, statistics_settings(
                          statistics, twin == staged.statistics.end() ? replacement.table.current_role : twin->owner));
    }
    return steps;
}

}  // namespace

std::vector<Step> unstage(const Replacement& replacement, const db::TableInfo& staged) {
    const db::TableInfo& table = replacement.table;
    std::vector<Step> steps{statement(
        fmt::format("ALTER TABLE {} RENAME TO {}", sql::quoted(staged.name), sql::quote_ident(table.name.name)),
        "in the old table's place", {{staged.name, LockMode::access_exclusive}})};
    for (const db::IndexInfo& index : table.indexes)
        if (!is_per_leaf(replacement, index))
            steps.push_back(rename_index(staged_name(index.name), index.name.name, "under its old name"));
    append(steps, pass_on_sequences(replacement));
    append(steps, unstage_statistics(replacement, staged));
    return steps;
}

std::vector<Step> leaf_foreign_keys(const std::vector<db::ConstraintInfo>& keys, const QualifiedName& leaf) {
    std::vector<Step> steps;
    for (const db::ConstraintInfo& key : keys)
        steps.push_back(
            statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} NOT VALID", sql::quoted(leaf),
                                  sql::quote_ident(key.name), key.definition),
                      "validated after the cut-over, then adopted by the table's",
                      {{leaf, LockMode::share_row_exclusive}, {key.references, LockMode::share_row_exclusive}}));
    return steps;
}

}  // namespace tripmig::ddl
