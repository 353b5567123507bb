#pragma once

#include <string>

#include "base/step.hpp"
#include "db/state/job_store.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The job as its row in the state schema.
db::Job to_job(const State& state);
/// Throws Error{refused} when the job was written in a newer format.
State from_job(const db::Job& job);

/// Records the state in the transaction of the step's effect.
Step journal(const State& state, const std::string& state_schema);
Step journal(State state, Stage stage, const std::string& state_schema);

}  // namespace tripmig::job
