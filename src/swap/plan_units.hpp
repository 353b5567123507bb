#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/step.hpp"
#include "config/config.hpp"
#include "config/policy.hpp"
#include "ddl/leaf_name.hpp"
#include "job/context.hpp"
#include "job/next_step.hpp"
#include "job/source/table_facts.hpp"

namespace tripmig::swap {

/// What the units of a plan are made from.
struct PlanContext {
    const job::Facts& facts;
    const config::PartitionPolicy& policy;
    const config::Config& config;
    std::vector<ddl::Leaf> copy_leaves;  ///< of a copy: the partitions that it fills
};

/// The units that `run` sends for one action, with `state` as it is before it. Pure. The chunks of a load are one unit
/// here, and so are the rounds of a catch-up.
std::vector<Unit> plan_units(const PlanContext& plan, job::Action action, const job::State& state,
                             const job::Observation& seen);

}  // namespace tripmig::swap
