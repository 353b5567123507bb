#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "base/exit_code.hpp"
#include "db/state/altering_jobs.hpp"
#include "db/state/history.hpp"
#include "migrate/comparison.hpp"
#include "migrate/half_way.hpp"

namespace tripmig::app {

/// A migration that is applied, pending, or both known and changed.
struct MigrationStatus {
    std::string version;  ///< R: it is repeatable
    std::string description;
    std::string state;  ///< "applied", "pending", "stopped at 2/4"
    std::string file;
    std::optional<Instant> applied_at;
    std::optional<std::int64_t> duration_ms;
    std::optional<migrate::HalfWay> half_way;  ///< its own statements, or those of the file that undoes it
    std::optional<db::MigrationLocks> locks;   ///< of an applied one, where they were asked for; without: it took none
};

/// A swap, split, merge or drain that is not finished.
struct OpenJob {
    db::AlteringJob job;
    std::string worker;  ///< "tripmig swap (pid 4711, ...)"; empty: no process works on it
};

/// A database and the files that it should agree with.
struct StatusResult {
    std::string database;  ///< which one it is, for people
    std::filesystem::path directory;
    std::string version;      ///< the newest that is applied; empty: none
    std::size_t pending = 0;  ///< files
    std::vector<MigrationStatus> migrations;
    std::vector<migrate::Finding> findings;
    std::string maintaining;    ///< who holds the maintain lock, in the same words; empty: nobody
    std::vector<OpenJob> jobs;  ///< during which nobody else may alter their tables
    std::string running;        ///< the run that holds the run lock: "tripmig up (pid 4711, ...)"; empty: none

    [[nodiscard]] bool has_errors() const;
    /// disagreement, pending or ok: for who asks by --exit-code.
    [[nodiscard]] ExitCode exit_code() const;
};

/// Changes nothing. `with_locks`: also which strong locks each applied migration held.
StatusResult migration_status(const Context& context, bool with_locks);

}  // namespace tripmig::app
