#pragma once

#include <vector>

#include "base/event.hpp"
#include "partition/maintain.hpp"

namespace tripmig::app {

/// What a run did to each table and how long it held which lock, an event for each; one sentence for all at the end,
/// unless something failed.
std::vector<Event> deed_events(const partition::MaintainResult& result);

/// One for each error of a table.
std::vector<Event> error_events(const partition::TableOutcome& outcome);

}  // namespace tripmig::app
