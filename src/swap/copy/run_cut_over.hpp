#pragma once

#include "config/policy.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

/// Tries copy's cut-over until it succeeds or the deadline passes.
void run_copy_cut_over(job::Session& server, const config::PartitionPolicy& policy, job::State& state);

}  // namespace tripmig::swap
