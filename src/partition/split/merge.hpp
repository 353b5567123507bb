#pragma once

#include <vector>

#include "partition/split/plan.hpp"

namespace tripmig::partition {

/// Partitions that become one.
struct MergeRequest {
    std::vector<QualifiedName> sources;  ///< neighbours, in any order
    std::string into;                    ///< the new partition's name, in the table's schema
};

/// What the merge would do. Throws Error{refused} when these are not partitions of one table.
PartitionPlan plan_merge(job::Session& server, const MergeRequest& request);

/// The merge that these partitions are in, finished or not; nullopt: none. The request may name some of them.
std::optional<job::State> find_merge(job::Session& server, const MergeRequest& request);

/// Which of the partitions a new merge is named after: the first one by its bounds.
QualifiedName first_source(job::Session& server, const MergeRequest& request);

}  // namespace tripmig::partition
