#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/step.hpp"
#include "config/config.hpp"
#include "config/policy.hpp"
#include "job/finding.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/state.hpp"
#include "swap/preflight/preflight.hpp"

namespace tripmig::swap {

/// What `run` would find and do, from beginning to end, with nothing touched.
struct PlanResult {
    std::vector<job::Finding> findings;
    std::string boundary;             ///< empty: the table is empty, or preflight refuses
    std::vector<Unit> units;          ///< empty when preflight refuses
    std::optional<job::State> state;  ///< what the job would begin with; nullopt when preflight refuses
};

/// Pure. The chunks of a load are one unit here; the names that hold the job's number hold 0.
PlanResult plan(const job::Facts& facts, const config::PartitionPolicy& policy, const config::Config& config);

}  // namespace tripmig::swap
