#pragma once

#include <vector>

#include "config/policy.hpp"
#include "ddl/bounds.hpp"
#include "swap/next_step.hpp"
#include "swap/preflight.hpp"
#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// Does one action of strategy copy before its cut-over; `state` says how far it is then. Throws Error{refused} when
/// the table was altered since the copy began.
void run_copy_action(Server& server, const config::PartitionPolicy& policy, const db::TableInfo& table, Action action,
                     SwapState& state);

/// Tries copy's cut-over until it succeeds or the deadline passes.
void run_copy_cut_over(Server& server, const config::PartitionPolicy& policy, SwapState& state);

/// The leaves that the rows need now.
std::vector<ddl::Bounds> needed_bounds(Server& server, const SwapState& state, const Facts& facts,
                                       const config::PartitionPolicy& policy);

/// Makes the leaves of the staged table that its rows need and that are missing. False: none was.
bool make_copy_leaves(Server& server, const config::PartitionPolicy& policy, const db::TableInfo& table,
                      const SwapState& state);

/// The leaves of a partitioned table, by name.
std::vector<QualifiedName> leaves_of(Server& server, const QualifiedName& table);

/// The keys that `revert` will bring back are those that are there now; all that are given up must have been named.
void give_up_keys(const db::TableInfo& table, const config::PartitionPolicy& policy, SwapState& state);

/// The lock times are known only after COMMIT: they are stored in a transaction of their own, and told.
void store_cut_over(Server& server, SwapState& state, const db::UnitOutcome& outcome);

}  // namespace tripmig::swap
