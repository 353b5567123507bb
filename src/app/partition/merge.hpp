#pragma once

#include <string>
#include <vector>

#include "app/partition/partition_job.hpp"

namespace tripmig::app {

struct MergeOptions {
    std::vector<std::string> partitions;  ///< of a merge that is resumed one is enough
    std::string into;
    SwapOptions run;  ///< workers and accepts_changes alone
};

/// Copies neighbouring partitions into one and puts that in their place, or resumes that.
PartitionJobResult merge_partitions(const Context& context, const MergeOptions& options, const CutOverTime& time);

/// What that would do; changes nothing.
partition::PartitionPlan plan_merge(const Context& context, const MergeOptions& options);

}  // namespace tripmig::app
