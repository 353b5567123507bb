#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "config/policy.hpp"
#include "partition/act.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

// What becomes of a partition after its detach. All of it is pure.

/// Before the detach, since that may be in no transaction: what the policy says becomes of it. `is_clean`: nothing will
/// be left to do on it. Empty where nothing is recorded.
std::vector<Unit> record_detach(const Snapshot& snapshot, const LeafSnapshot& leaf,
                                const config::RetentionPolicy& retention, bool is_clean, const Limits& limits);
/// The same before a detach is finished that was interrupted.
std::vector<Unit> record_finish(const Snapshot& snapshot, const LeafSnapshot& leaf, const Limits& limits);
/// The last of the units that clean it up says so. Nothing where there are none.
void record_clean(std::vector<Unit>& clean_up, std::uint32_t oid, const Limits& limits);

/// Those whose clean-up was interrupted.
std::vector<DetachedPartition> half_clean(const Snapshot& snapshot);

/// Those that are due at that time, as they were recorded, and of which the policy still says the same: what its
/// policy keeps now is kept.
std::vector<DetachedPartition> due_at(Instant moment, const Snapshot& snapshot, const config::PartitionPolicy& policy);

/// Why none of them is taken: the time is far beyond the newest row, and the policy does not say idle = true.
std::optional<Error> due_too_early(const Snapshot& snapshot, const config::PartitionPolicy& policy);

/// Those of due_at() now that this run takes.
std::vector<DetachedPartition> due_now(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                       const Limits& limits);

/// Under its lock: it is still the table that was recorded, and no partition.
Step require_same_table(const DetachedPartition& partition, const Limits& limits);

/// DROP under the table's lock, unless it is another table by then, or a partition again.
Unit drop_detached(const DetachedPartition& partition, const Limits& limits);

/// Adds what is due.
void plan_due(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
              MaintenancePlan& plan);

}  // namespace tripmig::partition
