#pragma once

#include <optional>

#include "config/policy.hpp"
#include "partition/split/plan.hpp"

namespace tripmig::partition {

/// A partition becomes ones of the policy's width: copy with a partition as source. `policy`: the parent's.
PartitionPlan plan_split(job::Session& server, const config::PartitionPolicy& policy, const QualifiedName& leaf);

/// The same for a split or drain, as `job` describes it; its parent and bound are filled in.
PartitionPlan plan_by_width(job::Session& server, const config::PartitionPolicy& policy, const QualifiedName& leaf,
                            job::PartitionJob job);

/// The job of a split that is done, when there is nothing left to split: the partition is detached, or a DEFAULT one is
/// empty.
std::optional<job::State> finished_split(job::Session& server, const QualifiedName& leaf);

}  // namespace tripmig::partition
