#pragma once

#include "config/policy.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

/// What comes after it: more leaves, foreign keys validated, statistics.
void run_follow_up(job::Session& server, const config::PartitionPolicy& policy, job::State& state);

}  // namespace tripmig::swap
