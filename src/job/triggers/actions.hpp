#pragma once

#include <string>
#include <string_view>
#include <vector>
#include "base/error.hpp"
#include "db/catalog/table_info.hpp"
#include "job/next_step.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// Does one of the actions about the job's own triggers: records them, makes them again, or compares. False: it is
/// another one.
bool run_trigger_action(Session& server, const db::TableInfo& table, Action action, const Observation& seen,
                        State& state);

/// Tells which triggers of ours somebody altered, and what follows from it.
void tell_altered(Session& server, const State& state, const std::vector<std::string>& altered,
                  std::string_view consequence);

/// Whether a step failed because the table was truncated meanwhile, or triggers of ours were altered: then the next
/// step is to load it again.
bool was_truncated(Session& server, const db::TableInfo& table, const State& state, const Error& error);

}  // namespace tripmig::job
