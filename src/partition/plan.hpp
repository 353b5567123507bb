#pragma once

#include "config/policy.hpp"
#include "partition/act.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

// The parts of a run, in their order. Each is pure, from what inspect_...() found for it: what --dry-run prints is what
// runs.

/// The present partition and those ahead of it.
void plan_ahead(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                MaintenancePlan& plan);
/// Gaps.
void plan_gaps(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
               MaintenancePlan& plan);
/// Detaches that were interrupted, partitions that are older than the policy keeps, ANALYZE where rows went.
void plan_expired(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                  MaintenancePlan& plan);
/// What is only reported.
void plan_notes(const Snapshot& snapshot, const config::PartitionPolicy& policy, MaintenancePlan& plan);

/// All of them.
MaintenancePlan plan_maintenance(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits);

/// Whether there may be something to do beyond what a look at the catalog tells to be in order.
bool may_have_work(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits);

}  // namespace tripmig::partition
