#pragma once

#include <vector>

#include "partition/outcome.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// Ranges between the first and the last partition that no partition holds, and that retention would keep. Not those
/// beyond premake that are too long for maintain to fill.
std::vector<ddl::Bounds> open_gaps(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                   const Limits& limits);

/// Partitions that should have been detached more than a day ago. Not among them: those that wait for a night of their
/// own (max_drop), those that retention never takes, and all while it is refused because the clock may be wrong.
std::vector<LeafSnapshot> overdue_leaves(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                         const Limits& limits);

/// Detached tables that should have been dropped more than a day ago, in the same way.
std::vector<DetachedPartition> overdue_detached(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                                const Limits& limits);

/// Seconds until the last partition in a row from the present on is full.
std::optional<std::int64_t> seconds_ahead(const Snapshot& snapshot);

/// How the table stands after these partitions have come and gone.
TableHealth health_after(Snapshot snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                         const std::vector<ddl::Leaf>& created, const std::vector<ddl::Leaf>& detached,
                         const std::vector<ddl::Leaf>& dropped = {});

}  // namespace tripmig::partition
