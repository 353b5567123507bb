#include "swap/run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.hpp"
#include "cli/swap/cut_over_time.hpp"
#include "cli/swap/options.hpp"
#include "cli/swap/print.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"

namespace tripmig::cli {

namespace {

ExitCode run(Context& context, const SwapOptions& options, const CutOverTime& time) {
    const QualifiedName table = config::parse_table_name(options.table);
    time.check();
    const config::Config config = with_workers(context.config, options);
    job::Session server(config, context.reporter, context.clock, context.stop);
    (void)job_policy(context, options, server);  // what is wrong with it is said before anything is waited for
    server.take_job(table);
    const config::PartitionPolicy policy = job_policy(context, options, server);
    if (options.accepts_changes)
        swap::accept_changes(server, table);
    if (time.is_postponed()) {
        (void)swap::run(server, policy, true);
        time.wait(context);
    }
    const swap::RunResult result = swap::run(server, policy, time.is_until_ready());
    print_swap(context, table, result.state ? &*result.state : nullptr);
    return ExitCode::ok;
}

}  // namespace

void add_swap_run(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("run", "Swap the table, or go on from wherever its swap stands");
    auto options = std::make_shared<SwapOptions>();
    add_policy_options(*command, *options);
    add_run_options(*command, *options);
    auto time = std::make_shared<CutOverTime>();
    time->add_options(*command);
    command->footer(
        "Examples:\n"
        "  tripmig swap run trip_plans\n"
        "  tripmig swap run trip_plans --until ready && tripmig swap cutover trip_plans\n"
        "  tripmig swap run events --key created_at --interval \"1 day\"");
    commands.add(command, [options, time](Context& context) { return run(context, *options, *time); });
}

void add_swap_cutover(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("cutover", "The cut-over of a swap that is ready, and what follows it");
    auto options = std::make_shared<SwapOptions>();
    add_policy_options(*command, *options);
    add_run_options(*command, *options);
    commands.add(command, [options](Context& context) {
        const QualifiedName table = config::parse_table_name(options->table);
        const config::Config config = with_workers(context.config, *options);
        job::Session server(config, context.reporter, context.clock, context.stop);
        server.take_job(table);
        if (options->accepts_changes)
            swap::accept_changes(server, table);
        if (const auto job = server.open_job(table); !job || job::from_job(*job).stage < job::Stage::ready)
            throw Error(ExitCode::refused, "no swap of this table is ready for its cut-over",
                        "tripmig swap run TABLE --until ready");
        const swap::RunResult result = swap::run(server, job_policy(context, *options, server), false);
        print_swap(context, table, &*result.state);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
