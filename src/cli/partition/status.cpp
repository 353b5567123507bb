#include "app/partition/status.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "view/partition/metrics.hpp"
#include "view/partition/status.hpp"

namespace tripmig::cli {

void add_partition_status(CLI::App& partition, Commands& commands) {
    struct Flags {
        std::vector<std::string> only;
        bool tells_by_exit_code = false;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* command = partition.add_subcommand(
        "status", "Show partitions with bounds, rows and sizes, and what needs attention; changes nothing");
    command->add_option("TABLE", flags->only, "Only these tables; default: all that have a policy");
    command->add_flag("--exit-code", flags->tells_by_exit_code,
                      "Exit 3 when something needs attention: too few partitions ahead, a gap, rows in DEFAULT, a "
                      "pending detach, overdue retention");
    command->footer(
        "Examples:\n"
        "  tripmig partition status\n"
        "  tripmig partition status --exit-code --quiet || tripmig partition maintain\n"
        "  tripmig --json partition status orders | jq '.tables[].days_left'");
    commands.add(command, [flags](Context& context) {
        const app::PartitionStatus status = app::partition_status(context, flags->only);
        context.metrics = view::table_metrics(status.result);
        print(context, status, view::partition_status_json, view::partition_status_text);
        return flags->tells_by_exit_code && !status.is_well() ? ExitCode::pending : ExitCode::ok;
    });
}

}  // namespace tripmig::cli
