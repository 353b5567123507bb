#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/swap/plan.hpp"

namespace tripmig::view {

/// What preflight found, then each statement with its locks.
std::string swap_plan_text(const app::SwapPlan& plan);
/// The same with the estimates, as one document.
nlohmann::json swap_plan_json(const app::SwapPlan& plan);

}  // namespace tripmig::view
