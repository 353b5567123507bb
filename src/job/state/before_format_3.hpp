#pragma once

#include <nlohmann/json_fwd.hpp>

#include "job/state/state.hpp"

namespace tripmig::job {

/// Reads a document of format 1 or 2, whose fields are those of every kind of job at once. Throws as read_state().
void read_state_before_3(const nlohmann::json& document, State& state);

}  // namespace tripmig::job
