#include "job/cut_over_times.hpp"
#include "job/state/journal.hpp"

#include <fmt/format.h>

#include "base/civil.hpp"

namespace tripmig::job {

namespace {

void tell(Session& server, const State& state) {
    const Measured& measured = state.measured;
    Event event{Severity::info, "swap.cut_over", {}, {}, {}};
    event.message = fmt::format("cut over: waited {:.1f} ms for the locks, held them for {:.1f} ms, attempt {}",
                                static_cast<double>(measured.lock_wait_us) / 1000.0,
                                static_cast<double>(measured.lock_held_us) / 1000.0, measured.attempts);
    event.fields = {{"lock_wait_us", fmt::format("{}", measured.lock_wait_us)},
                    {"lock_held_us", fmt::format("{}", measured.lock_held_us)},
                    {"attempts", fmt::format("{}", measured.attempts)}};
    server.reporter().emit(event);
}

/// Each session that uses the table reads the catalog of all its leaves now, all of them at once, and whoever waited
/// for the locks waits for that as well: what comes next can wait a second.
void leave_processors(Session& server) {
    if (server.throttle().is_resting())
        server.stop().wait_for(std::chrono::seconds(1));
}

}  // namespace

void store_cut_over_times(Session& server, State& state, const db::UnitOutcome& outcome) {
    if (const auto job = server.open_job(state.table))
        state = from_job(*job);
    state.measured.attempts = outcome.attempts;
    state.measured.lock_wait_us = outcome.lock_wait.count();
    state.measured.lock_held_us = outcome.held.count();
    state.measured.at = format_timestamp(server.session().now());
    tell(server, state);
    Unit unit;
    unit.name = "record the times of the cut-over";
    unit.steps = {journal(state, server.state_schema())};
    server.executor().run(unit);
    leave_processors(server);
}

}  // namespace tripmig::job
