#include "cli/swap/options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "base/error.hpp"
#include "job/choices.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "sql/identifier.hpp"
#include "swap/new_job.hpp"

namespace tripmig::cli {

void add_table_argument(CLI::App& command, SwapOptions& options) {
    command.add_option("TABLE", options.table, "The table: [schema.]name, in public when no schema is given")
        ->required();
}

void add_policy_options(CLI::App& command, SwapOptions& options) {
    add_table_argument(command, options);
    command
        .add_option(
            "--strategy", options.strategy,
            "attach: no row moves, the table becomes the leaf of the past; copy: the rows are copied into leaves")
        ->type_name("STRATEGY")
        ->check(CLI::IsMember({"attach", "copy"}));
    command.add_option("--key", options.key, "The column to partition by")->type_name("COLUMN");
    command.add_option("--interval", options.interval, "The width of a leaf: \"1 month\", \"7 days\"")
        ->type_name("INTERVAL");
    command
        .add_option(
            "--incoming-foreign-keys", options.incoming_foreign_keys,
            "What foreign keys of other tables point to afterwards: registry (a table of all ids), composite (the "
            "new table; their tables carry the partition key too), or drop (given up)")
        ->type_name("POLICY")
        ->check(CLI::IsMember({"registry", "composite", "drop"}));
    command
        .add_option("--drop-foreign-keys", options.dropped_keys,
                    "With the policy drop: the foreign keys that are given up, each by its name")
        ->type_name("NAME[,NAME...]")
        ->delimiter(',')
        ->allow_extra_args(false);
    command
        .add_option(
            "--unique-indexes", options.unique_indexes,
            "What becomes of unique indexes that lack the partition key: key (it is added to them), or leaf (each "
            "leaf keeps its own, unique within that leaf only)")
        ->type_name("POLICY")
        ->check(CLI::IsMember({"key", "leaf"}));
}

void add_run_options(CLI::App& command, SwapOptions& options) {
    command
        .add_option("--workers", options.workers,
                    "Connections that copy and build indexes at once; default: swap.workers, or one for two cores")
        ->type_name("N")
        ->check(CLI::Range(1, 64));
    command.add_flag("--accept-changes", options.accepts_changes,
                     "Let what others altered since the swap began come along, where it can");
}

config::Config with_workers(const config::Config& config, const SwapOptions& options) {
    config::Config changed = config;
    if (options.workers > 0)
        changed.swap.workers = options.workers;
    return changed;
}

namespace {

std::optional<config::PartitionPolicy> policy_file(const Context& context, const QualifiedName& table) {
    const std::filesystem::path& directory = context.config.partitions.dir;
    if (!std::filesystem::exists(directory))
        return std::nullopt;
    for (config::PartitionPolicy& policy : config::load_policies(directory))
        if (policy.table == table)
            return std::move(policy);
    return std::nullopt;
}

config::PartitionInterval parsed_interval(const std::string& text) {
    if (const auto calendar = parse_interval(text))
        return *calendar;
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos)
        return config::parse_partition_interval(text);
    throw Error(
        ExitCode::usage, fmt::format("--interval \"{}\" is no interval", text),
        "write one number and one unit: \"1 month\", \"7 days\", \"1 hour\"; for a key that is a number, a number");
}

/// As fine as the leaves are: each gets a name of its own.
std::string name_pattern(const config::PartitionInterval& interval) {
    const auto* calendar = std::get_if<CalendarInterval>(&interval);
    if (calendar == nullptr)
        return "{table}_{start}";
    if (calendar->microseconds != 0)
        return "{table}_{start:%Y_%m_%d_%H}";
    return calendar->days != 0 ? "{table}_{start:%Y_%m_%d}" : "{table}_{start:%Y_%m}";
}

config::IncomingForeignKeys parsed_incoming(const std::string& text) {
    if (text == "registry")
        return config::IncomingForeignKeys::registry;
    return text == "drop" ? config::IncomingForeignKeys::drop : config::IncomingForeignKeys::composite;
}

/// The file's policy, or none, with the flags on top.
config::PartitionPolicy with_flags(std::optional<config::PartitionPolicy> policy, const SwapOptions& options) {
    const bool is_of_flags = !policy;
    if (is_of_flags) {
        policy.emplace();
        policy->table = config::parse_table_name(options.table);
    } else {
        policy->swap.file_choices = job::choices_in(*policy);
    }
    if (!options.key.empty())
        policy->key = options.key;
    if (!options.interval.empty())
        policy->interval = parsed_interval(options.interval);
    if (is_of_flags)
        policy->name = name_pattern(policy->interval);
    if (!options.strategy.empty())
        policy->swap.strategy = options.strategy == "copy" ? config::SwapStrategy::copy : config::SwapStrategy::attach;
    if (!options.incoming_foreign_keys.empty())
        policy->swap.incoming_foreign_keys = parsed_incoming(options.incoming_foreign_keys);
    policy->swap.dropped_keys = options.dropped_keys;
    if (!options.unique_indexes.empty())
        policy->swap.unique_indexes =
            options.unique_indexes == "leaf" ? config::UniqueIndexes::leaf : config::UniqueIndexes::key;
    return *policy;
}

std::vector<job::SaidChoice> said_by_flags(const SwapOptions& options) {
    std::vector<job::SaidChoice> said;
    const auto add = [&](const char* name, const std::string& value, const char* flag) {
        if (!value.empty())
            said.push_back({name, value, flag});
    };
    add("key", options.key, "--key");
    if (!options.interval.empty())
        add("interval", job::interval_text(parsed_interval(options.interval)), "--interval");
    add("strategy", options.strategy, "--strategy");
    add("incoming_foreign_keys", options.incoming_foreign_keys, "--incoming-foreign-keys");
    add("unique_indexes", options.unique_indexes, "--unique-indexes");
    return said;
}

}  // namespace

config::PartitionPolicy swap_policy(const Context& context, const SwapOptions& options) {
    const QualifiedName table = config::parse_table_name(options.table);
    std::optional<config::PartitionPolicy> policy = policy_file(context, table);
    if (!policy && options.key.empty())
        throw Error(
            ExitCode::usage,
            fmt::format("no policy for {} in {}", sql::quoted(table), context.config.partitions.dir.string()),
            "write one (docs/configuration.md), or say --key COLUMN, and --interval INTERVAL unless a month is right");
    return with_flags(std::move(policy), options);
}

config::PartitionPolicy job_policy(const Context& context, const SwapOptions& options, job::Session& server) {
    const auto job = server.open_job(config::parse_table_name(options.table));
    if (!job)
        return swap_policy(context, options);
    const job::State state = job::from_job(*job);
    const std::optional<config::PartitionPolicy> file = policy_file(context, state.root_table());
    job::require_same_choices(state, said_by_flags(options), file);
    SwapOptions flags = options;
    flags.interval = state.interval;  // the names of partitions are as fine as they are
    return job::policy_of_job(state, file, with_flags(file, flags));
}

void require_yes(Context& context, bool assume_yes, const std::string& question) {
    if (assume_yes)
        return;
    if (::isatty(STDIN_FILENO) == 0)
        throw Error(ExitCode::usage, question, "say --yes: there is no terminal to ask on");
    context.out << question << " [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "yes")
        throw Error(ExitCode::refused, "not confirmed: nothing was changed");
}

}  // namespace tripmig::cli
