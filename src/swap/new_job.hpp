#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/policy.hpp"
#include "ddl/leaf_name.hpp"
#include "swap/preflight.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// The state a job begins with, from a table that preflight let pass. Pure. Throws Error{refused} when the name for the
/// past is taken.
SwapState new_state(const Facts& facts, const config::PartitionPolicy& policy, const config::SwapConfig& config);

/// The same with a cut of now: what the job begins with, and what a job that waited too long goes on with.
void choose_past(SwapState& state, const KeyFacts& key, Instant now, const config::PartitionPolicy& policy,
                 const config::SwapConfig& config);

/// Leaves that are to be made beside the past, or for an empty table all of them, named by the policy.
std::vector<ddl::Leaf> leaves_to_come(const SwapState& state, const config::PartitionPolicy& policy,
                                      const std::set<std::string>& taken, Instant now, int max_create);

}  // namespace tripmig::swap
