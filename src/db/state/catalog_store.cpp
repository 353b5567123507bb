#include "db/state/catalog_store.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/lines.hpp"
#include "db/own_settings.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

std::string shortened(const std::string& line) {
    constexpr std::size_t most = 120;
    return line.size() <= most ? line : line.substr(0, most) + " ...";
}

/// The first lines that differ, of the one and the other; empty where one has none.
std::pair<std::string, std::string> first_difference(const std::string& before, const std::string& now) {
    const std::vector<std::string> old_lines = split_lines(before);
    const std::vector<std::string> new_lines = split_lines(now);
    std::size_t at = 0;
    while (at < old_lines.size() && at < new_lines.size() && old_lines[at] == new_lines[at])
        ++at;
    return {at < old_lines.size() ? shortened(old_lines[at]) : std::string(),
            at < new_lines.size() ? shortened(new_lines[at]) : std::string()};
}

/// In front of a transaction's statements, in a session whose settings may be the users'.
std::string begin_sql(Connection& connection, std::string_view mode) {
    return fmt::format("BEGIN ISOLATION LEVEL REPEATABLE READ {}; {}; SET LOCAL statement_timeout = '120s'", mode,
                       own_settings_local_sql(connection.server_version()));
}

/// Tables that a job works on, or worked on after the schema was recorded.
constexpr std::string_view differences_sql = R"(
WITH present AS ({0}),
busy AS (
    SELECT j.table_schema || '.' || j.table_name AS plain_name, pg_catalog.format('%I.%I', j.table_schema, j.table_name) AS name
    FROM {1}.jobs AS j, {1}.catalog_record AS r
    WHERE j.finished_at IS NULL OR j.updated_at > r.recorded_at
    UNION
    SELECT pg_catalog.concat(other ->> 'schema', '.', other ->> 'table'),
           pg_catalog.format('%I.%I', other ->> 'schema', other ->> 'table')
    FROM {1}.jobs AS j, {1}.catalog_record AS r, pg_catalog.jsonb_array_elements(j.state -> 'composite') AS other
    WHERE (j.finished_at IS NULL OR j.updated_at > r.recorded_at)
      AND pg_catalog.jsonb_typeof(j.state -> 'composite') = 'array'),
different AS (
    SELECT COALESCE(p.kind, c.kind) AS kind, COALESCE(p.name, c.name) AS name, COALESCE(p.about, c.about) AS about,
           c.definition AS before, p.definition AS now
    FROM present AS p
    FULL JOIN {1}.catalog AS c ON c.kind = p.kind AND c.name = p.name
    WHERE p.definition IS DISTINCT FROM c.definition)
SELECT d.kind, d.name, d.before, d.now
FROM different AS d
WHERE NOT EXISTS (
    SELECT FROM busy AS b
    WHERE d.about = b.plain_name OR pg_catalog.starts_with(d.about, b.plain_name || '_')
       OR EXISTS (SELECT FROM pg_catalog.unnest(ARRAY[d.before, d.now]) AS each
                  WHERE pg_catalog.strpos(each, 'REFERENCES ' || b.name || '(') > 0))
ORDER BY d.kind, d.name)";

/// What is the same stays, so that a run writes no more than it changed. $1: keys that are left alone.
constexpr std::string_view record_sql = R"(
WITH present AS MATERIALIZED ({0}),
gone AS (
    DELETE FROM {1}.catalog AS c
    WHERE c.kind || ' ' || c.name <> ALL (pg_catalog.string_to_array($1, E'\x1f'))
      AND NOT EXISTS (SELECT FROM present AS p
                      WHERE p.kind = c.kind AND p.name = c.name AND p.about = c.about AND p.definition = c.definition))
INSERT INTO {1}.catalog (kind, name, about, definition)
SELECT p.kind, p.name, p.about, p.definition
FROM present AS p
WHERE p.kind || ' ' || p.name <> ALL (pg_catalog.string_to_array($1, E'\x1f'))
  AND NOT EXISTS (SELECT FROM {1}.catalog AS c
                  WHERE c.kind = p.kind AND c.name = p.name AND c.about = p.about AND c.definition = p.definition))";

std::string with_description(std::string_view sql, std::string_view state_schema) {
    return fmt::format(fmt::runtime(sql), with_state(statements::catalog_description, state_schema),
                       with_state(":\"state\"", state_schema));
}

}  // namespace

std::string CatalogDifference::text() const {
    if (!before)
        return fmt::format("{} {} was added", kind, name);
    if (!now)
        return fmt::format("{} {} is gone", kind, name);
    const auto [was, is] = first_difference(*before, *now);
    return fmt::format("{} {} was changed: {}, now {}", kind, name, was.empty() ? "(nothing)" : was,
                       is.empty() ? "(nothing)" : is);
}

std::optional<CatalogRecord> read_catalog_record(Connection& connection, std::string_view state_schema) {
    for (const std::string table : {"catalog", "catalog_record", "migrations", "statements", "jobs", "detached"})
        if (!connection.execute(std::string(statements::state_table_is_readable), {std::string(state_schema), table})
                 .flag())
            return std::nullopt;
    const Result found = connection.execute(with_state(statements::catalog_record_state, state_schema));
    if (found.empty())
        return std::nullopt;
    return CatalogRecord{found.row().text("recorded_at"), found.row().text_or_empty("why_not")};
}

std::vector<CatalogDifference> read_catalog_differences(Connection& connection, std::string_view state_schema) {
    std::vector<CatalogDifference> differences;
    try {
        connection.execute(begin_sql(connection, "READ ONLY"));
        for (const Row& row : connection.execute(with_description(differences_sql, state_schema)))
            differences.push_back(
                {row.text("kind"), row.text("name"), row.optional_text("before"), row.optional_text("now")});
        connection.execute("COMMIT");
    } catch (...) {
        connection.rollback_quietly();
        throw;
    }
    return differences;
}

void record_catalog(Connection& connection, std::string_view state_schema, const std::vector<CatalogDifference>& kept) {
    std::vector<std::string> keys;
    for (const CatalogDifference& each : kept)
        keys.push_back(each.kind + " " + each.name);
    try {
        connection.execute(begin_sql(connection, "READ WRITE"));
        connection.execute(with_description(record_sql, state_schema), {joined_list(keys)});
        connection.execute(with_state(statements::catalog_record_set, state_schema));
        connection.execute("COMMIT");
    } catch (...) {
        connection.rollback_quietly();
        throw;
    }
}

}  // namespace tripmig::db
