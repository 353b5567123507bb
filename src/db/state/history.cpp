#include "db/state/history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "base/json_text.hpp"
#include "base/version.hpp"
#include "config/connection_string.hpp"
#include "db/binary_copy.hpp"
#include "db/lookalike.hpp"
#include "db/own_settings.hpp"
#include "db/state/state_schema.hpp"
#include "db/state/state_trust.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

Error may_not_read(const Error& error, std::string_view state_schema) {
    return Error(ExitCode::no_privilege,
                 fmt::format("this role may not read the state schema {}", sql::quote_ident(state_schema)),
                 fmt::format(
                     "run as the role that owns it, or let that role: GRANT USAGE ON SCHEMA {0}, SELECT ON ALL TABLES "
                     "IN SCHEMA {0}",
                     sql::quote_ident(state_schema)))
        .with_sqlstate(error.sqlstate())
        .with_detail(error.message());
}

void require_known(const History& history, std::string_view state_schema) {
    if (history.state_version > state_version)
        throw Error(
            ExitCode::refused,
            fmt::format(
                "the state schema {} was written by tripmig {} (state version {}); this binary knows version {}",
                sql::quote_ident(state_schema), history.state_tool_version, history.state_version, state_version),
            "use that version of tripmig or a newer one; state is never downgraded");
}

/// nullopt: it does not count any more, or it is what undid another.
std::optional<AppliedMigration> applied_migration(const BinaryCopy& row) {
    constexpr std::size_t undone_at = 10;
    AppliedMigration applied;
    applied.kind = row.text(1);
    if (applied.kind == "U" || !row.is_null(undone_at))
        return std::nullopt;
    applied.id = row.number(0);
    applied.version = row.text(2);
    applied.description = row.text(3);
    applied.file = row.text(4);
    applied.sha256 = row.text(5);
    applied.sha256_tokens = row.text(6);
    applied.applied_at = std::chrono::floor<std::chrono::seconds>(row.time(7));
    applied.applied_by = row.text(8);
    if (!row.is_null(9))
        applied.duration_ms = row.number(9);
    return applied;
}

History read_state(Connection& connection, std::string_view state_schema) {
    // The role's statement_timeout is not for this; the setting ends with the statements.
    const std::vector<std::string> tables =
        connection.copy_out("SET LOCAL statement_timeout = 0; " + with_state(statements::read_history, state_schema));
    History history;
    BinaryCopy meta(tables.at(0));
    history.has_state = meta.next();  // false: it is being made this moment
    if (!history.has_state)
        return history;
    history.state_version = static_cast<int>(meta.number(0));
    history.state_tool_version = meta.text(1);
    require_known(history, state_schema);
    BinaryCopy rows(tables.at(1));
    constexpr std::size_t usual_row = 200;  // bytes
    history.applied.reserve(tables.at(1).size() / usual_row + 1);
    while (rows.next())
        if (auto applied = applied_migration(rows))
            history.applied.push_back(std::move(*applied));
    std::sort(history.applied.begin(), history.applied.end(),
              [](const AppliedMigration& a, const AppliedMigration& b) { return a.id < b.id; });
    return history;
}

}  // namespace

bool History::needs_state() const noexcept {
    return !has_state || state_version < db::state_version;
}

History read_history(Connection& connection, std::string_view state_schema) {
    try {
        return read_state(connection, state_schema);
    } catch (const Error& error) {
        if (error.sqlstate() == "42501")
            throw may_not_read(error, state_schema);
        const bool is_missing = error.sqlstate() == "42P01" || error.sqlstate() == "3F000";
        const bool is_of_another_kind = error.sqlstate() == "42703" || error.sqlstate() == "42809";
        if (!is_missing && !is_of_another_kind)
            throw;
        require_no_foreign_state(connection, state_schema);
        if (!is_missing)
            throw;
        return {};
    }
}

namespace {

/// The refusal of a server, database or role on which transactions begin read-only, with where that comes from.
Error read_only(Connection& connection) {
    const Result found = connection.execute(
        "SELECT source, pg_catalog.quote_ident(CURRENT_USER) AS role, "
        "pg_catalog.quote_ident(pg_catalog.current_database()) AS database FROM pg_catalog.pg_settings WHERE name "
        "OPERATOR(pg_catalog.=) 'default_transaction_read_only' AND setting "
        "OPERATOR(pg_catalog.=) 'on'");
    std::string where = "transaction_read_only is on";
    std::string reset = "connect to the primary";
    if (!found.empty()) {
        const std::string source = found.row().text("source");
        const std::string role = found.row().text("role");
        const std::string database = found.row().text("database");
        where = fmt::format("default_transaction_read_only is on ({})", source);
        if (source == "database user")
            reset = fmt::format("ALTER ROLE {} IN DATABASE {} RESET default_transaction_read_only", role, database);
        else if (source == "user")
            reset = fmt::format("ALTER ROLE {} RESET default_transaction_read_only", role);
        else if (source == "database")
            reset = fmt::format("ALTER DATABASE {} RESET default_transaction_read_only", database);
        else if (source == "global")
            reset = "ALTER ROLE ALL RESET default_transaction_read_only";
        else if (source == "client")
            reset = "take it out of `options` in the connection string, or out of PGOPTIONS";
        else
            reset = "connect to the primary, or take it out of the server's configuration";
    }
    return {ExitCode::refused, fmt::format("transactions are read-only here ({}): {}", connection.description(), where),
            "nothing was changed; to write here: " + reset};
}

/// The address, as the description of a connection has it.
ServerSigns address_in(const std::string& description) {
    if (description.rfind("host=", 0) != 0)
        return {};  // a service, or libpq's defaults
    const std::map<std::string, std::string> parameters = config::parse_connection_string(description);
    const auto port = parameters.find("port");
    return {{}, parameters.at("host"), port == parameters.end() ? "" : port->second, {}};
}

/// Known poolers by their address as well: not every one is seen by its process.
void require_no_pooler(const Connection& connection, bool is_other_process, config::DatabaseConfig::Pooler pooler) {
    const std::optional<Lookalike> known = find_lookalike(address_in(connection.description()));
    const bool is_known = known && known->verdict == Lookalike::Verdict::pooled;
    if (!is_other_process && (!is_known || pooler == config::DatabaseConfig::Pooler::none))
        return;
    throw Error(
        ExitCode::refused,
        fmt::format("tripmig is connected through {} ({}); in transaction mode it loses the locks that keep two runs "
                    "apart",
                    is_known ? known->name : "a connection pooler", connection.description()),
        is_known
            ? std::string(known->hint)
            : "set `direct_url` in [database] to the server itself, or `pooler = \"session\"` when the pooler keeps "
              "a server connection for each session");
}

}  // namespace

void require_writable(Connection& connection, std::string_view state_schema, config::DatabaseConfig::Pooler pooler) {
    const Row server = connection
                           .execute(
                               "SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.pg_is_in_recovery() AS "
                               "is_standby, pg_catalog.current_setting('transaction_read_only') AS read_only")
                           .row();
    if (server.flag("is_standby"))
        throw Error(ExitCode::refused,
                    fmt::format("the server is a standby in recovery ({})", connection.description()),
                    "connect to the primary; with several hosts in the URL add target_session_attrs=read-write");
    if (server.text("read_only") == "on")
        throw read_only(connection);
    if (pooler != config::DatabaseConfig::Pooler::session)
        require_no_pooler(connection, server.number("pid") != connection.protocol_backend_pid(), pooler);
    connection.execute(session_timeouts_sql(connection.server_version()));
    require_trusted_state(connection, state_schema);
}

void require_usable(Connection& connection, std::string_view state_schema, config::DatabaseConfig::Pooler pooler) {
    read_history(connection, state_schema);
    require_writable(connection, state_schema, pooler);
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

std::vector<Step> record_steps(const MigrationRecord& record, std::string_view state_schema, bool is_new) {
    std::vector<Step> steps;
    // A file may have changed the role for its own statements; the history belongs to the role that logged in.
    if (!is_new)
        steps.push_back(step("RESET SESSION AUTHORIZATION", {}, "back to the role that logged in"));
    steps.push_back(
        step(with_state(is_new ? statements::record_new_objects : statements::record_migration, state_schema),
             {record.kind, or_null(record.version), record.description, record.file, or_null(record.sha256),
              or_null(record.sha256_tokens), fmt::format("{}", record.batch), std::string(version()),
              std::string(git_revision()),
              record.duration_ms ? std::optional(fmt::format("{}", *record.duration_ms)) : std::nullopt},
             "record it in the history"));
    steps.back().prepare_as = is_new ? "tripmig_record_new" : "tripmig_record";
    return steps;
}

std::vector<Step> record_undo_steps(const MigrationRecord& record, std::string_view state_schema) {
    std::vector<Step> steps = record_steps(record, state_schema);
    steps.push_back(
        step(with_state(statements::mark_undone, state_schema), {record.version}, "the version no longer counts"));
    return steps;
}

std::vector<JournalEntry> read_journal(Connection& connection, std::string_view state_schema, const std::string& file) {
    std::vector<JournalEntry> entries;
    for (const Row& row : connection.execute(with_state(statements::read_journal, state_schema), {file})) {
        JournalEntry entry;
        entry.ordinal = static_cast<int>(row.number("ordinal"));
        entry.sha256 = row.text("sha256");
        entry.is_done = row.flag("is_done");
        if (!row.is_null("by"))
            entry.progress = {row.text("by"), row.optional_text("last"), row.text_or_empty("upper"),
                              row.number("rows")};
        entries.push_back(std::move(entry));
    }
    return entries;
}

Step mark_locks_step() {
    return step(std::string(statements::mark_locks), {}, "since when the strongest lock is held");
}

std::map<std::int64_t, MigrationLocks> read_locks(Connection& connection, std::string_view state_schema) {
    std::map<std::int64_t, MigrationLocks> locks;
    for (const Row& row : connection.execute(with_state(statements::read_locks, state_schema))) {
        MigrationLocks& of_migration = locks[row.number("id")];
        of_migration.held_ms = row.optional_number("locked_ms");
        of_migration.modes.emplace_back(row.text("relation"), row.text_or_empty("mode"));
    }
    return locks;
}

Step journal_step(std::string_view state_schema, const std::string& file, int ordinal, const std::string& sha256,
                  bool done, const std::optional<JournalProgress>& progress,
                  const std::optional<SampledLocks>& sampled) {
    Parameters parameters{file, fmt::format("{}", ordinal), sha256, done ? "done" : "started"};
    if (progress)
        parameters.insert(parameters.end(),
                          {progress->by, progress->last, progress->upper, fmt::format("{}", progress->rows)});
    else
        parameters.resize(8);
    parameters.resize(10);
    if (sampled) {
        parameters[8] = json_text(nlohmann::json(sampled->modes), -1);
        parameters[9] = fmt::format("{}", sampled->held_ms);
    }
    return step(with_state(statements::write_journal, state_schema), std::move(parameters),
                done ? "journal: done" : "journal: started");
}

Step forget_statement_step(std::string_view state_schema, const std::string& file, int ordinal) {
    return step(with_state("DELETE FROM :\"state\".statements WHERE file OPERATOR(pg_catalog.=) $1 "
                           "AND ordinal OPERATOR(pg_catalog.=) $2::pg_catalog.int4",
                           state_schema),
                {file, fmt::format("{}", ordinal)}, "nothing of this statement is left");
}

Step forget_journal_step(std::string_view state_schema, const std::string& file) {
    return step(with_state(statements::forget_journal, state_schema), {file}, "the history row replaces the journal");
}

std::int64_t next_batch(Connection& connection, std::string_view state_schema) {
    return connection
        .execute(with_state("SELECT COALESCE(pg_catalog.max(batch), 0) + 1 FROM :\"state\".migrations", state_schema))
        .number();
}

std::string flush_sql(std::string_view state_schema) {
    return with_state("SET synchronous_commit = on; UPDATE :\"state\".meta SET tool_version = tool_version",
                      state_schema);
}

}  // namespace tripmig::db
