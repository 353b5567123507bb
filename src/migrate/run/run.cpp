#include "migrate/run/run.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/own_settings.hpp"
#include "db/state/history.hpp"
#include "ddl/statement_step.hpp"
#include "migrate/partitioned_statements.hpp"
#include "migrate/session_defaults.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

/// CONCURRENTLY waits for old transactions by design, and blocks nobody meanwhile.
constexpr chr::milliseconds concurrently_timeout = chr::hours(1);

/// 57P01: the server had no quarrel with the file.
std::string ended_session_hint(const Migration& migration, bool is_half_way) {
    return fmt::format(
        "an administrator ended this session (pg_terminate_backend), or the server was shut down; {}; "
        "run the same command again",
        is_half_way ? "what was before this statement is done and recorded"
                    : fmt::format("nothing of {} was applied", migration.file));
}

/// A CALL or DO in a transaction tried to end it (2D000).
constexpr std::string_view committing_hint =
    "a CALL or DO that commits runs outside of a transaction: put `-- tripmig: transaction=off` above the first "
    "statement";

/// The failure of a file under the exit code that tells what to expect of the next run.
Error as_migration_failure(const Error& error, const Migration& migration, bool is_half_way) {
    const bool is_of_the_file = error.code() == ExitCode::unexpected || error.code() == ExitCode::migration_failed;
    if (!is_of_the_file) {
        Error failure = error.position() ? error : error.rewrapped(error.code(), migration.file + ": ");
        return error.sqlstate() == "57P01" ? failure.with_hint(ended_session_hint(migration, is_half_way)) : failure;
    }
    Error failure = error.position()
                        ? error.rewrapped(is_half_way ? ExitCode::stopped_half_way : ExitCode::migration_failed)
                        : error.rewrapped(is_half_way ? ExitCode::stopped_half_way : ExitCode::migration_failed,
                                          migration.file + ": ");
    if (error.sqlstate() == "2D000")
        failure.with_hint(std::string(committing_hint));
    else if (error.hint().empty())
        failure.with_hint(
            is_half_way ? "what was before this statement is done and recorded; mend the file and run the same command "
                          "again: it goes on here"
                        : "the file was rolled back as a whole; mend it and run the same command again");
    return failure;
}

bool sets_lock_timeout(const Script& script) {
    for (const ScriptStatement& statement : script.statements)
        if (statement.facts->kind == "set" && statement.sql.find("lock_timeout") != std::string::npos)
            return true;
    return false;
}

}  // namespace

Runner::Runner(db::Connection& connection, db::RunLock& lock, const config::Config& config,
               const std::filesystem::path& directory, Reporter& reporter, const Clock& clock, const StopSignal& stop)
    : m_connection(connection),
      m_lock(lock),
      m_config(config),
      m_directory(directory),
      m_reporter(reporter),
      m_clock(clock),
      m_stop(stop),
      m_executor(connection, {}, reporter, clock, stop) {
    m_executor.set_run_lock(lock);
}

void Runner::set_policy(const Script& script) {
    db::LockPolicy policy;
    policy.lock_timeout = script.directives.lock_timeout.value_or(m_config.migrations.lock_timeout);
    policy.lock_deadline = m_config.migrations.lock_deadline;
    policy.statement_timeout = script.directives.statement_timeout.value_or(chr::milliseconds(0));
    policy.concurrently_timeout = concurrently_timeout;
    m_executor.set_policy(policy);
}

void Runner::set_applied(const std::vector<db::AppliedMigration>& applied) {
    m_applied.clear();
    for (const db::AppliedMigration& row : applied)
        if (const auto version = Version::parse(row.version))
            m_applied.insert(version->text());
}

void Runner::require_versions(const Migration& migration, const Script& script) const {
    for (const std::string& wanted : script.directives.required) {
        const std::string digits = wanted.substr(wanted.find_first_of("0123456789") == 1 ? 1 : 0);
        const auto version = Version::parse(digits);
        if (!version)
            throw Error(ExitCode::usage, fmt::format("{}: requires={} names no version", migration.file, wanted),
                        "write requires=V3");
        if (m_applied.count(version->text()) == 0)
            throw Error(ExitCode::refused,
                        fmt::format("{} requires version {}, which is not applied", migration.file, version->text()),
                        "apply that one first, or give this file a higher version");
    }
}

AppliedFile Runner::apply(const Migration& migration, const PlanOptions& options) {
    const auto started = m_clock.steady();
    AppliedFile applied{migration.file, migration.version.text(), migration.description, 0, 1, {}};
    Script script = load_script(migration, m_directory, m_config.migrations.placeholders);
    m_lock.require_held();
    if (m_needs_new_session)
        m_connection.reconnect();
    m_needs_new_session = changes_session_defaults(script);
    look_for_partitioned(script, m_connection);
    require_versions(migration, script);
    m_guard.require_free(script, m_connection);
    set_policy(script);
    applied.statements = script.statements.size();
    if (script.directives.swap) {
        apply_swap(migration, script, options);
    } else if (script.is_transactional) {
        try {
            Unit unit = plan_transaction(migration, script, options);
            ddl::append(unit.steps, m_guard.checks(script, 0, script.statements.size()));
            applied.attempts = run_unit(unit).attempts;
        } catch (const db::CommitInDoubt&) {
            throw;
        } catch (const Error& error) {
            throw as_migration_failure(error, migration, false);
        }
    } else {
        m_reporter.debug("migration.statements",
                         fmt::format("{} runs a statement at a time: {}", migration.file, script.why_not));
        apply_pieces(migration, script, options);
    }
    m_applied.insert(applied.version);
    applied.duration = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started);
    return applied;
}

void Runner::apply_swap(const Migration& migration, const Script& script, const PlanOptions& options) {
    const auto started = m_clock.steady();
    const sql::SwapDirective& wish = *script.directives.swap;
    try {
        if (!m_swap)
            throw Error(ExitCode::refused, "this command does not swap tables", "`tripmig up` does");
        m_reporter.info("migration.swap", fmt::format("{}: {}", migration.file, m_swap(wish.table)));
        m_guard = JobGuard(m_connection, options.state_schema);
    } catch (const Error& error) {
        throw as_migration_failure(error.position() ? error : Error(error).at(wish.position), migration, true);
    }
    const auto duration = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started).count();
    run_unit(plan_completion(migration, options, duration));
}

void Runner::open_session(const Script& script) {
    const db::LockPolicy& policy = m_executor.policy();
    m_executor.clean_session();
    m_connection.execute(fmt::format(
        "{}; SET statement_timeout = {}; {}", db::session_timeouts_sql(m_connection.server_version()),
        policy.statement_timeout.count(),
        sets_lock_timeout(script) ? "" : fmt::format("SET lock_timeout = {}", policy.lock_timeout.count())));
}

namespace {

void require_unedited(const Migration& migration, const Piece& piece, const ScriptStatement& statement,
                      const db::JournalEntry& entry) {
    if (entry.sha256 == piece.sha256)
        return;
    throw Error(ExitCode::disagreement,
                fmt::format("{} stopped half way, and its statement {} was done and then edited in the file",
                            migration.file, piece.ordinal),
                "bring that statement's text back; what comes behind it may be changed freely")
        .at(position_of(statement));
}

const db::JournalEntry* entry_of(const std::vector<db::JournalEntry>& journal, int ordinal) {
    for (const db::JournalEntry& entry : journal)
        if (entry.ordinal == ordinal)
            return &entry;
    return nullptr;
}

}  // namespace

void Runner::apply_pieces(const Migration& migration, const Script& script, const PlanOptions& options) {
    const auto started = m_clock.steady();
    const std::vector<Piece> pieces = pieces_of(script);
    const std::vector<db::JournalEntry> journal = db::read_journal(m_connection, options.state_schema, migration.file);
    open_session(script);
    bool is_half_way = !journal.empty();
    for (const Piece& piece : pieces) {
        const db::JournalEntry* entry = entry_of(journal, piece.ordinal);
        const ScriptStatement& first = script.statements.at(piece.first < script.statements.size() ? piece.first : 0);
        if (entry != nullptr && entry->is_done) {
            require_unedited(migration, piece, first, *entry);
            if (piece.kind != Piece::Kind::setting)
                continue;
        }
        if (piece.first == piece.last)  // BEGIN; COMMIT; with nothing between
            continue;
        Event event{
            Severity::info,
            "migration.statement",
            fmt::format("{}: statement {} of {}, line {}: {}", migration.file, piece.ordinal, pieces.size(), first.line,
                        first.facts->kind),
            {},
            Progress{migration.file, static_cast<std::uint64_t>(piece.ordinal - 1), pieces.size(), "statements"}};
        m_reporter.emit(event);
        try {
            apply_piece(migration, script, piece, options, entry);
        } catch (const db::CommitInDoubt&) {
            throw;  // the journal tells: it committed with it or not at all
        } catch (const Error& error) {
            const bool is_whole = piece.kind == Piece::Kind::transaction || piece.kind == Piece::Kind::committing;
            throw as_migration_failure(error, migration, is_half_way || !is_whole);
        }
        is_half_way = true;
    }
    const auto duration = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started).count();
    run_unit(plan_completion(migration, options, duration));
}

void Runner::apply_piece(const Migration& migration, const Script& script, const Piece& piece,
                         const PlanOptions& options, const db::JournalEntry* entry) {
    if (piece.kind == Piece::Kind::batch) {
        apply_batches(migration, script, piece, options, entry);
        return;
    }
    if (piece.kind == Piece::Kind::committing) {
        apply_committing(migration, script, piece, options, entry);
        return;
    }
    const bool was_started = entry != nullptr;
    Unit unit = plan_piece(migration, script, piece, options);
    const ScriptStatement& first = script.statements[piece.first];
    if (piece.kind == Piece::Kind::transaction) {
        ddl::append(unit.steps, m_guard.checks(script, piece.first, piece.last));
        run_unit(unit);
        return;
    }
    if (piece.kind == Piece::Kind::setting) {
        run_unit(unit);
        run_unit(plan_journal(migration, piece, options, true));
        return;
    }
    run_unit(plan_journal(migration, piece, options, false));
    m_sampled.clear();
    const auto started = m_clock.steady();
    const bool keeps_timeout = sets_lock_timeout(script);
    if (!keeps_timeout)
        m_connection.execute(fmt::format("SET lock_timeout = {}", m_executor.policy().concurrently_timeout.count()));
    if (piece.kind == Piece::Kind::concurrent_index)
        create_index(first, unit, was_started);
    else if (piece.kind == Piece::Kind::drop_index)
        drop_index(first, unit, was_started);
    else
        run_alone(unit);
    const auto took = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started);
    if (!keeps_timeout)
        m_connection.execute(fmt::format("SET lock_timeout = {}", m_executor.policy().lock_timeout.count()));
    run_unit(plan_journal(migration, piece, options, true, db::SampledLocks{m_sampled, took.count()}));
}

/// A statement outside of any transaction: what it locks is seen from outside.
void Runner::run_alone(const Unit& unit) {
    const db::UnitOutcome outcome = run_unit(unit);
    m_sampled.insert(outcome.sampled_locks.begin(), outcome.sampled_locks.end());
}

}  // namespace tripmig::migrate
