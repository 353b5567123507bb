#include "swap/plan.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/swap/options.hpp"
#include "cli/swap/print.hpp"
#include "job/copy/bounds.hpp"
#include "job/copy/units.hpp"
#include "job/finding.hpp"
#include "job/observe.hpp"
#include "job/session.hpp"
#include "job/source/table_facts.hpp"
#include "job/state.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/environment.hpp"
#include "swap/preflight/read_dependents.hpp"
#include "view/json_text.hpp"
#include "view/json_values.hpp"

namespace tripmig::cli {

namespace {

using nlohmann::json;

std::string locks_of(const std::vector<LockRequest>& locks) {
    std::string text;
    for (const LockRequest& lock : locks)
        text += fmt::format("{}{} on {}", text.empty() ? "" : ", ", to_string(lock.mode), sql::quoted(lock.relation));
    return text;
}

json json_of(const std::vector<LockRequest>& locks) {
    json list = json::array();
    for (const LockRequest& lock : locks)
        list.push_back({{"relation", sql::quoted(lock.relation)}, {"mode", to_string(lock.mode)}});
    return list;
}

json json_of(const swap::Estimate& need) {
    return {{"rows", view::or_null(need.rows)},
            {"bytes", need.bytes},
            {"blocks", need.blocks},
            {"sampled_blocks", need.sampled_blocks},
            {"load_seconds", view::or_null(need.load_seconds)},
            {"index_seconds", view::or_null(need.index_seconds)},
            {"disk_bytes", view::or_null(need.disk_bytes)},
            {"database_bytes", need.database_bytes}};
}

void print_json(Context& context, const QualifiedName& table, std::string_view strategy, const swap::PlanResult& plan,
                const swap::Estimate& need) {
    json document{{"table", fmt::format("{}.{}", table.schema, table.name)},
                  {"strategy", strategy},
                  {"cut", plan.boundary.empty() ? json() : json(plan.boundary)},
                  {"estimate", json_of(need)},
                  {"findings", json::array()},
                  {"units", json::array()}};
    for (const job::Finding& finding : plan.findings)
        document["findings"].push_back({{"level", job::to_string(finding.level)},
                                        {"subject", finding.subject},
                                        {"message", finding.message},
                                        {"hint", finding.hint}});
    for (const Unit& unit : plan.units) {
        json steps = json::array();
        for (const Step& step : unit.steps)
            steps.push_back({{"sql", step.sql}, {"why", step.why}, {"locks", json_of(step.locks)}});
        document["units"].push_back({{"name", unit.name},
                                     {"transaction", unit.transaction == Transaction::inside ? "inside" : "none"},
                                     {"locks", json_of(unit.lock_first)},
                                     {"steps", steps}});
    }
    context.out << view::json_text(document) << '\n';
}

void print_unit(Context& context, const Unit& unit) {
    context.out << fmt::format("\n-- {}{}\n", unit.name,
                               unit.transaction == Transaction::none ? " (outside of a transaction)" : "");
    for (const LockRequest& lock : unit.lock_first)
        context.out << fmt::format("--   locks first: {} on {}\n", to_string(lock.mode), sql::quoted(lock.relation));
    for (const Step& step : unit.steps) {
        const std::string locks = locks_of(step.locks);
        context.out << fmt::format("--   {}{}\n{};\n", step.why, locks.empty() ? "" : fmt::format(" [{}]", locks),
                                   step.sql);
    }
}

void print_text(Context& context, const QualifiedName& table, std::string_view strategy, const swap::PlanResult& plan) {
    context.out << fmt::format("-- swap of {}, strategy {}\n", sql::quoted(table), strategy);
    for (const job::Finding& finding : plan.findings) {
        context.out << fmt::format("-- {:<6} {}: {}\n", job::to_string(finding.level), finding.subject,
                                   finding.message);
        if (!finding.hint.empty())
            context.out << fmt::format("--        hint: {}\n", finding.hint);
    }
    for (const Unit& unit : plan.units)
        print_unit(context, unit);
}

/// How many leaves there will be when the past is in leaves too.
std::size_t leaves_of(const job::Facts& facts, const swap::PlanResult& plan, const config::PartitionPolicy& policy,
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
swap::Estimate look_around(job::Session& server, const job::Facts& facts, const config::PartitionPolicy& policy,
                           const config::Config& config, swap::PlanResult& plan) {
    swap::Environment around = swap::read_environment(server.session(), *facts.table, config);
    if (plan.state)
        around.sample = swap::take_sample(server.session(), *facts.table);
    const std::vector<job::Finding> findings =
        swap::check_environment(*facts.table, around, policy, config.swap, leaves_of(facts, plan, policy, config));
    plan.findings.insert(plan.findings.end(), findings.begin(), findings.end());
    return swap::estimate(*facts.table, around, policy.swap.strategy == config::SwapStrategy::copy);
}

ExitCode show_plan(Context& context, const SwapOptions& options) {
    const config::PartitionPolicy policy = swap_policy(context, options);
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    if (const auto job = server.open_job(policy.table)) {
        const job::State state = job::from_job(*job);
        throw Error(
            ExitCode::refused,
            fmt::format("a swap of {} is under way ({})", sql::quoted(policy.table), job::to_string(state.stage)),
            "tripmig swap status TABLE, tripmig swap run TABLE");
    }
    job::Facts facts = job::read_facts(server, policy.table, policy.key, policy.interval);
    swap::read_dependents(server.session(), facts, policy);
    if (!facts.table)
        throw Error(ExitCode::refused, fmt::format("there is no table {}", sql::quoted(policy.table)),
                    "check the name");
    if (facts.table->is_partitioned()) {
        print_swap(context, policy.table, nullptr);
        return ExitCode::ok;
    }
    swap::PlanResult plan = swap::plan(facts, policy, context.config);
    const swap::Estimate need = look_around(server, facts, policy, context.config, plan);
    const std::string_view strategy = job::to_string(policy.swap.strategy);
    if (context.json)
        print_json(context, policy.table, strategy, plan, need);
    else
        print_text(context, policy.table, strategy, plan);
    return job::exit_code_of(plan.findings);
}

}  // namespace

void add_swap_plan(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("plan", "What a swap would find and do: every statement with its locks; changes nothing");
    auto options = std::make_shared<SwapOptions>();
    add_policy_options(*command, *options);
    command->footer("Exit 12 when something stands in the way; the report says what.");
    commands.add(command, [options](Context& context) { return show_plan(context, *options); });
}

}  // namespace tripmig::cli
