#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "partition/maintain.hpp"

namespace tripmig::view {

/// What changed, how long locks were held for it, what went wrong, and how each table stands.
nlohmann::json maintain_json(const partition::MaintainResult& result);

/// What a run would do, as psql would run it.
std::string maintain_preview_text(const partition::MaintainPreview& preview);
nlohmann::json maintain_preview_json(const partition::MaintainPreview& preview);

}  // namespace tripmig::view
