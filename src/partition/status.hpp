#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "config/policy.hpp"
#include "db/session.hpp"
#include "ddl/bounds.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

struct LeafStatus {
    ddl::Leaf leaf;
    std::optional<std::int64_t> rows;        ///< nullopt: never analyzed, and too large to count
    bool is_exact = false;                   ///< counted; else the planner's estimate
    std::int64_t bytes = 0;                  ///< with indexes and TOAST
    std::optional<std::string> last_vacuum;  ///< UTC
    std::optional<std::string> last_analyze;
    bool is_detach_pending = false;
};

/// How one policy's table stands.
struct TableStatus {
    QualifiedName table;
    std::optional<Error> problem;  ///< why nothing else is known: no such table, not partitioned
    ddl::KeyType key = ddl::KeyType::timestamp;
    std::vector<LeafStatus> leaves;  ///< in the order of their bounds
    std::optional<LeafStatus> default_partition;
    std::vector<ddl::Bounds> gaps;
    std::vector<std::string> registry_problems;  ///< triggers of the registry that are missing or off, a sentence each
    int premake = 0;
    int ahead = 0;                            ///< leaves after the present one, without a gap, up to `premake`
    std::optional<ddl::Bound> covered_until;  ///< nullopt: the present itself has no leaf
    std::optional<std::int64_t> days_left;    ///< whole days until there; nullopt for numbers and where there is no end

    [[nodiscard]] bool has_enough() const noexcept { return !problem && ahead >= premake; }
};

/// Looks at one table. What is wrong with the table or its policy is in `problem`; a lost connection is thrown.
TableStatus table_status(db::Session& session, const config::PartitionPolicy& policy, Instant now);

}  // namespace tripmig::partition
