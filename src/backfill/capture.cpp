#include "backfill/capture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/column_text.hpp"
#include "ddl/function_text.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/private_object.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/trigger_function.hpp"
#include "sql/identifier.hpp"

namespace tripmig::backfill {

using ddl::statement;

namespace {

std::string is_another(const Capture& capture) {
    std::string oids = fmt::format("{}", capture.source_oid);
    for (const Capture::Table& table : capture.more)
        oids += fmt::format(",{}", table.oid);
    return capture.more.empty() ? fmt::format("<> '{}'::pg_catalog.oid", oids)
                                : fmt::format("<> ALL ('{{{}}}'::pg_catalog.oid[])", oids);
}

/// Before anything of the row is read: a trigger that somebody put on a table of theirs, with types and casts of
/// theirs, gets nowhere. By OID before the cut-over, by name after it, when the source's name is that of the
/// partitioned table whose partitions fire the trigger, and in a restored dump.
std::string body(const Capture& capture, const std::string& for_others, const std::string& insertion) {
    return ddl::dollar_quoted(fmt::format(
        R"(
BEGIN
    IF TG_RELID {is_another} AND COALESCE(pg_catalog.pg_partition_root(TG_RELID)::pg_catalog.oid, TG_RELID)
            IS DISTINCT FROM pg_catalog.to_regclass({name})::pg_catalog.oid THEN
        {for_others};
    END IF;
    {insertion};
    RETURN NULL;
END
)",
        fmt::arg("is_another", is_another(capture)), fmt::arg("name", sql::quote_literal(sql::quoted(capture.source))),
        fmt::arg("for_others", for_others), fmt::arg("insertion", insertion)));
}

std::string refusal(const Capture& capture, const QualifiedName& function) {
    return fmt::format("RAISE insufficient_privilege USING MESSAGE = {}, HINT = 'Drop the trigger that calls it.'",
                       sql::quote_literal(fmt::format("{} serves the table {} only", sql::quoted(function),
                                                      sql::quoted(capture.source))));
}

/// One INSERT, of values in the types that the log has for them: no cast or operator is looked up, and no function but
/// PostgreSQL's own for a hash.
std::string row_body(const Capture& capture, const QualifiedName& function, const std::string& of) {
    const std::vector<std::string> keys = capture.key_names();
    return body(capture, refusal(capture, function),
                fmt::format("INSERT INTO {} ({}) VALUES ({})", sql::quoted(capture.log), ddl::column_list(keys),
                            capture.hashed.empty() ? ddl::of_each(of, keys) : row_hash_value(of, capture.hashed)));
}

std::vector<Step> function(const Capture& capture, const QualifiedName& name, const std::string& body, bool may_exist) {
    ddl::TriggerFunction function;
    function.name = name;
    function.body = body;
    function.owner = function.creator = capture.creator;  // hand_over()
    function.may_be_there = may_exist;
    function.reads_tables = false;
    return ddl::create_trigger_function(function, "writers need no privilege on the log");
}

/// The functions run as the table's owner where the role may give them to it: who may do so owns the state schema and
/// may become that owner. A new owner needs CREATE on the schema for the moment (manual, ALTER FUNCTION), and what the
/// functions do for as long as they exist.
Step hand_over(const Capture& capture) {
    const std::string schema = sql::quote_ident(capture.log.schema);
    const std::string owner = sql::quote_ident(capture.owner);
    std::string alter;
    for (const QualifiedName& name : {capture.function, capture.old_function, capture.truncate_function})
        alter += fmt::format("        ALTER FUNCTION {}() OWNER TO {};\n", sql::quoted(name), owner);
    return statement(
        "DO " + ddl::dollar_quoted(fmt::format(
                    R"(
DECLARE
    creates pg_catalog.bool := pg_catalog.has_schema_privilege({owner_text}, {schema_name}, 'CREATE');
    becomes pg_catalog.text := CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 160000
                               THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    IF pg_catalog.pg_has_role({owner_text}, becomes) AND EXISTS (
            SELECT FROM pg_catalog.pg_namespace
            WHERE nspname = {schema_name} AND pg_catalog.pg_has_role(nspowner, 'USAGE')) THEN
        GRANT USAGE ON SCHEMA {schema} TO {owner};
        GRANT INSERT ON TABLE {log} TO {owner};
        IF NOT creates THEN
            GRANT CREATE ON SCHEMA {schema} TO {owner};
        END IF;
{alter}        IF NOT creates THEN
            REVOKE CREATE ON SCHEMA {schema} FROM {owner};
        END IF;
    END IF;
END
)",
                    fmt::arg("owner_text", sql::quote_literal(capture.owner)), fmt::arg("owner", owner),
                    fmt::arg("schema_name", sql::quote_literal(capture.log.schema)), fmt::arg("schema", schema),
                    fmt::arg("log", sql::quoted(capture.log)), fmt::arg("alter", alter))),
        "they run as the table's owner, with no more rights than they need");
}

Step trigger(const QualifiedName& table, const std::string& name, const std::string& events,
             const QualifiedName& called) {
    return statement(fmt::format("CREATE TRIGGER {} AFTER {} EXECUTE FUNCTION {}()", sql::quote_ident(name), events,
                                 sql::quoted(called)),
                     "waits for running writers: every later change is in the log",
                     {{table, LockMode::share_row_exclusive}});
}

Step always(const QualifiedName& table, const std::string& name) {
    return statement(fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", sql::quoted(table), sql::quote_ident(name)),
                     "also for rows that a replication worker writes");
}

/// An UPDATE after which the log must name the row as it was too. Equal images have equal hashes; and columns that are
/// named here can't be dropped behind the function's back.
std::string key_changes(const Capture& capture) {
    if (capture.hashed.empty())
        return ddl::any_differs(capture.key_names());
    return fmt::format("pg_catalog.record_image_ne(ROW({}), ROW({}))", ddl::of_each("OLD", capture.hashed),
                       ddl::of_each("NEW", capture.hashed));
}

std::vector<Step> triggers_on(const Capture& capture, const QualifiedName& table) {
    const std::string source = sql::quoted(table);
    std::vector<Step> steps;
    const auto on_row = [&](const std::string& name, const std::string& event, const std::string& when,
                            const QualifiedName& called) {
        steps.push_back(trigger(table, name, fmt::format("{} ON {} FOR EACH ROW{}", event, source, when), called));
        steps.push_back(always(table, name));
    };
    on_row(capture.trigger, "INSERT OR UPDATE", "", capture.function);
    on_row(capture.key_trigger, "UPDATE", fmt::format(" WHEN ({})", key_changes(capture)), capture.old_function);
    on_row(capture.delete_trigger, "DELETE", "", capture.old_function);
    steps.push_back(trigger(table, capture.truncate_trigger, fmt::format("TRUNCATE ON {} FOR EACH STATEMENT", source),
                            capture.truncate_function));
    steps.push_back(always(table, capture.truncate_trigger));
    return steps;
}

}  // namespace

std::vector<QualifiedName> Capture::sources() const {
    std::vector<QualifiedName> names{source};
    for (const Table& table : more)
        names.push_back(table.name);
    return names;
}

std::vector<std::string> Capture::key_names() const {
    std::vector<std::string> names;
    for (const Key& key : keys)
        names.push_back(key.name);
    return names;
}

RowKey Capture::key() const {
    return hashed.empty() ? RowKey{key_names(), {}} : RowKey{{}, hashed};
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

Capture capture_by_hash(const QualifiedName& source, std::vector<std::string> hashed, const std::string& state_schema,
                        std::int64_t job) {
    Capture capture = capture_for(source, {{std::string(row_hash_column), "pg_catalog.int8"}}, state_schema, job);
    capture.hashed = std::move(hashed);
    return capture;
}

std::vector<Step> capture_functions(const Capture& capture, bool may_exist) {
    const std::string truncated = fmt::format("INSERT INTO {} (truncated) VALUES (true)", sql::quoted(capture.log));
    std::vector<Step> steps;
    ddl::append(steps, function(capture, capture.function, row_body(capture, capture.function, "NEW"), may_exist));
    ddl::append(steps,
                function(capture, capture.old_function, row_body(capture, capture.old_function, "OLD"), may_exist));
    // A partition that was detached by hand keeps its trigger: TRUNCATE of it is nobody's matter.
    ddl::append(steps,
                function(capture, capture.truncate_function, body(capture, "RETURN NULL", truncated), may_exist));
    if (capture.owner != capture.creator)
        steps.push_back(hand_over(capture));
    return steps;
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
                              "otherwise a publication FOR ALL TABLES would refuse DELETE from it"));
    steps.push_back(ddl::make_table_private(capture.log));
    ddl::append(steps, capture_functions(capture, false));
    return steps;
}

std::vector<Step> capture_triggers(const Capture& capture) {
    std::vector<Step> steps;
    for (const QualifiedName& table : capture.sources())
        ddl::append(steps, triggers_on(capture, table));
    return steps;
}

std::vector<Step> begin_capture(const Capture& capture) {
    std::vector<Step> steps = prepare_capture(capture);
    ddl::append(steps, capture_triggers(capture));
    return steps;
}

std::vector<Step> drop_capture_triggers(const Capture& capture) {
    std::vector<Step> steps;
    for (const QualifiedName& table : capture.sources())
        for (const std::string& name : capture.triggers())
            steps.push_back(
                statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", sql::quote_ident(name), sql::quoted(table)),
                          "nothing is copied any more", {{table, LockMode::access_exclusive}}));
    return steps;
}

std::vector<Step> end_capture(const Capture& capture) {
    std::vector<Step> steps = drop_capture_triggers(capture);
    for (const QualifiedName& name : {capture.function, capture.old_function, capture.truncate_function})
        steps.push_back(statement(fmt::format("DROP FUNCTION IF EXISTS {}() CASCADE", sql::quoted(name)),
                                  "with the triggers of partitions that were detached by hand"));
    steps.push_back(
        statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(capture.log)), "nothing writes to it any more"));
    return steps;
}

std::vector<Step> renew_capture(const Capture& capture) {
    std::vector<Step> steps = drop_capture_triggers(capture);
    ddl::append(steps, capture_functions(capture, true));
    ddl::append(steps, capture_triggers(capture));
    return steps;
}

Step mark_incomplete(const Capture& capture) {
    return statement(fmt::format("INSERT INTO {} (truncated) VALUES (true)", sql::quoted(capture.log)),
                     "changes may be missing in the log: everything is loaded again");
}

std::string backlog_sql(const Capture& capture) {
    return fmt::format(
        "SELECT pg_catalog.count(*) AS entries, COALESCE(pg_catalog.bool_or(truncated), false) AS is_truncated "
        "FROM (SELECT truncated FROM {} LIMIT $1::pg_catalog.int8) AS counted",
        sql::quoted(capture.log));
}

}  // namespace tripmig::backfill
