#pragma once

#include <functional>
#include <optional>
#include <vector>
#include "base/step.hpp"
#include "db/catalog/table_info.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The job's last unit: those steps, and the record that it is closed, as `state` says.
Unit closing_unit(Session& session, const State& state, std::vector<Step> steps);

/// What one kind of job has made besides what all have.
struct AbortExtras {
    /// Before the last unit, in units of their own; of a table that was dropped, the table has the name alone.
    std::function<void(const db::TableInfo& table, bool exists, State& state)> before;
    /// In the last unit, and its locks.
    std::vector<Step> steps;
    std::vector<LockRequest> locks;
};

/// Gives a job up before its cut-over: takes off and drops everything that it made. On a full disk what takes space
/// goes first. Throws Error{refused} after the cut-over, naming `revert`.
State abort_job(Session& session, State state, const AbortExtras& extras);

}  // namespace tripmig::job
