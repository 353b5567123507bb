#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "base/error.hpp"

namespace tripmig::view {

/// The one JSON form of a failure: {"code": 12, "message": ..., "sqlstate": ..., "detail": ..., "hint": ...,
/// "position": {"file", "line", "column"}}; what there is none of is null.
nlohmann::json error_json(const Error& error);
nlohmann::json errors_json(const std::vector<Error>& errors);

}  // namespace tripmig::view
