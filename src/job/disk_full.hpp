#pragma once

#include "base/error.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The server has no space left (53100).
bool is_disk_full(const Error& error);

/// The same failure with a hint for the job: writers of the table need space for the log of their changes too, so what
/// frees space at once is named.
Error disk_full_error(const Error& error, const State& state);

}  // namespace tripmig::job
