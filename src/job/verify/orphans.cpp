#include "job/verify/orphans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "backfill/chunk_size.hpp"
#include "job/copy/foreign_keys.hpp"
#include "job/replacement.hpp"
#include "job/source/source_table.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace chr = std::chrono;

namespace {

constexpr std::int64_t first_chunk = 16;      // blocks
constexpr std::int64_t largest_chunk = 8192;  // blocks
constexpr int most_shown = 5;

/// See foreign_key_facts.sql.
struct Conditions {
    std::string same;
    std::string counts;
    std::string columns;
    std::string referenced;  ///< with ONLY
};

std::optional<Conditions> read_conditions(Session& server, const KeyOfTable& key) {
    const db::Result found =
        server.session().read(std::string(statements::foreign_key_facts), {sql::quoted(key.table), key.name});
    if (found.empty())
        return std::nullopt;
    const db::Row row = found.row();
    return Conditions{row.text("same"), row.text("counts"), row.text("columns"), row.text("referenced")};
}

std::string select_orphans(const KeyOfTable& key, const Conditions& conditions, const std::string& what,
                           const std::string& range) {
    return fmt::format(
        "SELECT {} FROM ONLY {} AS referencing WHERE {}({}) AND NOT EXISTS (SELECT FROM {} AS referenced WHERE {})",
        what, sql::quoted(key.referencing), range, conditions.counts, conditions.referenced, conditions.same);
}

/// The planner chooses how: it looks few rows up in the index, and reads a small referenced table whole.
std::string chunk_sql(const KeyOfTable& key, const Conditions& conditions, std::int64_t from, std::int64_t to) {
    return select_orphans(key, conditions, fmt::format("ROW({})::pg_catalog.text AS key", conditions.columns),
                          fmt::format("referencing.ctid >= '({},0)' AND referencing.ctid < '({},0)' AND ", from, to)) +
           fmt::format(" LIMIT {}", most_shown);
}

std::int64_t blocks_of(Session& server, const QualifiedName& table) {
    return server.session().number(
        "SELECT pg_catalog.pg_relation_size(pg_catalog.to_regclass($1)) / "
        "pg_catalog.current_setting('block_size')::pg_catalog.int8",
        {sql::quoted(table)});
}

Orphans described(const KeyOfTable& key, const Conditions& conditions, const db::Result& rows) {
    std::string values;
    for (const db::Row& row : rows)
        values += (values.empty() ? "" : ", ") + row.text("key");
    const std::string referenced =
        conditions.referenced.substr(conditions.referenced.compare(0, 5, "ONLY ") == 0 ? 5 : 0);
    return {
        fmt::format("rows of {} reference rows that do not exist in {} (foreign key {}), the first: ({}) = {}",
                    sql::quoted(key.referencing), referenced, sql::quote_ident(key.name), conditions.columns, values),
        select_orphans(key, conditions, "*", "")};
}

std::optional<Orphans> scan(Session& server, const KeyOfTable& key, const Conditions& conditions) {
    const std::int64_t blocks = blocks_of(server, key.referencing);
    backfill::ChunkSize chunk(first_chunk, {1, largest_chunk}, server.config().swap.chunk_target);
    for (std::int64_t next = 0; next < blocks;) {
        server.stop().check();
        server.throttle().wait();
        const std::int64_t end = std::min(next + chunk.size(), blocks);
        const auto started = server.clock().steady();
        const db::Result rows = server.session().read(chunk_sql(key, conditions, next, end));
        if (!rows.empty())
            return described(key, conditions, rows);
        chunk.took(chr::duration_cast<chr::milliseconds>(server.clock().steady() - started));
        next = end;
    }
    return std::nullopt;
}

/// Incoming keys that the cut-over recreates, and that nothing has validated with what they become.
std::vector<KeyOfTable> incoming_to_check(const db::TableInfo& table, const State& state) {
    std::vector<KeyOfTable> keys;
    for (const db::IncomingKey& key : without_own(table, state).incoming) {
        const bool is_validated_before =
            !state.is<EmptyJob>() &&
            std::any_of(state.swap().composite.begin(), state.swap().composite.end(), [&](const CompositePart& part) {
                return key.is_called(part.table, part.name) && !part.column.empty();
            });
        if ((state.swap().has_registry || !state.swap().composite.empty()) && !is_validated_before)
            keys.push_back({key.table, key.name, key.table});
    }
    return keys;
}

/// Of a copy or split: the keys are created again on every table that has rows afterwards.
std::vector<KeyOfTable> outgoing_to_check(Session& server, const db::TableInfo& table, const State& state) {
    if (!state.copies())
        return {};
    const std::vector<db::ConstraintInfo> outgoing = outgoing_keys(table);
    if (outgoing.empty())
        return {};
    const std::vector<QualifiedName> sources =
        state.is<PartitionJob>() ? leaves_of(server, state.parent()) : std::vector<QualifiedName>{table.name};
    std::vector<KeyOfTable> keys;
    for (const db::ConstraintInfo& key : outgoing)
        for (const QualifiedName& source : sources)
            keys.push_back({state.root_table(), key.name, source});
    return keys;
}

}  // namespace

std::optional<Orphans> find_orphans(Session& server, const KeyOfTable& key) {
    const std::optional<Conditions> conditions = read_conditions(server, key);
    if (!conditions)
        return std::nullopt;
    try {
        return scan(server, key, *conditions);
    } catch (const Error& error) {
        if (error.code() != ExitCode::no_privilege)
            throw;
        server.reporter().info("swap.keys_not_checked",
                               fmt::format("rows of {} are not checked against foreign key {}: {}",
                                           sql::quoted(key.referencing), sql::quote_ident(key.name), error.message()));
        return std::nullopt;
    }
}

Error orphans_error(const std::vector<Orphans>& orphans) {
    std::string message;
    std::string queries;
    for (const Orphans& each : orphans) {
        message += (message.empty() ? "" : "\n  ") + each.text;
        queries += fmt::format("\n  {};", each.query);
    }
    return Error(
        ExitCode::refused, message,
        "a foreign key with such rows cannot be recreated: delete or correct them, then run this again. To find them:" +
            queries);
}

void require_no_orphans(Session& server, const db::TableInfo& table, const State& state) {
    std::vector<KeyOfTable> keys = incoming_to_check(table, state);
    for (KeyOfTable& key : outgoing_to_check(server, table, state))
        keys.push_back(std::move(key));
    if (keys.empty())
        return;
    server.reporter().info("swap.step", fmt::format("check the foreign keys of {} for rows without a match",
                                                    sql::quoted(state.root_table())));
    std::vector<Orphans> found;
    for (const KeyOfTable& key : keys)
        if (auto orphans = find_orphans(server, key))
            found.push_back(std::move(*orphans));
    if (!found.empty())
        throw orphans_error(found);
}

}  // namespace tripmig::job
