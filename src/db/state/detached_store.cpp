#include "db/state/detached_store.hpp"

#include <fmt/format.h>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

Instant moment_of(const std::string& text) {
    const auto moment = parse_timestamp(text);
    if (!moment)
        throw Error(ExitCode::unexpected, "the state schema has a time that is none: " + text);
    return *moment;
}

DetachedTable detached_table(const Row& row) {
    DetachedTable table;
    table.oid = row.oid("table_oid");
    table.name = row.name("table_schema", "table_name");
    table.parent = row.name("parent_schema", "parent_name");
    table.bounds = row.text("bounds");
    table.action = row.text("action");
    table.detached_at = moment_of(row.text("detached_at"));
    if (const auto due = row.optional_text("due_at"))
        table.due_at = moment_of(*due);
    table.is_clean = row.flag("is_clean");
    table.kind = row.letter("relkind");
    table.is_attached = row.flag("is_attached");
    table.is_stale = !row.flag("is_there") || (table.is_attached && !row.flag("is_pending"));
    return table;
}

std::string time_parameter(Instant moment) {
    return format_timestamp(moment, "+00");
}

Step change(std::string_view statement, std::string_view state_schema, std::string why) {
    Step step;
    step.sql = with_state(statement, state_schema);
    step.why = std::move(why);
    return step;
}

}  // namespace

std::vector<DetachedTable> read_detached(StepConnection& connection, std::string_view state_schema) {
    std::vector<DetachedTable> tables;
    Step look;
    look.sql =
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = "
        "c.relnamespace "
        "WHERE n.nspname = $1 AND c.relname = 'detached' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND "
        "pg_catalog.has_table_privilege(c.oid, 'SELECT'))";
    look.parameters = {std::string(state_schema)};
    if (!connection.execute(look).flag())
        return tables;
    for (const Row& row : connection.execute(with_state(statements::detached_list, state_schema)))
        tables.push_back(detached_table(row));
    return tables;
}

std::optional<DetachedTable> find_detached(StepConnection& connection, std::string_view state_schema,
                                           const QualifiedName& name) {
    for (DetachedTable& table : read_detached(connection, state_schema))
        if (table.name == name && !table.is_stale && !table.is_attached)
            return std::move(table);
    return std::nullopt;
}

Step record_detached_step(std::string_view state_schema, const DetachedTable& table) {
    Step step = change(statements::detached_record, state_schema, "what becomes of it, and when");
    step.parameters = {fmt::format("{}", table.oid),
                       table.name.schema,
                       table.name.name,
                       table.parent.schema,
                       table.parent.name,
                       table.bounds,
                       table.action,
                       time_parameter(table.detached_at),
                       table.due_at ? std::optional(time_parameter(*table.due_at)) : std::nullopt,
                       table.is_clean ? "true" : "false"};
    return step;
}

Step record_finish_step(std::string_view state_schema, const DetachedTable& table) {
    Step step = change(statements::detached_finish, state_schema, "its time begins now");
    step.parameters = {fmt::format("{}", table.oid),
                       table.name.schema,
                       table.name.name,
                       table.parent.schema,
                       table.parent.name,
                       table.bounds,
                       time_parameter(table.detached_at)};
    return step;
}

Step record_half_clean_step(std::string_view state_schema, std::uint32_t oid) {
    Step step = change("UPDATE :\"state\".detached SET is_clean = false WHERE table_oid = $1::pg_catalog.oid",
                       state_schema, "should it not come to be attached, its keys go again");
    step.parameters = {fmt::format("{}", oid)};
    return step;
}

Step record_clean_step(std::string_view state_schema, std::uint32_t oid) {
    Step step = change("UPDATE :\"state\".detached SET is_clean = true WHERE table_oid = $1::pg_catalog.oid",
                       state_schema, "nothing is left to do on it");
    step.parameters = {fmt::format("{}", oid)};
    return step;
}

Step forget_detached_step(std::string_view state_schema, std::uint32_t oid) {
    Step step = change("DELETE FROM :\"state\".detached WHERE table_oid = $1::pg_catalog.oid", state_schema,
                       "it is no longer a table that waits");
    step.parameters = {fmt::format("{}", oid)};
    return step;
}

}  // namespace tripmig::db
