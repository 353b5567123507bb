#include "app/migrate/up.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/audit/audited.hpp"
#include "app/hooks/hooks.hpp"
#include "app/migrate/migration_swap.hpp"
#include "app/migrate/target/drift.hpp"
#include "app/migrate/target/foreign_history_check.hpp"
#include "app/migrate/target/history_run.hpp"
#include "base/error.hpp"
#include "db/state/state_schema.hpp"
#include "migrate/pieces.hpp"
#include "migrate/scripts.hpp"

namespace tripmig::app {

void keep_up_to(MigrationTarget& target, const std::string& to) {
    if (to.empty())
        return;
    const auto wanted = migrate::Version::parse(to.front() == 'V' ? to.substr(1) : to);
    const auto is_known = [&](const migrate::Migration& file) { return wanted && file.version == *wanted; };
    if (std::none_of(target.directory.versioned.begin(), target.directory.versioned.end(), is_known))
        throw Error(ExitCode::usage, fmt::format("--to {}: no migration in this directory has this version", to),
                    "`tripmig status` lists the versions");
    auto& pending = target.comparison.pending;
    pending.erase(std::remove_if(pending.begin(), pending.end(),
                                 [&](const migrate::Migration* file) {
                                     return file->kind != migrate::Kind::versioned || *wanted < file->version;
                                 }),
                  pending.end());
}

namespace {

/// Everything that was committed with synchronous_commit = off is on disk when this goes out of scope, however the run
/// ended.
class FinalFlush {
  public:
    FinalFlush(db::Connection& connection, std::string state_schema)
        : m_connection(connection), m_state_schema(std::move(state_schema)) {}
    ~FinalFlush() {
        if (!m_is_needed || m_connection.is_broken())
            return;
        m_connection.rollback_quietly();
        m_connection.finish_quietly("DISCARD ALL");  // a file's role or read-only default is not ours
        m_connection.finish_quietly(db::flush_sql(m_state_schema));
    }
    FinalFlush(const FinalFlush&) = delete;
    FinalFlush& operator=(const FinalFlush&) = delete;

    void set_needed(bool is_needed) { m_is_needed = is_needed; }

  private:
    db::Connection& m_connection;
    std::string m_state_schema;
    bool m_is_needed = false;
};

/// The first one, before any file, is when the time begins.
void tell_progress(Reporter& reporter, std::size_t done, std::size_t total) {
    Event event{Severity::info, "migration.progress", {}, {}, Progress{"migrations", done, total, "files"}};
    event.message = fmt::format("{} of {} files applied", done, total);
    reporter.emit(event);
}

void apply_pending(const Context& context, const UpOptions& options, MigrationTarget& target, db::RunLock& lock,
                   std::vector<migrate::AppliedFile>& applied) {
    const std::string& schema = context.config.state.schema;
    const auto& pending = target.comparison.pending;
    migrate::FileRunner runner(
        *target.connection, lock, context.config, context.reporter, context.clock, context.stop,
        {target.history.applied, migrate::JobGuard(*target.connection, schema), swap_within_migration(context), {}});
    migrate::PlanOptions plan{schema, db::next_batch(*target.connection, schema), true, options.durable_each};
    FinalFlush flush(*target.connection, schema);
    if (pending.size() > 1)  // of a single file its own line tells the time
        tell_progress(context.reporter, 0, pending.size());
    for (std::size_t i = 0; i < pending.size(); ++i) {
        context.stop.check();
        plan.is_last = i + 1 == pending.size();
        flush.set_needed(!options.durable_each);
        applied.push_back(runner.apply(*pending[i], target.directory.scripts->take(*pending[i]), plan));
        Event event{Severity::info, "migration.applied", {}, {}, {}};
        event.message = fmt::format("applied {} ({} ms)", pending[i]->title(), applied.back().duration.count());
        event.fields = {{"file", pending[i]->file}, {"version", pending[i]->version.text()}};
        context.reporter.emit(event);
        if (pending.size() > 1)
            tell_progress(context.reporter, i + 1, pending.size());
        flush.set_needed(!options.durable_each && !plan.is_last);
    }
}

/// A typo in the last one is found before the first one runs.
void require_pending_readable(const MigrationTarget& target) {
    const auto& pending = target.comparison.pending;
    for (const migrate::Migration* file : pending)
        migrate::require_readable(*target.directory.scripts->keep(*file, pending.size() == 1), *file);
}

/// Who else is told of a run that has something to do: the audit, and the hooks.
class RunNotes {
  public:
    explicit RunNotes(const Context& context) : m_context(context) {}

    /// Before anything is applied. A run that looks again after a lost COMMIT is the same one.
    void begin(const std::vector<const migrate::Migration*>& pending, db::Connection& connection) {
        if (m_row)
            return;
        m_row.emplace(m_context, connection);
        m_event.command = "up";
        for (const migrate::Migration* file : pending)
            m_event.migrations.push_back(file->file);
        run_before_hook(m_context, m_event);
        m_is_told = true;
    }
    void end(ExitCode code, const std::string& message, const std::vector<migrate::AppliedFile>& applied) noexcept {
        if (m_is_told) {
            m_event.migrations.clear();
            for (const migrate::AppliedFile& file : applied)
                m_event.migrations.push_back(file.file);
            run_after_hook(m_context, m_event, code, message);
        }
        if (m_row)
            m_row->end(code, message);
    }

  private:
    const Context& m_context;
    std::optional<AuditRow> m_row;
    HookEvent m_event;
    bool m_is_told = false;
};

/// One run from connect to end. False: the answer to a COMMIT was lost, look again.
bool run_once(const Context& context, const UpOptions& options, RunNotes& notes,
              std::vector<migrate::AppliedFile>& applied, std::string& version) {
    MigrationTarget target = look_at(context, "up", options.is_strict, options.wait_for_database);
    migrate::require_agreement(target.comparison);
    tell_warnings(context, target.comparison);
    keep_up_to(target, options.to);
    version = newest_version(target.history);
    if (target.comparison.pending.empty())
        return true;
    db::require_writable(*target.connection, context.config.state.schema, context.config.database.pooler);
    require_pending_readable(target);
    if (!options.ignores_foreign_history)
        refuse_files_of_another_tool(context, target);
    if (target.history.needs_state())
        db::ensure_state(*target.connection, context.config.state.schema);
    const auto lock = take_run_lock(context, target, "up", options.is_strict);
    migrate::require_agreement(target.comparison);
    migrate::require_resumable(read_half_way(context, target));
    keep_up_to(target, options.to);
    try {
        if (!target.comparison.pending.empty()) {
            notes.begin(target.comparison.pending, lock->connection());
            with_drift_check(context, lock->connection(),
                             [&] { apply_pending(context, options, target, *lock, applied); });
        }
    } catch (const db::CommitInDoubt& error) {
        if (context.stop.is_raised())  // nobody looks again: the next run does
            throw;
        context.reporter.warning(
            "commit.in-doubt",
            std::string(error.what()) + " (during a commit: the history will show whether it succeeded)");
        return false;
    }
    version = target.comparison.pending.empty() ? newest_version(target.history) : applied.back().version;
    return true;
}

}  // namespace

void apply_migrations(const Context& context, const UpOptions& options, UpResult& result) {
    constexpr int most_doubts = 3;
    RunNotes notes(context);
    try {
        for (int doubts = 0; !run_once(context, options, notes, result.applied, result.version);)
            if (++doubts == most_doubts)
                throw Error(
                    ExitCode::unreachable, "the connection was lost during a commit, several times",
                    "check the server's log, then run the same command again: the history shows what was applied");
    } catch (const Error& error) {
        notes.end(error.code(), error.message(), result.applied);
        throw;
    }
    notes.end(ExitCode::ok, {}, result.applied);
}

UpResult migrate_up(const Context& context, const UpOptions& options) {
    UpResult result;
    apply_migrations(context, options, result);
    const std::string where = result.version.empty() ? "no version yet" : "at version " + result.version;
    context.reporter.info("up.done", result.applied.empty()
                                         ? fmt::format("nothing to do: {}", where)
                                         : fmt::format("{} applied, {}", result.applied.size(), where));
    return result;
}

}  // namespace tripmig::app
