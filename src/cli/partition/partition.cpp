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

Error no_policy(const Context& context, const QualifiedName& table, const ChosenPolicies& all) {
    if (!all.unreadable.empty())
        return Error(all.unreadable.front().error->rewrapped(
            ExitCode::usage, fmt::format("no policy that can be read is for {}: ", sql::quoted(table))));
    std::vector<std::string> known;
    known.reserve(all.policies.size());
    for (const config::PartitionPolicy& policy : all.policies)
        known.push_back(sql::quoted(policy.table));
    const std::string near = nearest(sql::quoted(table), known);
    return {
        ExitCode::usage,
        fmt::format("no policy in {} is for {}", context.config.partitions.dir.string(), sql::quoted(table)),
        near.empty() ? "a policy is a .toml file there, with table = \"...\"" : fmt::format("did you mean {}?", near)};
}

void add_maintain(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<MaintainOptions>();
    CLI::App* command = partition.add_subcommand(
        "maintain", "Create missing partitions, detach those that are too old; the nightly cron");
    command->add_flag("--dry-run", options->is_dry_run, "Print every statement, its locks and why, and change nothing");
    command->add_option("--only", options->only, "Only this table; may be given several times")->type_name("TABLE");
    command->add_option("--now", options->now, "As if it were that time (UTC); default: the server's clock")
        ->type_name("TIME");
    command
        ->add_option(
            "--max-create", options->max_create,
            "Fill gaps of up to so many partitions, whatever the policies say; the present one and premake are "
            "always created")
        ->type_name("N")
        ->check(CLI::Range(0, 100'000));
    command->footer(
        "Examples:\n"
        "  tripmig partition maintain                    what the policies in partitions/ ask for\n"
        "  tripmig partition maintain --dry-run          show it first\n"
        "  tripmig partition maintain --only public.orders --now 2026-01-01\n"
        "Safe to repeat; while another one runs it waits up to run_lock_wait, then exits 5. A table or policy that "
        "fails\n"
        "does not stop the others (exit 9). After exit 8, 11, 12 or 13: do what the message names and run it again.");
    commands.add(command, [options](Context& context) { return partition_maintain(context, *options); });
}

void add_partition_status(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<StatusOptions>();
    CLI::App* command =
        partition.add_subcommand("status", "Partitions, bounds, rows, sizes, gaps, and how many days are left");
    command->add_option("TABLE", options->only, "Only these tables; default: all that have a policy");
    command->add_flag("--exit-code", options->tells_by_exit_code,
                      "Exit 3 when something needs attention: too few partitions ahead, a gap, rows in DEFAULT, a "
                      "pending detach, overdue retention");
    command->footer(
        "Examples:\n"
        "  tripmig partition status\n"
        "  tripmig partition status --exit-code --quiet || tripmig partition maintain\n"
        "  tripmig --json partition status orders | jq '.tables[].days_left'");
    commands.add(command, [options](Context& context) { return partition_status(context, *options); });
}

}  // namespace

ChosenPolicies chosen_policies(Context& context, const std::vector<std::string>& only) {
    ChosenPolicies all;
    for (config::PolicyFile& file : config::read_policy_files(context.config.partitions.dir)) {
        if (file.policy)
            all.policies.push_back(std::move(*file.policy));
        else
            all.unreadable.push_back(std::move(file));
    }
    if (only.empty())
        return all;
    std::vector<QualifiedName> wanted;
    wanted.reserve(only.size());
    for (const std::string& text : only)
        wanted.push_back(config::parse_table_name(text));
    for (const QualifiedName& table : wanted)
        if (std::none_of(all.policies.begin(), all.policies.end(),
                         [&](const auto& policy) { return policy.table == table; }))
            throw no_policy(context, table, all);
    ChosenPolicies chosen;
    for (config::PartitionPolicy& policy : all.policies)
        if (std::find(wanted.begin(), wanted.end(), policy.table) != wanted.end())
            chosen.policies.push_back(std::move(policy));
    for (const config::PolicyFile& file : all.unreadable)
        context.reporter.warning("partition.policy", file.file.string() + " can't be read: " + file.error->message());
    return chosen;
}

void add_partition(CLI::App& app, Commands& commands) {
    CLI::App* partition = app.add_subcommand("partition", "Partitions of tables: maintain, status, split");
    partition->require_subcommand(1);
    add_maintain(*partition, commands);
    add_partition_status(*partition, commands);
    add_partition_split(*partition, commands);
}

}  // namespace tripmig::cli
