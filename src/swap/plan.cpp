#include "swap/plan.hpp"

#include "job/next_step.hpp"
#include "job/observe.hpp"
#include "job/simulate.hpp"
#include "swap/new_job.hpp"
#include "swap/plan_units.hpp"

namespace tripmig::swap {

namespace {

/// What a job that begins now will see.
job::Observation first_observation(const db::TableInfo& table, const job::State& state) {
    job::Observation seen = job::observe_table(table, state);
    seen.composite = job::next_composite(state, 0);
    if (!state.is<job::EmptyJob>() && seen.composite < state.swap().composite.size())
        seen.composite_key = job::Observation::Build::missing;
    return seen;
}

}  // namespace

PlanResult plan(const job::Facts& facts, const config::PartitionPolicy& policy, const config::Config& config) {
    PlanResult result;
    result.findings = preflight(*facts.table, facts, policy, config.swap);
    check_names(facts, policy, config, result.findings);
    if (job::exit_code_of(result.findings) != ExitCode::ok)
        return result;
    job::State state = new_state(facts, policy, config.swap);
    result.boundary = state.boundary();
    result.state = state;
    PlanContext context{facts, policy, config, {}};
    if (state.copies())
        context.copy_leaves = copy_leaves(state, policy, facts, config.partitions.max_create);
    job::Observation seen = first_observation(*facts.table, state);
    while (state.stage != job::Stage::complete) {
        const job::Action action = job::next_step(state, seen, false);
        for (Unit& unit : plan_units(context, action, state, seen))
            result.units.push_back(std::move(unit));
        job::simulate(action, state, seen);
    }
    return result;
}

}  // namespace tripmig::swap
