#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/connection.hpp"
#include "db/run_lock.hpp"
#include "db/state/history.hpp"
#include "migrate/job_guard.hpp"
#include "migrate/plan.hpp"
#include "migrate/run/file_session.hpp"
#include "migrate/run/statement_runner.hpp"
#include "migrate/run/transaction_runner.hpp"

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
/// another module's: who makes the FileRunner puts them together.
using SwapTable = std::function<std::string(const std::vector<std::string>& table)>;

/// What a run finds, and what it may do.
struct RunScope {
    const std::vector<db::AppliedMigration>& applied;  ///< for files that require others
    JobGuard guard;                                    ///< keeps files from tables that a swap is under way on
    SwapTable swap;                                    ///< empty: a file that asks for a swap is refused
    RunUnit run_unit;                                  ///< every unit goes through this; empty: the executor by itself
};

/// Applies files, one after the other, on one connection, as long as the run lock is held in another one.
class FileRunner {
  public:
    FileRunner(db::Connection& connection, db::RunLock& lock, const config::Config& config, Reporter& reporter,
               const Clock& clock, const StopSignal& stop, RunScope scope);
    FileRunner(const FileRunner&) = delete;
    FileRunner& operator=(const FileRunner&) = delete;

    /// Applies one file. Throws file_failure(), and db::CommitInDoubt.
    AppliedFile apply(const Migration& migration, Script script, const PlanOptions& options);

  private:
    void require_versions(const Migration& migration, const Script& script) const;
    bool is_begun(const Migration& migration, const Script& script, const PlanOptions& options);
    void swap(const Migration& migration, const Script& script, const PlanOptions& options);

    Reporter& m_reporter;
    const Clock& m_clock;
    std::set<std::string> m_applied;  ///< canonical versions
    JobGuard m_guard;
    SwapTable m_swap;
    FileSession m_session;
    TransactionRunner m_transactions;
    StatementRunner m_statements;
};

}  // namespace tripmig::migrate
