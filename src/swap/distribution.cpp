#include "swap/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/key/main_range.hpp"
#include "job/boundary.hpp"
#include "job/copy/bounds.hpp"
#include "job/replacement.hpp"
#include "swap/new_job.hpp"

namespace tripmig::swap {

namespace {

using config::Outliers;

/// The type of a key that partitions can be made for.
std::optional<ddl::KeyType> usable_type(const job::Facts& facts, const config::PartitionPolicy& policy) {
    const db::ColumnInfo* column = facts.table->column(policy.key);
    const auto type = column != nullptr ? ddl::key_type(job::key_type_name(*column)) : std::nullopt;
    if (!type || *type == ddl::KeyType::numeric || facts.key.is_empty)
        return std::nullopt;
    try {
        ddl::check_interval(*type, policy.interval);
    } catch (const Error&) {
        return std::nullopt;
    }
    return type;
}

OutlierRows outlier_rows(ddl::KeyType type, const ddl::PartitionRows& partition) {
    return {ddl::describe(type, partition.first), ddl::describe(type, partition.last), partition.rows};
}

std::vector<OutlierRows> find_outliers(ddl::KeyType type, const ddl::KeyFacts& key, const ddl::MainRange& main) {
    std::vector<OutlierRows> found;
    if (key.has_minus_infinity)
        found.push_back({"-infinity", "-infinity", std::nullopt});
    if (key.early.rows > 0)
        found.push_back(
            {key.early.example, key.early.rows == 1 ? key.early.example : "the end of 1 BC", key.early.rows});
    for (const ddl::PartitionRows& each : key.lowest)
        if (each.last < main.first)
            found.push_back(outlier_rows(type, each));
    const std::vector<ddl::PartitionRows> upwards(key.highest.rbegin(), key.highest.rend());
    for (const ddl::PartitionRows& each : upwards)
        if (main.last < each.first)
            found.push_back(outlier_rows(type, each));
    if (key.late.rows > 0)
        found.push_back({key.late.rows == 1 ? key.late.example : "the year 10000", key.late.example, key.late.rows});
    if (key.has_infinity)
        found.push_back({"infinity", "infinity", std::nullopt});
    return found;
}

/// How many partitions a copy would create; nullopt: too many to count.
std::optional<std::size_t> count_partitions(const job::Facts& facts, config::PartitionPolicy policy,
                                            const config::Config& config, Outliers outliers) {
    constexpr int most = 100'000;
    policy.swap.strategy = config::SwapStrategy::copy;
    policy.swap.outliers = outliers;
    policy.max_create = most;
    try {
        const job::State state = new_state(facts, policy, config.swap);
        return job::copy_bounds(state, facts.key, facts.now, policy, most).size();
    } catch (const Error&) {
        return std::nullopt;
    }
}

bool is_refused_by_attach(ddl::KeyType type, const job::Facts& facts, const config::PartitionPolicy& policy,
                          const config::Config& config) {
    if (facts.key.has_infinity || facts.key.late.rows > 0)
        return true;
    try {
        (void)job::choose_boundary(type, policy.interval, facts.now, config.swap.margin, facts.key.newest);
    } catch (const Error&) {
        return true;
    }
    return false;
}

std::string flags_of_copy(const job::Facts& facts, const config::PartitionPolicy& policy, const config::Config& config,
                          const ddl::MainRange& main) {
    const auto limit = static_cast<std::size_t>(policy.max_create.value_or(config.partitions.max_create));
    const auto with_limit = [&](std::string flag, std::size_t partitions) {
        if (partitions > limit)
            flag += fmt::format("{}--max-create {}", flag.empty() ? "" : " ", partitions);
        return flag;
    };
    const ddl::KeyFacts& key = facts.key;
    if (policy.swap.outliers != Outliers::own) {
        const auto partitions = count_partitions(facts, policy, config, policy.swap.outliers);
        return partitions ? with_limit({}, *partitions) : std::string();
    }
    const bool has_outside = key.early.rows > 0 || key.late.rows > 0;
    const auto own = has_outside ? std::nullopt : count_partitions(facts, policy, config, Outliers::own);
    if (own && *own <= limit)
        return {};
    const bool is_ahead = key.late.rows > 0 || key.has_infinity || (key.newest && main.last < *key.newest);
    const auto apart = count_partitions(facts, policy, config, Outliers::default_partition);
    if (own && apart && *own <= *apart)
        return with_limit({}, *own);  // no row lies far from the others
    return apart ? with_limit(is_ahead ? "--outliers default" : "--outliers first", *apart) : std::string();
}

std::string propose(ddl::KeyType type, const job::Facts& facts, const config::PartitionPolicy& policy,
                    const config::Config& config, const ddl::MainRange& main) {
    if (policy.swap.strategy == config::SwapStrategy::copy)
        return flags_of_copy(facts, policy, config, main);
    if (!is_refused_by_attach(type, facts, policy, config))
        return {};
    const std::string flags = flags_of_copy(facts, policy, config, main);
    return flags.empty() ? std::string("--strategy copy") : "--strategy copy " + flags;
}

}  // namespace

Distribution distribution_of(const job::Facts& facts, const config::PartitionPolicy& policy,
                             const config::Config& config) {
    Distribution distribution;
    const auto type = usable_type(facts, policy);
    const auto main = type ? job::main_range(*type, facts.key, facts.now, policy) : std::nullopt;
    if (!main)
        return distribution;
    distribution.years = facts.key.years;
    distribution.outliers = find_outliers(*type, facts.key, *main);
    distribution.proposal = propose(*type, facts, policy, config, *main);
    return distribution;
}

}  // namespace tripmig::swap
