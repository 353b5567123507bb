#include "swap/copy/run_cut_over.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/replacement/staged.hpp"
#include "job/context.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/run.hpp"
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
#include "swap/copy/cut_over.hpp"
#include "swap/dropped_keys.hpp"
#include "swap/new_job.hpp"
#include "swap/preflight/preflight.hpp"
#include "swap/preflight/read_dependents.hpp"

namespace tripmig::swap {

namespace {

/// What is there now, looked at once more: what is made in the cut-over may have changed, what was copied may not.
job::WorkContext read_again(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    const db::TableInfo table = job::require_table(server, state.table);
    job::WorkContext context{job::build_replacement(table, state), state, server.state_schema()};
    job::require_same_shape(context.replacement.table, state.copy().shape);
    job::require_same_fingerprint(table, state);
    job::require_own_unchanged(server, state);
    record_dropped_foreign_keys(context.replacement.table, policy, state);
    context.state = state;
    context.replacement = job::build_replacement(table, state);  // with the keys as they are now
    job::Facts facts = job::read_facts(server.session(), state.table);
    read_dependents(server.session(), facts, policy);
    facts.key.is_empty = true;  // its rows were looked at when the leaves were made
    if (context.replacement.registry)
        facts.taken.erase(context.replacement.registry->table.name);
    facts.leftovers.clear();  // the job's own by now
    job::refuse_if_any(preflight(context.replacement.table, facts, as_begun(policy, state), server.config().swap),
                       state.table);
    return context;
}

CopyFacts read_copy(job::Session& server, const job::State& state) {
    const QualifiedName staged = ddl::staged_name(state.table);
    CopyFacts facts{job::require_table(server, staged), job::leaves_of(server, staged)};
    std::sort(facts.leaves.begin(), facts.leaves.end());
    return facts;
}

}  // namespace

void run_copy_cut_over(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    const auto deadline = server.clock().steady() + server.config().swap.cutover_deadline;
    const db::UnitOutcome outcome = job::run_attempts(server, [&](const job::Attempt& attempt) {
        const job::WorkContext context = read_again(server, policy, state);
        const backfill::Transfer transfer = job::build_transfer(context.replacement, state, server.state_schema());
        const auto make_place = [&] { return job::make_copy_leaves(server, policy, context.replacement.table, state); };
        const auto catch_up = [&] { job::run_last_catch_up(server, transfer, make_place, deadline); };
        catch_up();
        server.reporter().info("swap.step", fmt::format("cut over {}", sql::quoted(state.table)));
        return attempt(copy_cut_over_unit(context, read_copy(server, state), server.config().swap), catch_up);
    });
    job::store_cut_over_times(server, state, outcome);
}

}  // namespace tripmig::swap
