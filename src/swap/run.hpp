#pragma once

#include <functional>
#include <optional>
#include <string>

#include "config/policy.hpp"
#include "move/transfer.hpp"
#include "swap/next_step.hpp"
#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

struct RunResult {
    std::optional<SwapState> state;  ///< nullopt: the table was partitioned before any job of ours
};

/// Goes on from wherever the swap of this table stands, to its end or, `until_ready`, to the moment before the
/// cut-over. The job's lock is taken. On every exit without cut-over the CHECK that bounds the table is gone.
RunResult run(Server& server, const config::PartitionPolicy& policy, bool until_ready);

/// What others altered since the table's job began is to come along: from here on it counts as how the job found it.
/// The job's lock is taken. What a copy was made like is not among it, nor what preflight refuses.
void accept_changes(Server& server, const QualifiedName& table);

// The parts of run() that are more than one unit.

/// The policy with what the job has chosen already.
config::PartitionPolicy as_begun(config::PartitionPolicy policy, const SwapState& state);
/// Tries the cut-over until it succeeds or the deadline passes; `state` has what it took.
void run_cut_over(Server& server, const config::PartitionPolicy& policy, SwapState& state);
/// What comes after it: more leaves, foreign keys validated, statistics.
void run_follow_up(Server& server, const config::PartitionPolicy& policy, SwapState& state);
/// Loads what the strategy loads, the registry or the new table; afterwards it is `loaded`.
void run_load(Server& server, const db::TableInfo& table, SwapState& state,
              const std::function<bool()>& make_place = {});
/// Rounds of catch-up until at most `final_keys` entries are left.
void run_catch_up(Server& server, const move::Transfer& transfer, const std::function<bool()>& make_place = {});
/// The same until hardly more than that came while the snapshots from before it ended: what is left is for the
/// cut-over.
void run_last_catch_up(Server& server, const move::Transfer& transfer, const std::function<bool()>& make_place,
                       std::chrono::steady_clock::time_point deadline);
/// Does one of the actions about the job's own triggers: records them, makes them again, or compares. False: it is
/// another one.
bool run_trigger_action(Server& server, const db::TableInfo& table, Action action, const Observation& seen,
                        SwapState& state);
/// After copy's cut-over: when the triggers that log for the old table were altered, makes them again and marks that
/// all rows are to be copied back.
void renew_reverse_capture(Server& server, const SwapState& state, const move::Transfer& back);
/// Whether a step failed because the table was truncated meanwhile, or triggers of ours were altered: then the next
/// step is to load it again.
bool was_truncated(Server& server, const db::TableInfo& table, const SwapState& state, const Error& error);
/// How many entries of the log one round takes at most.
inline constexpr std::int64_t catch_up_batch = 50'000;

/// After a failure: takes the bounding CHECK off, whatever else is wrong. Never throws.
void remove_bound_quietly(Server& server, const QualifiedName& table) noexcept;

/// The table, or Error{refused}: there is none.
db::TableInfo require_table(Server& server, const QualifiedName& name);

}  // namespace tripmig::swap
