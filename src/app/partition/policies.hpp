#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"
#include "config/policy.hpp"

namespace tripmig::app {

/// The policies in [partitions] dir, or those of some tables.
struct ChosenPolicies {
    std::vector<config::PartitionPolicy> policies;
    std::vector<config::PolicyFile> unreadable;  ///< what concerns one table alone stops no other one

    [[nodiscard]] bool is_empty() const noexcept { return policies.empty() && unreadable.empty(); }
};

/// `only`: tables; empty: all. Throws Error{usage} when one of these has no policy that can be read.
ChosenPolicies chosen_policies(const Context& context, const std::vector<std::string>& only);

}  // namespace tripmig::app
