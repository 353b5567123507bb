#include "cli/partition/partition.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "cli/command.hpp"
#include "sql/identifier.hpp"

namespace tripmig::cli {

namespace {

Error no_policy(const Context& context, const QualifiedName& table,
                const std::vector<config::PartitionPolicy>& policies) {
    std::vector<std::string> known;
    known.reserve(policies.size());
    for (const config::PartitionPolicy& policy : policies)
        known.push_back(sql::quoted(policy.table));
    const std::string near = nearest(sql::quoted(table), known);
    return {
        ExitCode::usage,
        fmt::format("--only {}: no policy in {} is for that table", sql::quoted(table),
                    context.config.partitions.dir.string()),
        near.empty() ? "a policy is a .toml file there, with table = \"...\"" : fmt::format("did you mean {}?", near)};
}

void add_maintain(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<MaintainOptions>();
    CLI::App* command = partition.add_subcommand(
        "maintain", "Make the leaves that are missing, detach those that are too old; the nightly cron");
    command->add_flag("--dry-run", options->is_dry_run, "Print every statement, its locks and why, and change nothing");
    command->add_option("--only", options->only, "Only this table; may be given several times")->type_name("TABLE");
    command->add_option("--now", options->now, "As if it were that time (UTC); default: the server's clock")
        ->type_name("TIME");
    command->footer(
        "Examples:\n"
        "  tripmig partition maintain                    what the policies in partitions/ ask for\n"
        "  tripmig partition maintain --dry-run          show it first\n"
        "  tripmig partition maintain --only public.orders --now 2026-01-01\n"
        "Safe to repeat; while another one runs it waits up to run_lock_wait, then exits 5. A table that fails does "
        "not\n"
        "stop the others (exit 9). After exit 8, 11, 12 or 13: do what the message names and run it again.");
    commands.add(command, [options](Context& context) { return partition_maintain(context, *options); });
}

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
    commands.add(command,
                 [tells_by_exit_code](Context& context) { return partition_status(context, *tells_by_exit_code); });
}

}  // namespace

std::vector<config::PartitionPolicy> chosen_policies(const Context& context, const std::vector<std::string>& only) {
    std::vector<config::PartitionPolicy> all = config::load_policies(context.config.partitions.dir);
    if (only.empty())
        return all;
    std::vector<QualifiedName> wanted;
    wanted.reserve(only.size());
    for (const std::string& text : only)
        wanted.push_back(config::parse_table_name(text));
    for (const QualifiedName& table : wanted)
        if (std::none_of(all.begin(), all.end(), [&](const auto& policy) { return policy.table == table; }))
            throw no_policy(context, table, all);
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const auto& policy) {
                                 return std::find(wanted.begin(), wanted.end(), policy.table) == wanted.end();
                             }),
              all.end());
    return all;
}

void add_partition(CLI::App& app, Commands& commands) {
    CLI::App* partition = app.add_subcommand("partition", "Leaves of partitioned tables: maintain, status");
    partition->require_subcommand(1);
    add_maintain(*partition, commands);
    add_partition_status(*partition, commands);
    add_partition_split(*partition, commands);
}

}  // namespace tripmig::cli
