#include "db/history.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/version.hpp"
#include "db/state_schema.hpp"
#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

void read_server(History& history, const Result& result, const Connection& connection) {
    history.is_pooled = result.number(0, 0) != connection.protocol_backend_pid();
    history.is_in_recovery = result.flag(0, 1);
    history.is_read_only = result.text(0, 2) == "on";
}

std::string or_empty(const Result& result, std::size_t row, std::size_t column) {
    return result.value(row, column).value_or("");
}

/// No state schema yet, or none that this role can see into.
History without_state(Connection& connection, const Error& error, std::string_view state_schema) {
    History history;
    read_server(history,
                connection.execute("SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery(), "
                                   "pg_catalog.current_setting('transaction_read_only')"),
                connection);
    if (error.sqlstate() == "42501")
        throw Error(
            ExitCode::no_privilege,
            fmt::format("this role may not read the state schema {}", sql::quote_ident(state_schema)),
            fmt::format(
                "run as the role that owns it, or let that role: GRANT USAGE ON SCHEMA {0}, SELECT ON ALL TABLES "
                "IN SCHEMA {0}",
                sql::quote_ident(state_schema)))
            .with_sqlstate(error.sqlstate())
            .with_detail(error.message());
    return history;
}

}  // namespace

bool History::needs_state() const noexcept {
    return !has_state || state_version < db::state_version;
}

History read_history(Connection& connection, std::string_view state_schema) {
    Result result;
    try {
        result = connection.execute(with_state(statement::read_history, state_schema));
    } catch (const Error& error) {
        const bool is_missing = error.sqlstate() == "42P01" || error.sqlstate() == "3F000";
        if (!is_missing && error.sqlstate() != "42501")
            throw;
        return without_state(connection, error, state_schema);
    }
    History history;
    if (result.rows() == 0)  // the state schema is being made this moment: its meta row is not there yet
        return history;
    history.has_state = true;
    read_server(history, result, connection);
    history.state_version = static_cast<int>(result.number(0, 3));
    history.state_tool_version = result.text(0, 4);
    if (history.state_version > state_version)
        throw Error(
            ExitCode::refused,
            fmt::format(
                "the state schema {} was written by tripmig {} (state version {}); this binary knows version {}",
                sql::quote_ident(state_schema), history.state_tool_version, history.state_version, state_version),
            "use that version of tripmig or a newer one; state is never downgraded");
    for (std::size_t row = 0; row < result.rows(); ++row) {
        if (result.is_null(row, 5))
            continue;
        AppliedMigration applied{result.number(row, 5),     or_empty(result, row, 6),
                                 or_empty(result, row, 7),  or_empty(result, row, 8),
                                 or_empty(result, row, 9),  or_empty(result, row, 10),
                                 or_empty(result, row, 11), or_empty(result, row, 12),
                                 or_empty(result, row, 13), std::nullopt};
        if (!result.is_null(row, 14))
            applied.duration_ms = result.number(row, 14);
        history.applied.push_back(std::move(applied));
    }
    return history;
}

void require_writable(const History& history, config::DatabaseConfig::Pooler pooler, const std::string& server) {
    if (history.is_in_recovery)
        throw Error(ExitCode::refused, fmt::format("the server is a standby in recovery ({})", server),
                    "connect to the primary; with several hosts in the URL add target_session_attrs=read-write");
    if (history.is_read_only)
        throw Error(ExitCode::refused, fmt::format("transactions are read-only here ({})", server),
                    "connect to the primary, or reset default_transaction_read_only for this role and database");
    if (history.is_pooled && pooler != config::DatabaseConfig::Pooler::session)
        throw Error(
            ExitCode::refused,
            fmt::format("a connection pooler stands between tripmig and the server ({}); in transaction mode it loses "
                        "the locks that keep two runs apart",
                        server),
            "set `direct_url` in [database] to the server itself, or `pooler = \"session\"` when the pooler keeps a "
            "server connection for each session");
}

namespace {

Step step(std::string sql, Parameters parameters, std::string why) {
    Step made;
    made.sql = std::move(sql);
    made.parameters = std::move(parameters);
    made.why = std::move(why);
    return made;
}

std::optional<std::string> or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::vector<Step> record_steps(const MigrationRecord& record, std::string_view state_schema) {
    std::vector<Step> steps;
    // A file may have changed the role for its own statements; the history belongs to the role that logged in.
    steps.push_back(step("RESET SESSION AUTHORIZATION", {}, "back to the role that logged in"));
    steps.push_back(step(with_state(statement::record_migration, state_schema),
                         {record.kind, or_null(record.version), record.description, record.file, or_null(record.sha256),
                          or_null(record.sha256_tokens), fmt::format("{}", record.batch), std::string(version()),
                          std::string(git_revision()),
                          record.duration_ms ? std::optional(fmt::format("{}", *record.duration_ms)) : std::nullopt},
                         "record it in the history"));
    steps.back().prepare_as = "tripmig_record";
    return steps;
}

std::vector<Step> record_undo_steps(const MigrationRecord& record, std::string_view state_schema) {
    std::vector<Step> steps = record_steps(record, state_schema);
    steps.push_back(
        step(with_state(statement::mark_undone, state_schema), {record.version}, "the version no longer counts"));
    return steps;
}

std::vector<JournalEntry> read_journal(Connection& connection, std::string_view state_schema, const std::string& file) {
    const Result result = connection.execute(with_state(statement::read_journal, state_schema), {file});
    std::vector<JournalEntry> entries;
    for (std::size_t row = 0; row < result.rows(); ++row) {
        JournalEntry entry;
        entry.ordinal = static_cast<int>(result.number(row, 0));
        entry.sha256 = result.text(row, 1);
        entry.is_done = result.flag(row, 2);
        if (!result.is_null(row, 3))
            entry.progress = {or_empty(result, row, 3), result.value(row, 4), or_empty(result, row, 5),
                              result.number(row, 6)};
        entries.push_back(std::move(entry));
    }
    return entries;
}

Step journal_step(std::string_view state_schema, const std::string& file, int ordinal, const std::string& sha256,
                  bool done, const std::optional<JournalProgress>& progress) {
    Parameters parameters{file, fmt::format("{}", ordinal), sha256, done ? "done" : "started"};
    if (progress)
        parameters.insert(parameters.end(),
                          {progress->by, progress->last, progress->upper, fmt::format("{}", progress->rows)});
    else
        parameters.resize(8);
    return step(with_state(statement::write_journal, state_schema), std::move(parameters),
                done ? "journal: done" : "journal: started");
}

Step forget_journal_step(std::string_view state_schema, const std::string& file) {
    return step(with_state(statement::forget_journal, state_schema), {file}, "the history row replaces the journal");
}

std::int64_t next_batch(Connection& connection, std::string_view state_schema) {
    return connection
        .execute(with_state("SELECT COALESCE(pg_catalog.max(batch), 0) + 1 FROM :\"state\".migrations", state_schema))
        .number(0, 0);
}

std::string flush_sql(std::string_view state_schema) {
    return with_state("SET synchronous_commit = on; UPDATE :\"state\".meta SET tool_version = tool_version",
                      state_schema);
}

}  // namespace tripmig::db
