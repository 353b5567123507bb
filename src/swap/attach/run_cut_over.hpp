#pragma once

#include "config/policy.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

/// Tries the cut-over until it succeeds or the deadline passes; `state` has what it took.
void run_cut_over(job::Session& server, const config::PartitionPolicy& policy, job::State& state);

}  // namespace tripmig::swap
