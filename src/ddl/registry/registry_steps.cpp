#include "ddl/registry/registry_steps.hpp"

#include <fmt/format.h>

#include "ddl/column_text.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/private_object.hpp"
#include "ddl/registry/registry_functions.hpp"
#include "ddl/replacement/table_settings.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/trigger_function.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

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
        "says what the table is for"));
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
                      "ids are unique; one sort is faster than many insertions",
                      {{registry.table, LockMode::access_exclusive}}),
            statement(fmt::format("ALTER TABLE {} REPLICA IDENTITY DEFAULT", name), "it has its primary key now"),
            statement(fmt::format("ALTER TABLE {} RESET (autovacuum_enabled)", name),
                      "autovacuum works on it from now on: before, the build of its key would have waited for it")};
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
                  "a row that moves between partitions is deleted and inserted: the registry, and what references it, "
                  "must know before"));
    steps.push_back(always(registry.parent, registry.move_trigger()));
    append(steps, create_leaf_truncate_trigger(registry, registry.parent));
    return steps;
}

std::vector<Step> create_leaf_truncate_trigger(const Registry& registry, const QualifiedName& leaf) {
    return {statement(fmt::format("CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                                  sql::quote_ident(registry.truncate_trigger()), sql::quoted(leaf),
                                  sql::quoted(registry.truncate_function())),
                      "statement triggers are not cloned to partitions"),
            always(leaf, registry.truncate_trigger())};
}

std::vector<Step> drop_registry_functions(const Registry& registry) {
    std::vector<Step> steps;
    for (const QualifiedName& function : registry.functions())
        steps.push_back(statement(fmt::format("DROP FUNCTION IF EXISTS {}() CASCADE", sql::quoted(function)),
                                  "with the triggers of partitions that were detached by hand"));
    return steps;
}

std::vector<Step> drop_registry(const Registry& registry) {
    std::vector<Step> steps;
    steps.push_back(statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(registry.table)),
                              "nothing references it any more"));
    append(steps, drop_registry_functions(registry));
    return steps;
}

}  // namespace tripmig::ddl
