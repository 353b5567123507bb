#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/policy.hpp"

namespace tripmig::app {

/// The policies in [partitions] dir, or those of the tables that `only` names.
/// Throws Error{usage} when one of these has no policy.
std::vector<config::PartitionPolicy> chosen_policies(const config::Config& config,
                                                     const std::vector<std::string>& only);

}  // namespace tripmig::app
