#include "app/swap/plan.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "job/choices.hpp"
#include "job/copy/bounds.hpp"
#include "job/observe.hpp"
#include "job/session.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/journal.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/read_dependents.hpp"

namespace tripmig::app {

namespace {

/// How many leaves there will be when the past is in leaves too.
std::size_t count_leaves(const job::Facts& facts, const swap::PlanResult& plan, const config::PartitionPolicy& policy,
                         const config::Config& config) {
    if (plan.state && facts.key.oldest) {
        try {
            return job::copy_bounds(*plan.state, facts.key, facts.now, policy, config.partitions.max_create).size();
        } catch (const Error&) {  // more than max_create, or keys without end: attach carries them all the same
            return static_cast<std::size_t>(policy.max_create.value_or(config.partitions.max_create));
        }
    }
    return static_cast<std::size_t>(policy.premake) + 1;
}

/// Adds what it finds to the plan.
swap::Estimate check_surroundings(job::Session& server, const job::Facts& facts, const config::PartitionPolicy& policy,
                                  const config::Config& config, swap::PlanResult& plan) {
    swap::Environment around = swap::read_environment(server.session(), *facts.table, config);
    around.is_refused = !plan.state;
    if (plan.state)
        around.sample = swap::take_sample(server.session(), *facts.table);
    const std::vector<job::Finding> findings =
        swap::check_environment(*facts.table, around, policy, config.swap, count_leaves(facts, plan, policy, config));
    plan.findings.insert(plan.findings.end(), findings.begin(), findings.end());
    return swap::estimate(*facts.table, around, policy.swap.strategy == config::SwapStrategy::copy);
}

void require_no_job(job::Session& server, const QualifiedName& table) {
    const auto job = server.open_job(table);
    if (!job)
        return;
    const job::State state = job::from_job(*job);
    throw Error(ExitCode::refused,
                fmt::format("a swap of {} is in progress ({})", sql::quoted(table), job::to_string(state.stage)),
                fmt::format("to see how far it is: tripmig swap status {0}; to resume: tripmig swap run {0}",
                            sql::quoted(table)));
}

}  // namespace

SwapPlan plan_swap(const Context& context, const SwapOptions& options) {
    const config::PartitionPolicy policy = swap_policy(context.config, options);
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    require_no_job(server, policy.table);
    job::Facts facts = job::read_facts(server, policy.table, policy.key, policy.interval);
    swap::read_dependents(server.session(), facts, policy);
    if (!facts.table)
        throw Error(ExitCode::refused, fmt::format("table {} does not exist", sql::quoted(policy.table)),
                    "check the name");
    SwapPlan result;
    result.table = policy.table;
    result.strategy = policy.swap.strategy;
    result.key = policy.key;
    result.interval = job::interval_text(policy.interval);
    result.lock_budget = context.config.swap.lock_budget;
    result.max_lock_hold = context.config.swap.max_lock_hold;
    result.is_partitioned = facts.table->is_partitioned();
    if (result.is_partitioned)
        return result;
    if (const db::ColumnInfo* column = facts.table->column(policy.key);
        column != nullptr && facts.key.years.empty() && !facts.key.is_empty)
        facts.key.years = server.key_reader().rows_per_year(*facts.table, *column);
    result.plan = swap::plan(facts, policy, context.config);
    result.distribution = swap::distribution_of(facts, policy, context.config);
    result.estimate = check_surroundings(server, facts, policy, context.config, result.plan);
    return result;
}

}  // namespace tripmig::app
