#include "app/partition/status.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "view/partition/status.hpp"

namespace tripmig::cli {

void add_partition_status(CLI::App& partition, Commands& commands) {
    auto tells_by_exit_code = std::make_shared<bool>(false);
    CLI::App* command =
        partition.add_subcommand("status", "Leaves, bounds, rows, sizes, gaps, and how many days are left");
    command->add_flag("--exit-code", *tells_by_exit_code,
                      "Exit 3 when a table has fewer leaves ahead than its policy's premake");
    command->footer(
        "Examples:\n"
        "  tripmig partition status\n"
        "  tripmig partition status --exit-code --quiet || tripmig partition maintain\n"
        "  tripmig --json partition status | jq '.tables[].days_left'");
    commands.add(command, [tells_by_exit_code](Context& context) {
        const app::PartitionStatus status = app::partition_status(context);
        print(context, status, view::partition_status_json, view::partition_status_text);
        return *tells_by_exit_code && !status.has_enough() ? ExitCode::pending : ExitCode::ok;
    });
}

}  // namespace tripmig::cli
