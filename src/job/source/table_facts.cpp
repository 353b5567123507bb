#include "job/source/table_facts.hpp"

#include <utility>

#include "db/catalog/table_catalog.hpp"
#include "ddl/registry/registry.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

Facts read_facts(db::Session& session, const QualifiedName& table) {
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
