#include "app/partition/split.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "view/swap/status.hpp"

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
        "  tripmig partition split orders_past         the past that `swap run` attached, into months\n"
        "Run it again after any interruption. `tripmig swap status|verify|pause|resume|abort PARTITION` show, compare, "
        "pause,\n"
        "resume and abort it.");
    commands.add(command, [options, time](Context& context) {
        print(context, app::split_partition(context, *options, *time), view::split_json, view::split_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
