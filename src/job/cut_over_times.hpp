#pragma once

#include "db/executor.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The lock times are known only after COMMIT: they are stored in a transaction of their own, and told.
void store_cut_over_times(Session& server, State& state, const db::UnitOutcome& outcome);

}  // namespace tripmig::job
