#pragma once

#include <functional>
#include <optional>
#include <string>

#include "backfill/transfer.hpp"
#include "config/policy.hpp"
#include "job/next_step.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

struct RunResult {
    std::optional<job::State> state;  ///< nullopt: the table was partitioned before any job of ours
};

/// Goes on from wherever the swap of this table stands, to its end or, `until_ready`, to the moment before the
/// cut-over. The job's lock is taken. On every exit without cut-over the CHECK that bounds the table is gone.
RunResult run(job::Session& server, const config::PartitionPolicy& policy, bool until_ready);

/// What others altered since the table's job began is to come along: from here on it counts as how the job found it.
/// The job's lock is taken. What a copy was made like is not among it, nor what preflight refuses.
void accept_changes(job::Session& server, const QualifiedName& table);

// The parts of run() that are more than one unit.

}  // namespace tripmig::swap
