#pragma once

#include <string>
#include <string_view>

#include "config/policy.hpp"

namespace tripmig::config {

/// load_policy() of a text that is at hand; `name` is what messages call it.
PartitionPolicy parse_policy(std::string_view text, const std::string& name);

}  // namespace tripmig::config
