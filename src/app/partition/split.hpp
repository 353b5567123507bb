#pragma once

#include "app/partition/partition_job.hpp"

namespace tripmig::app {

/// Copies one leaf into smaller ones and puts those in its place, or goes on from wherever that stands.
/// `options.table`: the leaf.
PartitionJobResult split_partition(const Context& context, const SwapOptions& options, const CutOverTime& time);

/// What that would do; changes nothing.
partition::PartitionPlan plan_split(const Context& context, const SwapOptions& options);

}  // namespace tripmig::app
