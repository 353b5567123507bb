#pragma once

#include <vector>

#include "config/policy.hpp"
#include "ddl/bounds.hpp"
#include "job/next_step.hpp"
#include "job/session.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// Does one action of strategy copy before its cut-over; `state` says how far it is then. Throws Error{refused} when
/// the table was altered since the copy began.
void run_copy_action(Session& server, const config::PartitionPolicy& policy, const db::TableInfo& table, Action action,
                     State& state);

/// The leaves that the rows need now.
std::vector<ddl::Bounds> needed_bounds(Session& server, const State& state, const Facts& facts,
                                       const config::PartitionPolicy& policy);

/// Makes the leaves of the staged table that its rows need and that are missing. False: none was.
bool make_copy_leaves(Session& server, const config::PartitionPolicy& policy, const db::TableInfo& table,
                      const State& state);

}  // namespace tripmig::job
