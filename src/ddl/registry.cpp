#include "ddl/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ddl/column_text.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/private_object.hpp"
#include "ddl/registry_functions.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/table_settings.hpp"
#include "ddl/trigger_function.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

QualifiedName registry_name(const QualifiedName& table) {
    return {table.schema, sql::truncated_name(table.name, "_ids")};
}

QualifiedName Registry::keep_function() const {
    return {table.schema, sql::truncated_name(table.name, "_keep")};
}
QualifiedName Registry::move_function() const {
    return {table.schema, sql::truncated_name(table.name, "_move")};
}
QualifiedName Registry::truncate_function() const {
    return {table.schema, sql::truncated_name(table.name, "_truncate")};
}
std::string Registry::keep_trigger() const {
    return sql::truncated_name("00_" + table.name, "_keep");
}
std::string Registry::move_trigger() const {
    return sql::truncated_name("zz_" + table.name, "_move");
}
std::string Registry::truncate_trigger() const {
    return sql::truncated_name(table.name, "_truncate");
}

std::vector<QualifiedName> Registry::functions() const {
    return {keep_function(), move_function(), truncate_function()};
}

std::vector<db::ExpectedTrigger> Registry::triggers() const {
    return {{keep_trigger(), keep_function(), true},
            {move_trigger(), move_function(), true},
            {truncate_trigger(), truncate_function(), false}};
}

std::vector<std::string> Registry::id_names() const {
    std::vector<std::string> names;
    for (const Column& column : ids)
        names.push_back(column.name);
    return names;
}

std::vector<std::string> Registry::column_names() const {
    std::vector<std::string> names = id_names();
    names.push_back(key.name);
    return names;
}

Registry registry_of(const db::TableInfo& table, std::string_view key) {
    Registry registry;
    registry.table = registry_name(table.name);
    registry.parent = table.name;
    const db::IndexInfo* primary = table.primary_key();
    for (const std::string& name : primary != nullptr ? primary->columns : std::vector<std::string>{})
        if (const db::ColumnInfo* column = table.column(name); column != nullptr && name != key)
            registry.ids.push_back({name, column->type});
    if (primary != nullptr)
        registry.unique_name = primary->name.name;
    if (const db::ColumnInfo* column = table.column(key); column != nullptr)
        registry.key = {column->name, column->type};
    registry.owner = table.owner;
    registry.creator = table.current_role;
    return registry;
}

std::vector<Step> create_registry_table(const Registry& registry) {
    const std::string name = sql::quoted(registry.table);
    std::string columns;
    for (const Registry::Column& id : registry.ids)
        columns += fmt::format("{} {} NOT NULL, ", sql::quote_ident(id.name), id.type);
    std::vector<Step> steps;
    steps.push_back(statement(fmt::format("CREATE TABLE {} ({}{} {} NOT NULL) WITH (autovacuum_enabled = false)", name,
                                          columns, sql::quote_ident(registry.key.name), registry.key.type),
                              "the registry: every id, with the key of its row"));
    steps.push_back(
        statement(fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL", name), "until it has its primary key"));
    steps.push_back(make_table_private(registry.table));
    steps.push_back(statement(
        fmt::format(
            "COMMENT ON TABLE {} IS {}", name,
            sql::quote_literal(fmt::format("Every id of {} with the partition key of its row: keeps ids unique across "
                                           "partitions, and is what foreign keys point to. Kept by triggers.",
                                           sql::quoted(registry.parent)))),
        "for those who find it"));
    TableSettings settings;
    settings.table = registry.table;
    settings.owner = registry.owner;
    steps.push_back(set_owner_and_row_security(settings));
    return steps;
}

std::vector<Step> index_registry(const Registry& registry) {
    const std::string name = sql::quoted(registry.table);
    return {statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY ({})", name,
                                  sql::quote_ident(sql::truncated_name(registry.table.name, "_pkey")),
                                  column_list(registry.id_names())),
                      "ids are unique; one sort is quicker than a million insertions",
                      {{registry.table, LockMode::access_exclusive}}),
            statement(fmt::format("ALTER TABLE {} REPLICA IDENTITY DEFAULT", name), "it has its key now"),
            statement(fmt::format("ALTER TABLE {} RESET (autovacuum_enabled)", name),
                      "autovacuum sees to it from now on: before, its key would have waited for it")};
}

std::vector<Step> create_registry_functions(const Registry& registry) {
    std::vector<Step> steps;
    const std::array<std::pair<QualifiedName, std::string>, 3> functions{
        {{registry.keep_function(), registry_keep_body(registry)},
         {registry.move_function(), registry_move_body(registry)},
         {registry.truncate_function(), registry_truncate_body(registry)}}};
    for (const auto& [name, body] : functions)
        append(steps,
               create_trigger_function({name, body, registry.owner, registry.creator, registry.replaces_functions},
                                       "keeps the registry, as the table's owner"));
    return steps;
}

namespace {

Step always(const QualifiedName& table, const std::string& trigger) {
    return statement(
        fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", sql::quoted(table), sql::quote_ident(trigger)),
        "also for rows that a replication worker writes");
}

}  // namespace

std::vector<Step> create_registry_triggers(const Registry& registry) {
    const std::string table = sql::quoted(registry.parent);
    std::vector<Step> steps;
    steps.push_back(
        statement(fmt::format("CREATE TRIGGER {} AFTER INSERT OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION {}()",
                              sql::quote_ident(registry.keep_trigger()), table, sql::quoted(registry.keep_function())),
                  "the registry follows"));
    steps.push_back(always(registry.parent, registry.keep_trigger()));
    steps.push_back(
        statement(fmt::format("CREATE TRIGGER {} BEFORE UPDATE ON {} FOR EACH ROW WHEN ({}) EXECUTE FUNCTION {}()",
                              sql::quote_ident(registry.move_trigger()), table, any_differs(registry.column_names()),
                              sql::quoted(registry.move_function())),
                  "a row that moves between leaves is deleted and inserted: the registry, and what references it, must "
                  "know before"));
    steps.push_back(always(registry.parent, registry.move_trigger()));
    append(steps, create_leaf_truncate_trigger(registry, registry.parent));
    return steps;
}

std::vector<Step> create_leaf_truncate_trigger(const Registry& registry, const QualifiedName& leaf) {
    return {statement(fmt::format("CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                                  sql::quote_ident(registry.truncate_trigger()), sql::quoted(leaf),
                                  sql::quoted(registry.truncate_function())),
                      "statement triggers are not cloned to leaves"),
            always(leaf, registry.truncate_trigger())};
}

std::vector<Step> drop_registry_functions(const Registry& registry) {
    std::vector<Step> steps;
    for (const QualifiedName& function : registry.functions())
        steps.push_back(
            statement(fmt::format("DROP FUNCTION IF EXISTS {}()", sql::quoted(function)), "nothing calls it now"));
    return steps;
}

std::vector<Step> drop_registry(const Registry& registry) {
    std::vector<Step> steps;
    steps.push_back(
        statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(registry.table)), "nothing references it now"));
    append(steps, drop_registry_functions(registry));
    return steps;
}

}  // namespace tripmig::ddl
