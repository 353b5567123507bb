#pragma once

#include <nlohmann/json_fwd.hpp>

#include "partition/retention/attach.hpp"

namespace tripmig::view {

nlohmann::json attach_json(const partition::AttachResult& result);

}  // namespace tripmig::view
