#pragma once

#include <string_view>
#include <vector>

#include "config/policy.hpp"
#include "config/setting.hpp"

namespace tripmig::config {

/// One key of a policy file, declared once: parsing, messages and docs/configuration.md (a test compares) come from
/// this row.
struct PolicyKey {
    std::string_view section;  ///< empty: above all sections
    std::string_view key;
    std::string_view type;          ///< for the docs
    std::string_view default_text;  ///< as one would write it; empty: none
    std::string_view help;          ///< one line
    void (*set)(PartitionPolicy& policy, const Setting& setting);
};

/// All of them, a section after the other.
const std::vector<PolicyKey>& policy_keys();

}  // namespace tripmig::config
