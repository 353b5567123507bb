#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/swap/plan.hpp"

namespace tripmig::view {

/// A summary of a screen, then the findings: what is refused first.
std::string swap_plan_text(const app::SwapPlan& plan);
/// The same as comments, then the statements with their locks, without checks and tripmig's own records.
std::string swap_plan_sql(const app::SwapPlan& plan);
/// The same with the estimates, as one document.
nlohmann::json swap_plan_json(const app::SwapPlan& plan);

}  // namespace tripmig::view
