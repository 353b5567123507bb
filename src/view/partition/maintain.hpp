#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "partition/maintain.hpp"

namespace tripmig::view {

/// What changed, and what went wrong, table by table.
nlohmann::json maintain_json(const partition::MaintainResult& result);

/// What would run, as psql would run it.
std::string maintain_preview_text(const partition::MaintainPreview& preview);
nlohmann::json maintain_preview_json(const partition::MaintainPreview& preview);

}  // namespace tripmig::view
