#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/step.hpp"
#include "partition/act.hpp"

namespace tripmig::partition {

/// One act of a plan, done.
struct Deed {
    Act::Kind kind = Act::Kind::create;
    std::vector<ddl::Leaf> leaves;
    int attempts = 1;
    std::chrono::microseconds took{0};  ///< of the attempts that succeeded
    std::vector<LockRequest> locks;     ///< what others may have waited for, the strongest on each relation
    std::chrono::microseconds held{0};  ///< how long these were held at most
};

/// How a table stands after a run, or when somebody asks: for a monitor.
struct TableHealth {
    int premake = 0;
    int ahead = 0;
    bool has_present = false;                   ///< there is a partition for now, or the policy's start is waited for
    std::optional<std::int64_t> seconds_ahead;  ///< until the last partition is full; nullopt: numbers, or no end
    std::size_t gaps = 0;
    std::int64_t default_rows = 0;
    std::size_t detach_pending = 0;
    std::size_t retention_overdue = 0;
    std::optional<std::int64_t> detached_bytes;  ///< of detached tables; nullopt: nobody looked

    /// Nothing that somebody should look at.
    [[nodiscard]] bool is_well() const noexcept {
        return has_present && ahead >= premake && gaps == 0 && default_rows == 0 && detach_pending == 0 &&
               retention_overdue == 0;
    }
};

/// What became of one table.
struct TableOutcome {
    QualifiedName table;
    std::filesystem::path file;  ///< of its policy; all there is when that can't be read
    ddl::KeyType key = ddl::KeyType::timestamp;
    std::vector<ddl::Leaf> created;
    std::vector<ddl::Leaf> detached;
    std::vector<ddl::Leaf> dropped;  ///< detached before, and due
    std::vector<Deed> deeds;
    std::vector<std::string> notes;
    std::vector<Error> errors;  ///< what failed, and what was refused
    std::optional<TableHealth> health;

    /// The first error's; of a table that was left half way that, whatever else was refused.
    [[nodiscard]] ExitCode code() const;
};

/// One table: its own code. Several: 0 when nothing failed, their common code when all failed alike, else 9.
ExitCode exit_code_of(const std::vector<TableOutcome>& outcomes);

}  // namespace tripmig::partition
