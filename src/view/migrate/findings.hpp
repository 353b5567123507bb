#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "migrate/comparison.hpp"
#include "migrate/half_way.hpp"

namespace tripmig::view {

/// What files and history disagree about, an object each.
nlohmann::json findings_json(const std::vector<migrate::Finding>& findings);

/// Where a file resumes that stopped half way: {"statement": 2, "of": 4, "line": 7}; null when it did not.
nlohmann::json stopped_at_json(const std::optional<migrate::HalfWay>& half_way);

}  // namespace tripmig::view
