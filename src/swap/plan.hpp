#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/step.hpp"
#include "config/config.hpp"
#include "config/policy.hpp"
#include "swap/preflight.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// What `run` would find and do, from beginning to end, with nothing touched.
struct PlanResult {
    std::vector<Finding> findings;
    std::string cut;                 ///< empty: the table is empty, or preflight refuses
    std::vector<Unit> units;         ///< empty when preflight refuses
    std::optional<SwapState> state;  ///< what the job would begin with; nullopt when preflight refuses
};

/// Pure. The chunks of a load are one unit here; the names that hold the job's number hold 0.
PlanResult plan(const Facts& facts, const config::PartitionPolicy& policy, const config::Config& config);

}  // namespace tripmig::swap
