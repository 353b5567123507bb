#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "partition/maintain.hpp"

namespace tripmig::view {

/// What a run did to each table and how long it held which lock, a line for each; a sentence for all at the end.
std::vector<Event> maintain_events(const partition::MaintainResult& result);
/// An event for each error of a table.
std::vector<Event> maintain_errors(const std::vector<partition::TableOutcome>& tables);
nlohmann::json maintain_json(const partition::MaintainResult& result);

/// What a run would do, as psql would run it.
std::string maintain_preview_text(const partition::MaintainPreview& preview);
nlohmann::json maintain_preview_json(const partition::MaintainPreview& preview);

}  // namespace tripmig::view
