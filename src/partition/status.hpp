#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "config/policy.hpp"
#include "partition/maintain.hpp"

namespace tripmig::partition {

struct LeafStatus {
    ddl::Leaf leaf;
    std::optional<std::int64_t> rows;        ///< an estimate of the server's; nullopt: none
    std::optional<std::int64_t> bytes;       ///< with indexes and TOAST, of all its partitions; nullopt: it is locked
    std::optional<std::string> last_vacuum;  ///< UTC
    std::optional<std::string> last_analyze;
    bool is_detach_pending = false;
    bool is_partitioned = false;  ///< it has partitions of its own
    bool is_foreign = false;
};

/// A table that was a partition.
struct DetachedStatus {
    ddl::Leaf leaf;
    std::string action;  ///< detach, drop, archive: what becomes of it
    Instant detached_at;
    std::optional<Instant> due_at;      ///< nullopt: it is kept
    std::optional<std::int64_t> bytes;  ///< nullopt: it is locked
};

/// How one policy's table stands.
struct TableStatus {
    QualifiedName table;
    std::filesystem::path file;
    std::optional<Error> problem;  ///< why nothing else is known: no such table, not partitioned, an unreadable policy
    ddl::KeyType key = ddl::KeyType::timestamp;
    std::vector<LeafStatus> leaves;  ///< in the order of their bounds
    std::optional<LeafStatus> default_partition;
    /// Rows in DEFAULT that a partition of the policy should have; nullopt: they could not be counted in a few seconds.
    std::optional<DefaultRows> misplaced;
    std::vector<ddl::Bounds> gaps;
    std::optional<ddl::Bound> present;           ///< now, or the newest number; nullopt: no number yet
    std::vector<ddl::Leaf> expired;              ///< nothing in the policy keeps them: the next runs take them
    std::vector<ddl::Leaf> overdue;              ///< should have been detached more than a day ago
    std::vector<DetachedStatus> detached;        ///< the first detached first
    std::vector<ddl::Leaf> overdue_detached;     ///< should have been dropped more than a day ago
    std::vector<ddl::Leaf> beyond;               ///< empty, and beyond what premake asks for at the server's own time
    std::vector<std::string> registry_problems;  ///< triggers of the registry that are missing or off, a sentence each
    std::optional<ddl::Bound> covered_until;     ///< nullopt: the present itself has no partition
    std::optional<std::int64_t> days_left;       ///< whole days until there; nullopt: numbers, or no end
    TableHealth health;

    /// Nothing of what a monitor would be told of.
    [[nodiscard]] bool is_well() const noexcept { return !problem && health.is_well(); }
};

struct StatusResult {
    Instant now;
    std::vector<TableStatus> tables;
};

/// Looks at all tables. What is wrong with one of them or its policy is in its `problem`; a lost connection is thrown.
StatusResult read_status(Server& server, const std::vector<config::PartitionPolicy>& policies,
                         const std::function<Limits(const config::PartitionPolicy&)>& limits);

}  // namespace tripmig::partition
