#include "app/partition/drain.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/partition/partition.hpp"
#include "cli/partition/partition_job.hpp"
#include "cli/swap/options.hpp"

namespace tripmig::cli {

void add_partition_drain(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<app::DrainOptions>();
    auto time = std::make_shared<app::CutOverTime>();
    auto is_plan = std::make_shared<bool>(false);
    CLI::App* command = partition.add_subcommand(
        "drain", "Move rows of the DEFAULT partition into partitions of the policy's width while it is in use");
    command
        ->add_option("TABLE", options->run.table,
                     "The table, or its DEFAULT partition: [schema.]name; default schema: public")
        ->required();
    command
        ->add_option("--interval", options->run.interval,
                     "The width of the new partitions: \"1 month\", \"7 days\"; default: the policy's")
        ->type_name("INTERVAL");
    command
        ->add_option("--limit", options->limit,
                     "Create at most so many partitions, the oldest first; the other rows stay in DEFAULT")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000));
    command->add_flag("--keep-old", options->keeps_old,
                      "Keep the old DEFAULT partition as a table, NAME_before, instead of dropping it");
    add_run_options(*command, options->run);
    add_cut_over_options(*command, *time);
    add_plan_option(*command, *is_plan);
    command->footer(
        "Example:\n"
        "  tripmig partition drain events --limit 12\n"
        "Run it again after any interruption. `tripmig swap status|verify|pause|resume|abort PARTITION`, with the "
        "DEFAULT\n"
        "partition, show, compare, pause, resume and abort it.");
    commands.add(command, [options, time, is_plan](Context& context) {
        if (*is_plan)
            return print_plan(context, app::plan_drain(context, *options));
        return print_job(context,
                         app::audited(context, [&] { return app::drain_partition(context, *options, *time); }));
    });
}

}  // namespace tripmig::cli
