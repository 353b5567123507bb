#include "app/partition/merge.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/partition/partition.hpp"
#include "cli/partition/partition_job.hpp"
#include "cli/swap/options.hpp"

namespace tripmig::cli {

void add_partition_merge(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<app::MergeOptions>();
    auto time = std::make_shared<app::CutOverTime>();
    auto is_plan = std::make_shared<bool>(false);
    CLI::App* command =
        partition.add_subcommand("merge", "Merge neighbouring partitions into one while they are in use");
    command
        ->add_option("PARTITION", options->partitions,
                     "The partitions: [schema.]name; default schema: public. To resume, one is enough")
        ->required();
    command->add_option("--into", options->into, "The name of the new partition, in the table's schema")
        ->type_name("NAME");
    add_run_options(*command, options->run);
    add_cut_over_options(*command, *time);
    add_plan_option(*command, *is_plan);
    command->footer(
        "Example:\n"
        "  tripmig partition merge orders_2023_01 orders_2023_02 --into orders_early\n"
        "Run it again after any interruption. `tripmig swap status|verify|pause|resume|abort PARTITION`, with the "
        "first\n"
        "partition, show, compare, pause, resume and abort it.");
    commands.add(command, [options, time, is_plan](Context& context) {
        if (*is_plan)
            return print_plan(context, app::plan_merge(context, *options));
        return print_job(context,
                         app::audited(context, [&] { return app::merge_partitions(context, *options, *time); }));
    });
}

}  // namespace tripmig::cli
