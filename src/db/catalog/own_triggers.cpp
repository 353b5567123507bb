#include "db/catalog/own_triggers.hpp"

#include <fmt/format.h>

#include "base/replace_all.hpp"
#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

std::string function_names(const OwnTriggers& own) {
    std::string names;
    for (const QualifiedName& function : own.functions)
        names += fmt::format("{}({})", names.empty() ? "" : ", ", sql::quote_literal(sql::quoted(function) + "()"));
    return names;
}

/// As rows of VALUES: the tables that the triggers are made on.
std::string root_oids(const OwnTriggers& own) {
    std::string rows =
        fmt::format("(pg_catalog.to_regclass({})::pg_catalog.oid)", sql::quote_literal(sql::quoted(own.table)));
    for (const QualifiedName& table : own.more)
        rows += fmt::format(", (pg_catalog.to_regclass({})::pg_catalog.oid)", sql::quote_literal(sql::quoted(table)));
    return rows;
}

/// The table and its partitions. pg_partition_tree() would wait for whoever holds ACCESS EXCLUSIVE on one of them.
std::string relations_sql(const OwnTriggers& own) {
    return fmt::format(
        "WITH RECURSIVE tree (oid) AS (SELECT roots.oid FROM (VALUES {}) AS roots (oid) UNION ALL SELECT c.oid "
        "FROM tree JOIN pg_catalog.pg_inherits AS i ON i.inhparent = tree.oid AND NOT i.inhdetachpending "
        "JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND c.relispartition) SELECT tree.oid FROM tree",
        root_oids(own));
}

/// A row (thing, facts) for each function and trigger, as text and jsonb.
std::string things_sql(const OwnTriggers& own) {
    return fmt::format(
        "SELECT pg_catalog.format('function %I.%I', n.nspname, p.proname) AS thing, "
        "pg_catalog.jsonb_build_object('owner', p.proowner::pg_catalog.text, 'body', pg_catalog.md5(p.prosrc), "
        "'settings', COALESCE(p.proconfig::pg_catalog.text, ''), 'definer', p.prosecdef{0}) AS facts "
        "FROM (VALUES {1}) AS own (name) "
        "JOIN pg_catalog.pg_proc AS p ON p.oid = pg_catalog.to_regprocedure(own.name) "
        "JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace "
        "UNION ALL "
        "SELECT pg_catalog.format('trigger %I of %I.%I', t.tgname, n.nspname, c.relname), "
        "pg_catalog.jsonb_build_object('row', t.oid::pg_catalog.text || ' ' || t.xmin::pg_catalog.text, "
        "'enabled', t.tgenabled::pg_catalog.text, 'table', c.oid::pg_catalog.text) "
        "FROM pg_catalog.pg_trigger AS t "
        "JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid "
        "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE t.tgfoid IN (SELECT pg_catalog.to_regprocedure(own.name) FROM (VALUES {1}) AS own (name)) "
        "AND t.tgrelid IN (SELECT covered.oid FROM ({2}) AS covered)",
        own.is_exact ? ", 'row', p.oid::pg_catalog.text || ' ' || p.xmin::pg_catalog.text" : "", function_names(own),
        relations_sql(own));
}

/// A trigger of a partition that came since, on as it should be.
std::string came_sql(const OwnTriggers& own) {
    return fmt::format(
        "was.key IS NULL AND now.facts ? 'table' AND now.facts->>'enabled' = 'A' "
        "AND NOT EXISTS (SELECT FROM (VALUES {}) AS roots (oid) WHERE roots.oid::pg_catalog.text = "
        "now.facts->>'table')",
        root_oids(own));
}

/// That of a partition which is one no more.
std::string went_sql(const OwnTriggers& own) {
    return fmt::format(
        "now.thing IS NULL AND was.value ? 'table' AND NOT EXISTS (SELECT FROM ({}) AS covered "
        "WHERE covered.oid::pg_catalog.text = was.value->>'table')",
        relations_sql(own));
}

/// Which of these two count: none, or those whose rows no trigger wrote. TRUNCATE gives a table another file (manual,
/// pg_class.relfilenode), and no parent gives its partitions the triggers that would tell of it.
std::string is_harmless_sql(const OwnTriggers& own) {
    if (!own.follows_partitions)
        return fmt::format("(({}) OR ({}))", came_sql(own), went_sql(own));
    return fmt::format(
        "(({}) AND EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid::pg_catalog.text = now.facts->>'table' "
        "AND (c.relkind = 'p' OR c.relfilenode = c.oid AND pg_catalog.pg_relation_size(c.oid) = 0)))",
        came_sql(own));
}

/// Rows (change): what is different from the record.
std::string changes_sql(const OwnTriggers& own, std::string_view state_schema, std::int64_t job) {
    return fmt::format(
        "SELECT DISTINCT CASE "
        "WHEN {4} THEN pg_catalog.format('partition %s was added later, and may have rows that were not captured', "
        "(now.facts->>'table')::pg_catalog.oid::pg_catalog.regclass) "
        "WHEN {5} THEN 'partition ' || pg_catalog.substring(was.key, ' of (.*)$') || ' is gone' "
        "ELSE COALESCE(was.key, now.thing) || CASE "
        "WHEN now.thing IS NULL THEN ' is missing' "
        "WHEN now.facts->>'enabled' = 'D' THEN ' is disabled' "
        "WHEN now.facts->>'enabled' <> 'A' THEN ' is not enabled ALWAYS any more' "
        "WHEN now.facts->>'body' <> was.value->>'body' THEN ' has a different body' "
        "WHEN now.facts->>'owner' <> was.value->>'owner' THEN ' has another owner' "
        "WHEN now.facts->'definer' <> was.value->'definer' OR now.facts->>'settings' <> was.value->>'settings' "
        "THEN ' has other settings' "
        "WHEN was.key IS NULL THEN ' is new' "
        "ELSE ' was altered, or disabled for a time' END END AS change "
        "FROM (SELECT each.key, each.value FROM {0}.jobs AS j, pg_catalog.jsonb_each(j.state->{1}) AS each "
        "WHERE j.id = {2}) AS was FULL JOIN ({3}) AS now ON now.thing = was.key "
        "WHERE now.facts IS DISTINCT FROM was.value AND NOT {6}",
        sql::quote_ident(std::string(state_schema)), sql::quote_literal(own.record), job, things_sql(own),
        came_sql(own), went_sql(own), is_harmless_sql(own));
}

std::string is_recorded_sql(const OwnTriggers& own, std::string_view state_schema, std::int64_t job) {
    return fmt::format("SELECT EXISTS (SELECT FROM {}.jobs AS j WHERE j.id = {} AND j.state ? {})",
                       sql::quote_ident(std::string(state_schema)), job, sql::quote_literal(own.record));
}

}  // namespace

Step record_own_triggers(const OwnTriggers& own, std::string_view state_schema, std::int64_t job) {
    Step step;
    step.sql = fmt::format(
        "UPDATE {}.jobs SET state = state || pg_catalog.jsonb_build_object({}, (SELECT "
        "COALESCE(pg_catalog.jsonb_object_agg(own.thing, own.facts), '{{}}') FROM ({}) AS own)) WHERE id = {}",
        sql::quote_ident(std::string(state_schema)), sql::quote_literal(own.record), things_sql(own), job);
    step.why = "their present state, to notice when somebody disables them for a time";
    step.is_bookkeeping = true;
    return step;
}

Step require_own_triggers(const OwnTriggers& own, std::string_view state_schema, std::int64_t job) {
    Step step;
    step.sql = fmt::format("SELECT ({}) AND NOT EXISTS ({})", is_recorded_sql(own, state_schema, job),
                           changes_sql(own, state_schema, job));
    step.why = "checked under the locks";
    step.refusal =
        fmt::format("the triggers that capture the changes of {} were altered meanwhile", sql::quoted(own.table));
    return step;
}

OwnTriggerChanges read_own_trigger_changes(Session& session, const OwnTriggers& own, std::string_view state_schema,
                                           std::int64_t job) {
    OwnTriggerChanges found;
    found.is_recorded = session.flag(is_recorded_sql(own, state_schema, job));
    if (found.is_recorded)
        for (const Row& row : session.read(changes_sql(own, state_schema, job) + " ORDER BY change"))
            found.changes.push_back(row.text("change"));
    return found;
}

std::vector<std::string> read_trigger_problems(Session& session, const QualifiedName& table, const QualifiedName& kept,
                                               const std::vector<ExpectedTrigger>& expected) {
    std::string names;
    for (const ExpectedTrigger& trigger : expected)
        names += fmt::format("{}({}, {}, {})", names.empty() ? "" : ", ", sql::quote_literal(trigger.name),
                             sql::quote_literal(sql::quoted(trigger.function) + "()"), trigger.is_row);
    std::string sql(statements::trigger_problems);
    replace_all(sql, ":expected", names);
    std::vector<std::string> problems;
    for (const Row& row : session.read(sql, {sql::quoted(table), sql::quoted(kept)}))
        problems.push_back(row.text("problem"));
    return problems;
}

}  // namespace tripmig::db
