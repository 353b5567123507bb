#include "job/step_guard.hpp"
#include "job/state/journal.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// How often one run loads everything again because of altered triggers.
constexpr int most_renewals = 3;

}  // namespace

void StepGuard::require_progress(const State& state, const Observation& seen, std::string_view step) {
    const db::Job job = to_job(state);
    Last now{std::string(step), job.stage, job.state, seen};
    if (m_last == now)
        throw Error(ExitCode::unexpected,
                    fmt::format("the step \"{}\" of {} changed nothing and would repeat forever", step,
                                sql::quoted(state.table)),
                    "this is a defect: please report it, with the output of `tripmig swap status`");
    m_last = std::move(now);
    if (step == to_string(Action::renew_triggers) && ++m_renewals > most_renewals)
        throw Error(ExitCode::refused,
                    fmt::format("the triggers of {} that log its changes were altered again and again:\n  {}",
                                sql::quoted(state.table), fmt::join(seen.altered, "\n  ")),
                    "find out who disables triggers on this table (ALTER TABLE ... DISABLE TRIGGER), stop that until "
                    "the cut-over, and run this again");
}

}  // namespace tripmig::job
