#pragma once

#include <string>

#include "job/state/state.hpp"

namespace tripmig::job {

/// The form that write_state() writes. 1 and 2 are those of versions that knew no kinds of jobs.
inline constexpr int state_format = 3;

/// What of a state is in its JSON document: all but the job's number, table and stage, which are columns.
std::string write_state(const State& state);

/// Reads a document of any format up to this one into a state whose other members are set.
/// Throws Error{refused} for a newer format or a value that this version does not know, nlohmann::json::exception for
/// what is no such document.
void read_state(const std::string& document, State& state);

}  // namespace tripmig::job
