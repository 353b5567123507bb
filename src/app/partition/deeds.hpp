#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "partition/maintain.hpp"

namespace tripmig::app {

/// The table, or the file of a policy that can't be read.
std::string name_of(const partition::TableOutcome& outcome);

/// "created", "finished the detach of"
std::string_view verb_of(partition::Act::Kind kind);

/// What failed and what was refused, an event each.
void tell_errors(Reporter& reporter, const std::vector<partition::TableOutcome>& tables);

/// What was done to each table and how long it held which lock, a line for each kind of step; at last, where nothing
/// failed, how much it was.
void tell_deeds(Reporter& reporter, const partition::MaintainResult& result);

}  // namespace tripmig::app
