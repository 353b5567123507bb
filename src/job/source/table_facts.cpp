#include "job/source/table_facts.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "db/catalog/table_catalog.hpp"
#include "db/lookalike.hpp"
#include "ddl/registry/registry.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// On Citus, tables that are distributed are refused before anything begins; plain ones are like any other.
void require_not_distributed(db::Session& session, const QualifiedName& table) {
    db::ServerSigns signs;
    for (const db::Row& row : session.read("SELECT extname FROM pg_catalog.pg_extension"))
        signs.extensions.push_back(row.text("extname"));
    const std::optional<db::Lookalike> found = db::find_lookalike(signs);
    if (!found || found->verdict != db::Lookalike::Verdict::partly)
        return;
    const db::Result distributed = session.read(
        "SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) "
        "pg_catalog.to_regclass($1)::pg_catalog.oid",
        {sql::quoted(table)});
    if (!distributed.empty())
        throw Error(ExitCode::refused,
                    fmt::format("{} is a distributed table of {}: {}", sql::quoted(table), found->name, found->reason),
                    std::string(found->hint));
}

}  // namespace

Facts read_facts(db::Session& session, const QualifiedName& table) {
    require_not_distributed(session, table);
    Facts facts;
    facts.now = session.now();
    facts.server_version = session.server_version();
    facts.table = db::read_table(session, table);
    if (!facts.table)
        return facts;
    for (const db::Row& row : session.read(std::string(statements::names_taken), {table.schema}))
        facts.taken.insert(row.text("name"));
    return facts;
}

Facts read_facts(Session& server, const QualifiedName& table, const std::string& key,
                 const std::optional<config::PartitionInterval>& interval) {
    Facts facts = read_facts(server.session(), table);
    if (!facts.table)
        return facts;
    std::vector<std::optional<std::string>> signatures;
    for (const QualifiedName& function : ddl::registry_of(*facts.table, key).functions())
        signatures.emplace_back(sql::quoted(function) + "()");
    for (const db::Row& row : server.session().read(std::string(statements::leftover_functions), signatures))
        facts.leftovers.push_back({row.text("signature"), row.flag("is_registry")});
    const db::ColumnInfo* column = facts.table->column(key);
    const bool sees_all_rows = !facts.table->force_row_security || facts.table->bypasses_row_security;
    if (column != nullptr && facts.table->kind == 'r' && sees_all_rows && facts.table->can_alter)
        facts.key = server.key_reader().read(*facts.table, *column, interval);
    return facts;
}

}  // namespace tripmig::job
