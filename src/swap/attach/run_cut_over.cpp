#include "swap/attach/run_cut_over.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "job/boundary.hpp"
#include "job/context.hpp"
#include "job/copy/catch_up.hpp"
#include "job/cut_over_times.hpp"
#include "job/finding.hpp"
#include "job/locks/attempts.hpp"
#include "job/replacement.hpp"
#include "job/source/fingerprint.hpp"
#include "job/source/source_table.hpp"
#include "job/source/table_facts.hpp"
#include "job/transfer.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"
#include "swap/attach/cut_over.hpp"
#include "swap/dropped_keys.hpp"
#include "swap/matviews.hpp"
#include "swap/new_job.hpp"
#include "swap/preflight/preflight.hpp"
#include "swap/preflight/read_dependents.hpp"

namespace tripmig::swap {

namespace {

/// What is there now, looked at once more: others may have altered the table since the job began.
job::WorkContext read_again(job::Session& server, const config::PartitionPolicy& policy, job::State& state,
                            job::Facts& facts) {
    facts.table = job::require_table(server, state.table);
    job::require_same_fingerprint(*facts.table, state);
    job::require_own_unchanged(server, state);
    facts.now = server.session().now();
    facts.key.is_empty = state.is<job::EmptyJob>();
    const job::Facts names = job::read_facts(server.session(), state.table);
    facts.taken = names.taken;
    job::WorkContext context{job::build_replacement(*facts.table, state), state, server.state_schema()};
    record_dropped_foreign_keys(context.replacement.table, policy, state);
    state.edit_swap().unique_without_key = job::unique_without_key(context.replacement);
    state.edit_swap().matviews = dependent_matviews(context.replacement.table);
    context.state = state;
    context.replacement = job::build_replacement(*facts.table, state);  // with the keys as they are now
    read_dependents(server.session(), facts, policy);
    job::Facts others = facts;
    if (state.captures())
        others.taken.erase(context.replacement.registry->table.name);
    job::refuse_if_any(preflight(context.replacement.table, others, as_begun(policy, state), server.config().swap),
                       state.table);
    return context;
}

/// While attempts go on the table refuses keys beyond the cut: none is made when those are near.
std::optional<std::chrono::steady_clock::time_point> latest_attempt(job::Session& server, const job::State& state) {
    if (state.is<job::EmptyJob>() || ddl::is_number(job::key_type_of(state)))
        return std::nullopt;
    const Instant deadline =
        job::boundary_deadline(job::parse_boundary(job::key_type_of(state), state.boundary()),
                               config::parse_partition_interval(state.interval), server.config().swap.margin);
    return server.clock().steady() + (deadline - server.session().now());
}

}  // namespace

void run_cut_over(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    const auto try_once = [&](const job::Attempt& attempt) {
        job::Facts facts;
        const job::WorkContext context = read_again(server, policy, state, facts);
        // Only what must be there at once; the others come after it, under no lock that anybody waits for.
        const std::vector<ddl::Leaf> leaves = leaves_at_once(state, policy, facts.taken, facts.now);
        server.reporter().info("swap.step", fmt::format("cut over {}", sql::quoted(state.table)));
        return attempt(cut_over_unit(context, leaves), [&] {
            if (state.captures())
                job::run_catch_up(server, job::build_transfer(context.replacement, state, server.state_schema()));
        });
    };
    const db::UnitOutcome outcome = job::run_attempts(server, try_once, latest_attempt(server, state));
    job::store_cut_over_times(server, state, outcome);
}

}  // namespace tripmig::swap
