#pragma once

#include <string>
#include <vector>

#include "config/policy.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// Where a policy and its table differ although maintain can work with them: a sentence each. Pure. Of numbers only as
/// far as the catalog tells.
std::vector<std::string> policy_warnings(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                         const Limits& limits);

}  // namespace tripmig::partition
