#include "app/swap/policy.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "job/choices.hpp"
#include "job/state/journal.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

config::Config with_workers(const config::Config& config, const SwapOptions& options) {
    config::Config changed = config;
    if (options.workers > 0)
        changed.swap.workers = options.workers;
    return changed;
}

namespace {

std::optional<config::PartitionPolicy> policy_file(const config::Config& config, const QualifiedName& table) {
    const std::filesystem::path& directory = config.partitions.dir;
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
        ExitCode::usage, fmt::format("--interval \"{}\" is not a valid interval", text),
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

config::Outliers parsed_outliers(const std::string& text) {
    if (text == "default")
        return config::Outliers::default_partition;
    return text == "first" ? config::Outliers::first : config::Outliers::own;
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
    if (!options.outliers.empty())
        policy->swap.outliers = parsed_outliers(options.outliers);
    policy->swap.max_create = options.max_create;
    if (options.max_create)
        policy->max_create = options.max_create;
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
    add("outliers", options.outliers, "--outliers");
    return said;
}

/// What a swap or a split would cut at other bounds than `partition maintain` does later.
void require_utc_grid(const config::PartitionPolicy& policy) {
    const char* key = !policy.time_zone.empty() ? "time_zone"
                      : policy.week_start != 1  ? "week_start"
                      : policy.key_encoding.unit != config::KeyEncoding::Unit::none &&
                              policy.key_encoding.unit != config::KeyEncoding::Unit::v7
                          ? "[key_encoding]"
                          : nullptr;
    if (key != nullptr)
        throw Error(
            ExitCode::refused,
            fmt::format("{}: the policy has {}, which swap and split do not support", policy.file.string(), key),
            "only `tripmig partition maintain` supports it: create the table partitioned, or remove it from the "
            "policy");
}

}  // namespace

config::PartitionPolicy swap_policy(const config::Config& config, const SwapOptions& options) {
    const QualifiedName table = config::parse_table_name(options.table);
    std::optional<config::PartitionPolicy> policy = policy_file(config, table);
    if (!policy && options.key.empty())
        throw Error(ExitCode::usage,
                    fmt::format("no policy for {} in {}", sql::quoted(table), config.partitions.dir.string()),
                    "write one (docs/configuration.md), or add --key COLUMN (and --interval; default: 1 month)");
    if (policy)
        require_utc_grid(*policy);
    return with_flags(std::move(policy), options);
}

config::PartitionPolicy job_policy(const config::Config& config, const SwapOptions& options, job::Session& server) {
    const auto job = server.open_job(config::parse_table_name(options.table));
    if (!job)
        return swap_policy(config, options);
    const job::State state = job::from_job(*job);
    const std::optional<config::PartitionPolicy> file = policy_file(config, state.root_table());
    job::require_same_choices(state, said_by_flags(options), file);
    SwapOptions flags = options;
    flags.interval = state.interval;  // the names of partitions are as fine as they are
    return job::policy_of_job(state, file, with_flags(file, flags));
}

}  // namespace tripmig::app
