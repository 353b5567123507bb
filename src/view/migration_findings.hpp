#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "migrate/comparison.hpp"

namespace tripmig::view {

/// What files and history disagree about, an object each.
nlohmann::json findings_json(const std::vector<migrate::Finding>& findings);

}  // namespace tripmig::view
