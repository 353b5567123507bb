#pragma once

#include "job/next_step.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// What an action that succeeds leaves in the state and in what is observed of the table. Pure. A plan is made by
/// walking next_step() and this in turn, and the tests of next_step() walk the same way.
void simulate(Action action, State& state, Observation& seen);

/// The incoming key of `composite` from `first` on that gets a column; as many as there are keys: none does.
std::size_t next_composite(const State& state, std::size_t first);

}  // namespace tripmig::job
