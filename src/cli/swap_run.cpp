#include "swap/run.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.hpp"
#include "cli/swap_options.hpp"
#include "swap/server.hpp"

namespace tripmig::cli {

namespace {

ExitCode run(Context& context, const SwapOptions& options, bool until_ready) {
    const config::PartitionPolicy policy = swap_policy(context, options);
    swap::Server server(context.config, context.reporter, context.clock, context.stop);
    server.take_job(policy.table);
    const swap::RunResult result = swap::run(server, policy, until_ready);
    print_swap(context, policy.table, result.state ? &*result.state : nullptr);
    return ExitCode::ok;
}

}  // namespace

void add_swap_run(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("run", "Swap the table, or go on from wherever its swap stands");
    auto options = std::make_shared<SwapOptions>();
    auto until = std::make_shared<std::string>();
    add_policy_options(*command, *options);
    command
        ->add_option("--until", *until,
                     "ready: do all that can be done beside the writers, and stop before the cut-over")
        ->type_name("STAGE")
        ->check(CLI::IsMember({"ready"}));
    command->footer(
        "Examples:\n"
        "  tripmig swap run trip_plans\n"
        "  tripmig swap run trip_plans --until ready && tripmig swap cutover trip_plans\n"
        "  tripmig swap run events --key created_at --interval \"1 day\"");
    commands.add(command, [options, until](Context& context) { return run(context, *options, !until->empty()); });
}

void add_swap_cutover(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("cutover", "The cut-over of a swap that is ready, and what follows it");
    auto options = std::make_shared<SwapOptions>();
    add_policy_options(*command, *options);
    commands.add(command, [options](Context& context) {
        const config::PartitionPolicy policy = swap_policy(context, *options);
        swap::Server server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(policy.table);
        if (const auto job = server.open_job(policy.table); !job || swap::from_job(*job).stage < swap::Stage::ready)
            throw Error(ExitCode::refused, "no swap of this table is ready for its cut-over",
                        "tripmig swap run TABLE --until ready");
        const swap::RunResult result = swap::run(server, policy, false);
        print_swap(context, policy.table, &*result.state);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
