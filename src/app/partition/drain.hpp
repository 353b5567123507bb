#pragma once

#include <optional>

#include "app/partition/partition_job.hpp"

namespace tripmig::app {

struct DrainOptions {
    SwapOptions run;  ///< `table`: the table, or its DEFAULT partition
    std::optional<int> limit;
    bool keeps_old = false;
};

/// Moves rows of a DEFAULT partition into partitions of the policy's width, online, or resumes that.
PartitionJobResult drain_partition(const Context& context, const DrainOptions& options, const CutOverTime& time);

/// What that would do; changes nothing.
partition::PartitionPlan plan_drain(const Context& context, const DrainOptions& options);

}  // namespace tripmig::app
