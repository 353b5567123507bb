#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "config/policy.hpp"
#include "partition/act.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// Which of the missing partitions.
enum class Missing { ahead, gaps };

/// Adds what creates them. Without DEFAULT each is a transaction of its own. Beside a DEFAULT partition
/// several are one: the tables are made first, then the locks are taken, then DEFAULT is read once, under a CHECK that
/// goes before COMMIT, so that no writer is ever refused. Refused, and said: those whose rows DEFAULT holds, and all of
/// them when reading DEFAULT takes too long for its lock.
void plan_new_partitions(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                         const ddl::MissingLeaves& missing, Missing which, MaintenancePlan& plan);

/// All that ATTACH takes and that others may wait for.
std::vector<LockRequest> attach_locks(const Snapshot& snapshot);
/// Why a partition can't be attached beside DEFAULT: its rows are there, or reading DEFAULT takes too long for its
/// lock.
std::optional<Error> default_in_the_way(const Snapshot& snapshot, const ddl::Bounds& bounds, const Limits& limits);

/// The same partitions, each on its own: rows of one of them came to DEFAULT after they were counted.
std::vector<Act> one_by_one(const Snapshot& snapshot, const Act& act, const Limits& limits);
/// Why that one can't be created now.
Error taken_by_default(const Snapshot& snapshot, const ddl::Leaf& leaf, const Error& error);

/// Takes away the CHECK that refuses rows that DEFAULT would take: older versions left it when they were killed.
Unit drop_old_guard(const Snapshot& snapshot, const Limits& limits);

}  // namespace tripmig::partition
