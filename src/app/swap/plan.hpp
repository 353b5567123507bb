#pragma once

#include <chrono>
#include <string>

#include "app/context.hpp"
#include "app/swap/policy.hpp"
#include "base/exit_code.hpp"
#include "base/qualified_name.hpp"
#include "config/policy.hpp"
#include "swap/distribution.hpp"
#include "swap/plan.hpp"
#include "swap/preflight/environment.hpp"

namespace tripmig::app {

/// What a swap would find and do.
struct SwapPlan {
    QualifiedName table;
    bool is_partitioned = false;  ///< already: then there is nothing to do, and no plan
    config::SwapStrategy strategy = config::SwapStrategy::attach;
    std::string key;
    std::string interval;                      ///< "1 month"
    std::chrono::milliseconds lock_budget{0};  ///< of one attempt at a set of locks
    std::chrono::milliseconds max_lock_hold{0};
    swap::PlanResult plan;
    swap::Estimate estimate;
    swap::Distribution distribution;

    [[nodiscard]] ExitCode exit_code() const { return job::exit_code_of(plan.findings); }
};

/// Changes nothing that lasts. Throws Error{refused} when a swap of the table is under way, or there is no such table.
SwapPlan plan_swap(const Context& context, const SwapOptions& options);

}  // namespace tripmig::app
