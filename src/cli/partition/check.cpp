#include "app/partition/check.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "view/partition/policies.hpp"

namespace tripmig::cli {

void add_partition_check(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<app::CheckOptions>();
    CLI::App* command = partition.add_subcommand(
        "check", "Check the policies, and whether their tables are as they say; changes nothing");
    command->add_option("TABLE", options->only, "Only these tables; default: all that have a policy");
    command->add_flag("--offline", options->is_offline, "Read the files only, even if a server is configured");
    command->footer(
        "Examples:\n"
        "  tripmig partition check --offline             in a pipeline without a database\n"
        "  tripmig --json partition check orders | jq '.policies[].warnings'\n"
        "Without a configured connection no server is asked. Exit code 2: a policy is wrong. Other codes are those "
        "that "
        "maintain\nwould end with, such as 12. Warnings do not change the exit code.");
    commands.add(command, [options](Context& context) {
        const app::PolicyChecks checks = app::check_policies(context, *options);
        print(context, checks, view::policy_checks_json, view::policy_checks_text);
        return checks.exit_code();
    });
}

}  // namespace tripmig::cli
