#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/executor.hpp"
#include "db/run_lock.hpp"
#include "ddl/concurrent_index.hpp"
#include "migrate/batch.hpp"
#include "migrate/job_guard.hpp"
#include "migrate/plan.hpp"

namespace tripmig::migrate {

/// What one applied file took.
struct AppliedFile {
    std::string file;
    std::string version;
    std::string description;
    std::size_t statements = 0;
    int attempts = 1;
    std::chrono::milliseconds duration{0};
};

/// Brings a table to the partitioned state, for a file that asks for it; says in a sentence what it did. The swap is
/// another room's: who makes the Runner puts them together.
using SwapTable = std::function<std::string(const std::vector<std::string>& table)>;

/// What runs a unit: the executor by itself, or something around it that watches.
using RunUnit = std::function<db::UnitOutcome(db::Executor& executor, const Unit& unit)>;

/// Applies files, one after the other, on one connection, as long as the run lock is held in another one. Each file
/// finds the session as a new one.
class Runner {
  public:
    Runner(db::Connection& connection, db::RunLock& lock, const config::Config& config,
           const std::filesystem::path& directory, Reporter& reporter, const Clock& clock, const StopSignal& stop);

    /// Says which versions count as applied, for files that require others.
    void set_applied(const std::vector<db::AppliedMigration>& applied);

    /// For a rehearsal: every unit goes through this.
    void set_run_unit(RunUnit run) { m_run_unit = std::move(run); }

    /// Keeps files from tables that a swap is under way on.
    void set_guard(JobGuard guard) { m_guard = std::move(guard); }

    /// For files with a `swap` directive.
    void set_swap(SwapTable swap) { m_swap = std::move(swap); }

    /// Applies one file. Throws Error: migration_failed when it was rolled back, stopped_half_way when a file without
    /// transaction is done in part; privileges, lock deadline, a lost connection and signals keep their own codes.
    AppliedFile apply(const Migration& migration, const PlanOptions& options);

  private:
    db::UnitOutcome run_unit(const Unit& unit) {
        return m_run_unit ? m_run_unit(m_executor, unit) : m_executor.run(unit);
    }
    void apply_swap(const Migration& migration, const Script& script, const PlanOptions& options);
    void apply_pieces(const Migration& migration, const Script& script, const PlanOptions& options);
    void apply_piece(const Migration& migration, const Script& script, const Piece& piece, const PlanOptions& options,
                     const db::JournalEntry* entry);
    void apply_committing(const Migration& migration, const Script& script, const Piece& piece,
                          const PlanOptions& options, const db::JournalEntry* entry);
    [[nodiscard]] std::int64_t transaction_number();
    void open_session(const Script& script);
    void set_policy(const Script& script);
    void require_versions(const Migration& migration, const Script& script) const;
    void apply_batches(const Migration& migration, const Script& script, const Piece& piece, const PlanOptions& options,
                       const db::JournalEntry* entry);
    void run_alone(const Unit& unit);
    void tell_batch(const std::string& name, const BatchKey& key, const db::JournalProgress& progress);
    [[nodiscard]] BatchKey read_batch_key(const ScriptStatement& statement, const sql::RangeStatement& cut);
    [[nodiscard]] std::optional<std::string> read_key(const std::string& name, const std::string& sql);
    void create_index(const ScriptStatement& statement, Unit unit, bool was_started);
    void drop_index(const ScriptStatement& statement, Unit unit, bool was_started);
    void run_index_plan(const std::vector<Unit>& units, const ScriptStatement& statement);
    void drop_invalid(const ddl::ConcurrentIndex& index, const std::string& table);

    db::Connection& m_connection;
    db::RunLock& m_lock;
    const config::Config& m_config;
    std::filesystem::path m_directory;
    Reporter& m_reporter;
    const Clock& m_clock;
    const StopSignal& m_stop;
    db::Executor m_executor;
    SwapTable m_swap;
    JobGuard m_guard;
    RunUnit m_run_unit;
    std::map<std::string, std::string> m_sampled;  ///< locks of the statement outside of a transaction that runs
    std::set<std::string> m_applied;               ///< canonical versions
    bool m_needs_new_session = false;              ///< a file changed what a session begins with
};

}  // namespace tripmig::migrate
