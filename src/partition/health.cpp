#include "partition/health.hpp"

#include <algorithm>

#include "partition/retention/detached.hpp"
#include "partition/retention/expiry.hpp"

namespace tripmig::partition {

namespace chr = std::chrono;

namespace {

/// A clock that jumped ahead for a night leaves partitions years from now: maintain fills nothing up to them, and as
/// time goes on premake does.
void drop_far_gaps(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                   std::vector<ddl::Bounds>& gaps) {
    if (gaps.empty() || ddl::is_number(snapshot.coverage.key))
        return;
    const auto missing = ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create);
    const auto is_far = [&](const ddl::Bounds& gap) {
        const auto is_within = [&](const ddl::Bounds& part) {
            return part.lower < gap.upper && gap.lower < part.upper;
        };
        return ddl::Bound::at(snapshot.now) < gap.lower &&
               std::none_of(missing.ahead.begin(), missing.ahead.end(), is_within) &&
               std::none_of(missing.gaps.begin(), missing.gaps.end(), is_within);
    };
    gaps.erase(std::remove_if(gaps.begin(), gaps.end(), is_far), gaps.end());
}

/// What goes for its size, or waits for only_if, is late for no clock.
bool is_by_time_alone(const config::RetentionPolicy& retention) {
    return !retention.keep_bytes && retention.only_if.empty();
}

}  // namespace

std::vector<ddl::Bounds> open_gaps(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                   const Limits& limits) {
    std::vector<ddl::Bounds> gaps = ddl::gaps(snapshot.coverage);
    drop_far_gaps(snapshot, policy, limits, gaps);
    const auto edge = ddl::retention_edge(snapshot.coverage, policy, snapshot.now);
    if (edge)
        gaps.erase(std::remove_if(gaps.begin(), gaps.end(), [&](const ddl::Bounds& gap) { return gap.upper <= *edge; }),
                   gaps.end());
    return gaps;
}

std::vector<LeafSnapshot> overdue_leaves(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                         const Limits& limits) {
    if (!policy.retention || !is_by_time_alone(*policy.retention) || clock_ahead(snapshot, policy))
        return {};
    std::vector<LeafSnapshot> expired = expired_at(snapshot.now - chr::days(1), snapshot, policy);
    if (static_cast<int>(expired.size()) > limits.max_drop)
        expired.clear();
    return expired;
}

std::vector<DetachedPartition> overdue_detached(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                                const Limits& limits) {
    if (!policy.retention || !policy.retention->only_if.empty() || due_too_early(snapshot, policy))
        return {};
    std::vector<DetachedPartition> due = due_at(snapshot.moment - chr::days(1), snapshot, policy);
    if (static_cast<int>(due.size()) > limits.max_drop)
        due.clear();
    return due;
}

std::optional<std::int64_t> seconds_ahead(const Snapshot& snapshot) {
    if (ddl::is_number(snapshot.coverage.key))
        return std::nullopt;
    const auto until = ddl::covered_until(snapshot.coverage, ddl::Bound::at(snapshot.now));
    if (!until)
        return 0;
    if (!until->is_finite())
        return std::nullopt;
    return chr::floor<chr::seconds>(until->instant() - snapshot.now).count();
}

TableHealth health_after(Snapshot snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                         const std::vector<ddl::Leaf>& created, const std::vector<ddl::Leaf>& detached,
                         const std::vector<ddl::Leaf>& dropped) {
    const auto has_gone = [&](const LeafSnapshot& leaf) {
        return std::any_of(detached.begin(), detached.end(),
                           [&](const ddl::Leaf& gone) { return gone.name == leaf.leaf.name; });
    };
    snapshot.leaves.erase(std::remove_if(snapshot.leaves.begin(), snapshot.leaves.end(), has_gone),
                          snapshot.leaves.end());
    std::erase_if(snapshot.detached, [&](const DetachedPartition& each) {
        return std::any_of(dropped.begin(), dropped.end(),
                           [&](const ddl::Leaf& gone) { return gone.name == each.leaf.name; });
    });
    for (const ddl::Leaf& leaf : created) {
        snapshot.leaves.push_back({leaf, {}});
        snapshot.leaves.back().info.name = leaf.name;
    }
    std::sort(snapshot.leaves.begin(), snapshot.leaves.end(),
              [](const LeafSnapshot& a, const LeafSnapshot& b) { return a.leaf.bounds.lower < b.leaf.bounds.lower; });
    snapshot.coverage.leaves.clear();
    for (const LeafSnapshot& leaf : snapshot.leaves)
        snapshot.coverage.leaves.push_back(leaf.leaf.bounds);
    TableHealth health;
    health.premake = policy.premake;
    health.gaps = open_gaps(snapshot, policy, limits).size();
    health.seconds_ahead = seconds_ahead(snapshot);
    health.default_rows = snapshot.default_rows ? snapshot.default_rows->rows : 0;
    health.detach_pending =
        static_cast<std::size_t>(std::count_if(snapshot.leaves.begin(), snapshot.leaves.end(),
                                               [](const LeafSnapshot& leaf) { return leaf.info.is_detach_pending; }));
    health.retention_overdue =
        overdue_leaves(snapshot, policy, limits).size() + overdue_detached(snapshot, policy, limits).size();
    const auto present =
        ddl::is_number(snapshot.coverage.key) ? snapshot.coverage.newest : std::optional(ddl::Bound::at(snapshot.now));
    health.has_present = present ? ddl::covered_until(snapshot.coverage, *present).has_value() ||
                                       ddl::awaited_start(snapshot.coverage, policy, snapshot.now).has_value()
                                 : !snapshot.leaves.empty();
    try {
        health.ahead = ddl::leaves_ahead(snapshot.coverage, policy, snapshot.now, policy.premake);
    } catch (const Error&) {
        health.ahead = 0;  // a table by numbers that is empty, and has no start
    }
    return health;
}

}  // namespace tripmig::partition
