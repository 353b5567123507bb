#include "app/partition/split.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/partition/partition.hpp"
#include "cli/partition/partition_job.hpp"
#include "cli/swap/options.hpp"

namespace tripmig::cli {

void add_partition_split(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<app::SwapOptions>();
    auto time = std::make_shared<app::CutOverTime>();
    CLI::App* command = partition.add_subcommand("split", "Split one partition into smaller ones while it is in use");
    command->add_option("PARTITION", options->table, "The partition: [schema.]name; default schema: public")
        ->required();
    command
        ->add_option("--interval", options->interval,
                     "The width of the new partitions: \"1 month\", \"7 days\"; default: the policy's")
        ->type_name("INTERVAL");
    add_run_options(*command, *options);
    add_cut_over_options(*command, *time);
    command->footer(
        "Example:\n"
        "  tripmig partition split orders_past     what `swap run` attached, into months\n"
        "Run it again after any interruption. `tripmig swap status|verify|pause|resume|abort PARTITION` show, compare, "
        "pause,\n"
        "resume and abort it.");
    auto is_plan = std::make_shared<bool>(false);
    add_plan_option(*command, *is_plan);
    commands.add(command, [options, time, is_plan](Context& context) {
        if (*is_plan)
            return print_plan(context, app::plan_split(context, *options));
        return print_job(context,
                         app::audited(context, [&] { return app::split_partition(context, *options, *time); }));
    });
}

}  // namespace tripmig::cli
