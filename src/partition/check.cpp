#include "partition/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "partition/adopt/grid.hpp"
#include "partition/adopt/name_reading.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// Old ones may be of another width, and of other names.
std::vector<ddl::Leaf> newest_finite(const Snapshot& snapshot) {
    constexpr std::size_t most = 12;
    std::vector<ddl::Leaf> leaves;
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend() && leaves.size() < most; ++leaf)
        if (leaf->leaf.bounds.lower.is_finite() && leaf->leaf.bounds.upper.is_finite())
            leaves.push_back(leaf->leaf);
    return leaves;
}

void check_default(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                   std::vector<std::string>& warnings) {
    const bool expects_one = policy.default_partition != config::PartitionPolicy::Default::none;
    if (snapshot.default_partition && !expects_one)
        warnings.push_back(
            fmt::format("{} is a DEFAULT partition that the policy does not mention, so its rows are not "
                        "reported: write partition = \"watch\" in [default]",
                        sql::quoted(snapshot.default_partition->name)));
    if (!snapshot.default_partition && expects_one)
        warnings.emplace_back("the policy has [default], but the table has no DEFAULT partition");
}

void check_width(const Snapshot& snapshot, const config::PartitionPolicy& policy, const std::vector<ddl::Leaf>& leaves,
                 std::vector<std::string>& warnings) {
    const bool fits = std::any_of(leaves.begin(), leaves.end(), [&](const ddl::Leaf& leaf) {
        return is_on_grid(snapshot.coverage.key, leaf.bounds, policy.interval, snapshot.coverage.calendar);
    });
    if (!leaves.empty() && !fits)
        warnings.push_back(fmt::format(
            "none of the newest partitions is where one of {}{} would be, as {} {}: check interval and time_zone",
            interval_text(policy.interval), policy.time_zone.empty() ? " in UTC" : " in " + policy.time_zone,
            sql::quoted(leaves.front().name), ddl::describe(snapshot.coverage.key, leaves.front().bounds)));
}

void check_names(const Snapshot& snapshot, const config::PartitionPolicy& policy, const std::vector<ddl::Leaf>& leaves,
                 std::vector<std::string>& warnings) {
    const std::vector<ddl::Leaf> unlike =
        unlike_pattern(policy.name, policy.table.name, snapshot.coverage.key, leaves, snapshot.coverage.calendar);
    if (leaves.empty() || unlike.size() < leaves.size())
        return;
    const ddl::Leaf& newest = unlike.front();
    warnings.push_back(
        fmt::format("new partitions get other names than those that exist: name = \"{}\" would call {} {}", policy.name,
                    sql::quoted(newest.name),
                    sql::quote_ident(ddl::leaf_name(policy.name, policy.table.name, snapshot.coverage.key,
                                                    newest.bounds.lower, snapshot.coverage.calendar))));
}

void check_retention(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                     std::vector<std::string>& warnings) {
    const auto edge = ddl::retention_edge(snapshot.coverage, policy, snapshot.now);
    if (!edge)
        return;
    const ddl::Bounds present = ddl::present_leaf(snapshot.coverage, policy, snapshot.now);
    const auto is_old = [&](const LeafSnapshot& leaf) {
        return leaf.leaf.bounds.upper <= *edge && leaf.leaf.bounds.upper <= present.lower;
    };
    const auto old = std::count_if(snapshot.leaves.begin(), snapshot.leaves.end(), is_old);
    const auto past = std::count_if(snapshot.leaves.begin(), snapshot.leaves.end(),
                                    [&](const LeafSnapshot& leaf) { return leaf.leaf.bounds.upper <= present.lower; });
    if (old > limits.max_drop || (old > 1 && old == past))
        warnings.push_back(
            fmt::format("by its retention {} of {} before the present one would go, {} per run: check keep", old,
                        counted(past, "partition"), limits.max_drop));
}

}  // namespace

std::vector<std::string> policy_warnings(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                         const Limits& limits) {
    const std::vector<ddl::Leaf> leaves = newest_finite(snapshot);
    std::vector<std::string> warnings;
    check_width(snapshot, policy, leaves, warnings);
    check_names(snapshot, policy, leaves, warnings);
    check_default(snapshot, policy, warnings);
    const bool is_unknown = ddl::is_number(snapshot.coverage.key) && !snapshot.coverage.newest;
    if (!is_unknown)
        check_retention(snapshot, policy, limits, warnings);
    return warnings;
}

}  // namespace tripmig::partition
