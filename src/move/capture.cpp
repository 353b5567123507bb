#include "move/capture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/column_text.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::move {

using ddl::statement;

namespace {

std::string quoted_body(const std::string& body) {
    return sql::quote_literal(body);
}

/// One INSERT: no operator or function is looked up when it runs, so that no search_path can lead it elsewhere.
std::string row_body(const Capture& capture, const std::string& of) {
    const std::vector<std::string> keys = capture.key_names();
    return fmt::format("\nBEGIN\n    INSERT INTO {} ({}) VALUES ({});\n    RETURN NULL;\nEND\n",
                       sql::quoted(capture.log), ddl::column_list(keys), ddl::of_each(of, keys));
}

Step function(const QualifiedName& name, const std::string& body) {
    return statement(fmt::format("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS {}",
                                 sql::quoted(name), quoted_body(body)),
                     "writers need no right on the log");
}

Step revoke(const QualifiedName& name) {
    return statement(fmt::format("REVOKE ALL ON FUNCTION {}() FROM PUBLIC", sql::quoted(name)),
                     "only triggers call it");
}

Step trigger(const Capture& capture, const std::string& name, const std::string& events, const QualifiedName& called) {
    return statement(fmt::format("CREATE TRIGGER {} AFTER {} EXECUTE FUNCTION {}()", sql::quote_ident(name), events,
                                 sql::quoted(called)),
                     "waits for the writers that are at work: every later change is in the log",
                     {{capture.source, LockMode::share_row_exclusive}});
}

Step always(const Capture& capture, const std::string& name) {
    return statement(
        fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", sql::quoted(capture.source), sql::quote_ident(name)),
        "also for rows that a replication worker writes");
}

}  // namespace

std::vector<std::string> Capture::key_names() const {
    std::vector<std::string> names;
    for (const Key& key : keys)
        names.push_back(key.name);
    return names;
}

std::vector<std::string> Capture::triggers() const {
    return {trigger, key_trigger, delete_trigger, truncate_trigger};
}

bool Capture::is_own_trigger(const std::string& name) const {
    const std::vector<std::string> own = triggers();
    return std::find(own.begin(), own.end(), name) != own.end();
}

Capture capture_for(const QualifiedName& source, std::vector<Capture::Key> keys, const std::string& state_schema,
                    std::int64_t job) {
    Capture capture;
    capture.source = source;
    capture.keys = std::move(keys);
    capture.log = {state_schema, fmt::format("log_{}", job)};
    capture.function = {state_schema, fmt::format("capture_{}", job)};
    capture.old_function = {state_schema, fmt::format("capture_old_{}", job)};
    capture.truncate_function = {state_schema, fmt::format("capture_truncate_{}", job)};
    capture.trigger = fmt::format("tripmig_capture_{}", job);
    capture.key_trigger = fmt::format("tripmig_capture_key_{}", job);
    capture.delete_trigger = fmt::format("tripmig_capture_delete_{}", job);
    capture.truncate_trigger = fmt::format("tripmig_capture_truncate_{}", job);
    return capture;
}

std::vector<Step> prepare_capture(const Capture& capture) {
    std::string columns;
    for (const Capture::Key& key : capture.keys)
        columns += fmt::format("{} {}, ", sql::quote_ident(key.name), key.type);
    const std::string log = sql::quoted(capture.log);
    std::vector<Step> steps;
    // Vacuumed between the rounds of the catch-up; a vacuum of autovacuum's would hold a lock in the cut-over's way.
    steps.push_back(statement(fmt::format("CREATE TABLE {} ({}truncated pg_catalog.bool NOT NULL DEFAULT false) WITH "
                                          "(autovacuum_enabled = off)",
                                          log, columns),
                              "the log of changed keys; no index, so that appending costs next to nothing"));
    steps.push_back(statement(fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL", log),
                              "or a publication FOR ALL TABLES would refuse to take entries out"));
    steps.push_back(function(capture.function, row_body(capture, "NEW")));
    steps.push_back(revoke(capture.function));
    steps.push_back(function(capture.old_function, row_body(capture, "OLD")));
    steps.push_back(revoke(capture.old_function));
    steps.push_back(
        function(capture.truncate_function,
                 fmt::format("\nBEGIN\n    INSERT INTO {} (truncated) VALUES (true);\n    RETURN NULL;\nEND\n", log)));
    steps.push_back(revoke(capture.truncate_function));
    return steps;
}

std::vector<Step> capture_triggers(const Capture& capture) {
    const std::string source = sql::quoted(capture.source);
    std::vector<Step> steps;
    const auto on_row = [&](const std::string& name, const std::string& event, const std::string& when,
                            const QualifiedName& called) {
        steps.push_back(trigger(capture, name, fmt::format("{} ON {} FOR EACH ROW{}", event, source, when), called));
        steps.push_back(always(capture, name));
    };
    on_row(capture.trigger, "INSERT OR UPDATE", "", capture.function);
    on_row(capture.key_trigger, "UPDATE", fmt::format(" WHEN ({})", ddl::any_differs(capture.key_names())),
           capture.old_function);
    on_row(capture.delete_trigger, "DELETE", "", capture.old_function);
    steps.push_back(trigger(capture, capture.truncate_trigger, fmt::format("TRUNCATE ON {} FOR EACH STATEMENT", source),
                            capture.truncate_function));
    steps.push_back(always(capture, capture.truncate_trigger));
    return steps;
}

std::vector<Step> begin_capture(const Capture& capture) {
    std::vector<Step> steps = prepare_capture(capture);
    ddl::append(steps, capture_triggers(capture));
    return steps;
}

std::vector<Step> drop_capture_triggers(const Capture& capture) {
    std::vector<Step> steps;
    for (const std::string& name : capture.triggers())
        steps.push_back(statement(
            fmt::format("DROP TRIGGER IF EXISTS {} ON {}", sql::quote_ident(name), sql::quoted(capture.source)),
            "nothing is copied any more", {{capture.source, LockMode::access_exclusive}}));
    return steps;
}

std::vector<Step> end_capture(const Capture& capture) {
    std::vector<Step> steps = drop_capture_triggers(capture);
    for (const QualifiedName& name : {capture.function, capture.old_function, capture.truncate_function})
        steps.push_back(statement(fmt::format("DROP FUNCTION IF EXISTS {}()", sql::quoted(name)), "nothing calls it"));
    steps.push_back(statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(capture.log)), "nothing writes it"));
    return steps;
}

std::string backlog_sql(const Capture& capture) {
    return fmt::format(
        "SELECT pg_catalog.count(*), COALESCE(pg_catalog.bool_or(truncated), false) FROM (SELECT truncated FROM {} "
        "LIMIT "
        "$1::pg_catalog.int8) AS entries",
        sql::quoted(capture.log));
}

}  // namespace tripmig::move
