#include <fmt/format.h>

#include <algorithm>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "db/table_catalog.hpp"
#include "sql/identifier.hpp"
#include "swap/attempts.hpp"
#include "swap/cut.hpp"
#include "swap/cut_over.hpp"
#include "swap/dropped_keys.hpp"
#include "swap/matviews.hpp"
#include "swap/new_job.hpp"
#include "swap/observe.hpp"
#include "swap/own_triggers.hpp"
#include "swap/run.hpp"
#include "swap/run_copy.hpp"
#include "swap/shape.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

namespace {

/// What is there now, looked at once more: others may have altered the table since the job began.
AttachContext look_again(Server& server, const config::PartitionPolicy& policy, SwapState& state, Facts& facts) {
    facts.table = require_table(server, state.table);
    require_same_fingerprint(*facts.table, state);
    require_own_unchanged(server, state);
    facts.now = server.session().now();
    facts.key.is_empty = state.was_empty;
    const Facts names = read_facts(server.session(), state.table);
    facts.taken = names.taken;
    AttachContext context{succession_of(*facts.table, state), state, server.state_schema()};
    give_up_keys(context.succession.table, policy, state);
    state.narrow = narrow_of(context.succession);
    state.matviews = bound_matviews(context.succession.table);
    context.state = state;
    context.succession = succession_of(*facts.table, state);  // with the keys as they are now
    read_beside(server.session(), facts, policy);
    Facts others = facts;
    if (context.succession.registry && !state.was_empty)
        others.taken.erase(context.succession.registry->table.name);
    refuse_if_any(preflight(context.succession.table, others, as_begun(policy, state), server.config().swap),
                  state.table);
    return context;
}

void tell(Server& server, const SwapState& state) {
    const Measured& measured = state.measured;
    Event event{Severity::info, "swap.cut_over", {}, {}, {}};
    event.message = fmt::format("cut over: waited {:.1f} ms for the locks, held them {:.1f} ms, attempt {}",
                                static_cast<double>(measured.lock_wait_us) / 1000.0,
                                static_cast<double>(measured.lock_held_us) / 1000.0, measured.attempts);
    event.fields = {{"lock_wait_us", fmt::format("{}", measured.lock_wait_us)},
                    {"lock_held_us", fmt::format("{}", measured.lock_held_us)},
                    {"attempts", fmt::format("{}", measured.attempts)}};
    server.reporter().emit(event);
}

/// While attempts go on the table refuses keys beyond the cut: none is made when those are near.
std::optional<std::chrono::steady_clock::time_point> latest_attempt(Server& server, const SwapState& state) {
    if (state.was_empty || ddl::is_number(key_type_of(state)))
        return std::nullopt;
    const Instant deadline =
        cut_deadline(parse_cut(key_type_of(state), state.cut), config::parse_partition_interval(state.interval),
                     server.config().swap.margin);
    return server.clock().steady() + (deadline - server.session().now());
}

/// Each session that uses the table reads the catalog of all its leaves now, all of them at once, and whoever waited
/// for the locks waits for that as well: what comes next can wait a second.
void leave_processors(Server& server) {
    if (server.throttle().is_resting())
        server.stop().wait_for(std::chrono::seconds(1));
}

}  // namespace

void give_up_keys(const db::TableInfo& table, const config::PartitionPolicy& policy, SwapState& state) {
    require_named(table.incoming, state.dropped, policy);
    const auto is_agreed = [&](const db::IncomingKey& key) {
        return std::any_of(state.dropped.begin(), state.dropped.end(),
                           [&](const db::IncomingKey& each) { return each.is_same_as(key); });
    };
    if (state.has_registry && state.incoming != config::IncomingForeignKeys::composite)
        return;
    if (policy.swap.incoming_foreign_keys != config::IncomingForeignKeys::drop)
        for (const db::IncomingKey& key : table.incoming)
            if (!is_agreed(key))
                throw Error(ExitCode::refused,
                            fmt::format("{} came since the job began, which has no place for it", described(key)),
                            "drop it, or `tripmig swap abort` and begin anew with the table as it is now");
    state.dropped = table.incoming;
}

void store_cut_over(Server& server, SwapState& state, const db::UnitOutcome& outcome) {
    state.stage = Stage::cut;
    state.measured.attempts = outcome.attempts;
    state.measured.lock_wait_us = outcome.lock_wait.count();
    state.measured.lock_held_us = outcome.held.count();
    state.measured.at = format_timestamp(server.session().now());
    tell(server, state);
    Unit unit;
    unit.name = "store what the cut-over took";
    unit.steps = {journal(state, server.state_schema())};
    server.executor().run(unit);
    leave_processors(server);
}

void run_cut_over(Server& server, const config::PartitionPolicy& policy, SwapState& state) {
    const auto try_once = [&](const Attempt& attempt) {
        Facts facts;
        const AttachContext context = look_again(server, policy, state, facts);
        // Only what must be there at once; the others come after it, under no lock that anybody waits for.
        const std::vector<ddl::Leaf> leaves = leaves_at_once(state, policy, facts.taken, facts.now);
        server.reporter().info("swap.step", fmt::format("cut over {}", sql::quoted(state.table)));
        return attempt(cut_over_unit(context, leaves), [&] {
            if (context.succession.registry && !state.was_empty)
                run_catch_up(server, transfer_of(context.succession, state, server.state_schema()));
        });
    };
    const db::UnitOutcome outcome = run_attempts(server, try_once, latest_attempt(server, state));
    store_cut_over(server, state, outcome);
}

}  // namespace tripmig::swap
