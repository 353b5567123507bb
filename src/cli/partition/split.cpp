#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.hpp"
#include "cli/partition/partition.hpp"
#include "cli/swap/cut_over_time.hpp"
#include "cli/swap/options.hpp"
#include "cli/swap/print.hpp"
#include "job/session.hpp"
#include "job/source/source_table.hpp"
#include "job/state/state.hpp"
#include "partition/split/split.hpp"
#include "sql/identifier.hpp"
#include "swap/run.hpp"

namespace tripmig::cli {

namespace {

ExitCode split(Context& context, const SwapOptions& options, const CutOverTime& time) {
    const QualifiedName leaf = config::parse_table_name(options.table);
    time.check();
    const config::Config config = with_workers(context.config, options);
    job::Session server(config, context.reporter, context.clock, context.stop);
    server.take_job(leaf);
    if (options.accepts_changes)
        swap::accept_changes(server, leaf);
    SwapOptions of_parent = options;
    const bool is_begun = server.open_job(leaf).has_value();  // then the job has its choices
    if (!is_begun) {
        if (const auto done = partition::finished_split(server, leaf)) {
            print_swap(context, leaf, &*done);
            context.reporter.info(
                "split.done", fmt::format("{} was split before (job {}): nothing to do", sql::quoted(leaf), done->job));
            return ExitCode::ok;
        }
        const auto place = job::find_parent(server.session(), leaf);
        if (!place)
            throw Error(ExitCode::refused,
                        fmt::format("{} is not a partition of a partitioned table", sql::quoted(leaf)),
                        "check the name; tripmig swap run TABLE partitions a plain table");
        of_parent.table = sql::quoted(place->parent);
        of_parent.key = place->key;
    }
    const config::PartitionPolicy policy =
        is_begun ? job_policy(context, options, server) : swap_policy(context, of_parent);
    job::State state = partition::split(server, policy, leaf, time.is_until_ready() || time.is_postponed());
    if (time.is_postponed() && state.stage != job::Stage::finished) {
        time.wait(context);
        state = partition::split(server, policy, leaf, false);
    }
    print_swap(context, leaf, &state);
    if (!context.json && state.stage == job::Stage::finished)
        context.out << fmt::format("{} is detached and kept: drop it when nobody misses it\n",
                                   sql::quoted({leaf.schema, state.old_name.empty() ? leaf.name : state.old_name}));
    return ExitCode::ok;
}

}  // namespace

void add_partition_split(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<SwapOptions>();
    CLI::App* command =
        partition.add_subcommand("split", "Copy one leaf into smaller ones, online, and put those in its place");
    command->add_option("LEAF", options->table, "The leaf: [schema.]name, in public when no schema is given")
        ->required();
    command
        ->add_option("--interval", options->interval,
                     "The width of the new leaves: \"1 month\", \"7 days\"; default: the policy's")
        ->type_name("INTERVAL");
    add_run_options(*command, *options);
    auto time = std::make_shared<CutOverTime>();
    time->add_options(*command);
    command->footer(
        "Example:\n"
        "  tripmig partition split trip_plans_past    the past that `swap run` attached, into months\n"
        "Run it again after any interruption; `tripmig swap status|verify|pause|resume|abort LEAF` look at it, hold it "
        "and "
        "give it up.");
    commands.add(command, [options, time](Context& context) { return split(context, *options, *time); });
}

}  // namespace tripmig::cli
