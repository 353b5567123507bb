#include "partition/status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "partition/health.hpp"
#include "partition/inspect.hpp"
#include "partition/newest_row.hpp"
#include "partition/overview.hpp"
#include "partition/retention/detached.hpp"
#include "partition/retention/detached_state.hpp"
#include "partition/retention/expiry.hpp"
#include "partition/retention/sizes.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace chr = std::chrono;

namespace {

/// Of all tables at once.
Sizes read_all_sizes(db::Session& session, const Overview& overview) {
    std::vector<db::PartitionInfo> infos;
    for (const TableOverview& table : overview.tables) {
        if (!table.snapshot)
            continue;
        for (const LeafSnapshot& leaf : table.snapshot->leaves)
            infos.push_back(leaf.info);
        if (table.snapshot->default_partition)
            infos.push_back(*table.snapshot->default_partition);
        for (const DetachedPartition& each : table.snapshot->detached)
            infos.push_back(as_partition(each.table));
    }
    return read_sizes(session, infos);
}

LeafStatus leaf_status(const ddl::Leaf& leaf, const db::PartitionInfo& info, const Sizes& sizes) {
    LeafStatus status;
    status.leaf = leaf;
    status.is_detach_pending = info.is_detach_pending;
    status.is_partitioned = info.is_partitioned;
    status.is_foreign = info.kind == 'f';
    if (const auto found = sizes.find(info.oid); found != sizes.end()) {
        status.rows = found->second.rows;
        status.bytes = found->second.bytes;
        status.last_vacuum = found->second.last_vacuum;
        status.last_analyze = found->second.last_analyze;
    }
    return status;
}

/// From the first partition that retention keeps to the last that premake asks for.
std::optional<ddl::Bounds> range_of_policy(const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    ddl::Bounds range = ddl::present_leaf(snapshot.coverage, policy, snapshot.now);
    for (int i = 0; i < policy.premake && range.upper.is_finite(); ++i)
        range.upper =
            ddl::bounds_after(snapshot.coverage.key, policy.interval, range, snapshot.coverage.calendar).upper;
    for (const ddl::Bounds& leaf : snapshot.coverage.leaves)
        range.lower = std::min(range.lower, leaf.lower.is_finite() ? leaf.lower : leaf.upper);
    if (const auto edge = ddl::retention_edge(snapshot.coverage, policy, snapshot.now))
        range.lower = std::max(range.lower, *edge);
    return range;
}

/// A large DEFAULT without an index on the key takes too long for a look.
std::optional<DefaultRows> count_misplaced(db::Session& session, const Snapshot& snapshot,
                                           const config::PartitionPolicy& policy) {
    constexpr std::int64_t most = 20'000;
    const auto range = range_of_policy(snapshot, policy);
    if (!range)
        return DefaultRows{};
    try {
        DefaultRows found;
        session.transact(db::Isolation::read_committed, [&](db::Work& work) {
            work.read("SET LOCAL statement_timeout = '5s'");
            found.rows =
                work.number(fmt::format("SELECT pg_catalog.count(*) FROM (SELECT FROM {} WHERE {} LIMIT {}) AS counted",
                                        sql::quoted(snapshot.default_partition->name),
                                        ddl::within(snapshot.coverage.key, *range, snapshot.parent.key), most + 1));
        });
        found.is_all = found.rows <= most;
        found.rows = std::min(found.rows, most);
        return found;
    } catch (const Error& error) {
        // Cancelled, or row security hides the rows from their owner.
        if (error.sqlstate() != "57014" && error.sqlstate() != "42501")
            throw;
        return std::nullopt;
    }
}

void add_beyond(const Snapshot& snapshot, const config::PartitionPolicy& policy, TableStatus& status) {
    if (ddl::is_number(snapshot.coverage.key))
        return;
    const auto range = range_of_policy(snapshot, policy);
    for (const LeafStatus& leaf : status.leaves)
        if (range && range->upper <= leaf.leaf.bounds.lower && leaf.leaf.bounds.lower.is_finite() &&
            leaf.rows.value_or(1) == 0)
            status.beyond.push_back(leaf.leaf);
}

/// The policy may have changed its mind: then it is kept.
void add_detached_tables(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Sizes& sizes,
                         TableStatus& status) {
    const std::vector<DetachedPartition> will_go = due_at(Instant::max(), snapshot, policy);
    std::int64_t total = 0;
    for (const DetachedPartition& each : snapshot.detached) {
        if (each.table.is_attached)
            continue;
        DetachedStatus& detached = status.detached.emplace_back();
        detached.leaf = each.leaf;
        detached.detached_at = each.table.detached_at;
        const bool goes = std::any_of(will_go.begin(), will_go.end(), [&](const DetachedPartition& other) {
            return other.table.oid == each.table.oid;
        });
        detached.action = goes ? each.table.action : "detach";
        if (goes)
            detached.due_at = each.table.due_at;
        if (const auto found = sizes.find(each.table.oid); found != sizes.end())
            detached.bytes = found->second.bytes;
        total += detached.bytes.value_or(0);
    }
    status.health.detached_bytes = total;
}

/// A table that gets no rows for long waits until somebody has looked at the clock.
void look_at_the_clock(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                       Snapshot& snapshot) {
    if (overdue_leaves(snapshot, policy, limits).empty() && overdue_detached(snapshot, policy, limits).empty())
        return;
    if (const auto oldest = oldest_believable_row(snapshot.coverage, policy, snapshot.now)) {
        snapshot.newest_row = find_newest_row(session, snapshot, *oldest);
        snapshot.coverage.is_beyond_rows = snapshot.newest_row && snapshot.newest_row->key < *oldest;
    }
    if (ddl::is_number(snapshot.coverage.key))
        snapshot.filled_below = find_filled_below(session, snapshot);
}

void add_overdue(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits, Snapshot& snapshot,
                 TableStatus& status) {
    look_at_the_clock(session, policy, limits, snapshot);
    for (const LeafSnapshot& leaf : expired_leaves(snapshot, policy))
        status.expired.push_back(leaf.leaf);
    for (const LeafSnapshot& leaf : overdue_leaves(snapshot, policy, limits))
        status.overdue.push_back(leaf.leaf);
    for (const DetachedPartition& each : overdue_detached(snapshot, policy, limits))
        status.overdue_detached.push_back(each.leaf);
}

void add_future(const Snapshot& snapshot, TableStatus& status) {
    std::optional<ddl::Bound> present = snapshot.coverage.newest;
    if (!ddl::is_number(snapshot.coverage.key))
        present = ddl::Bound::at(snapshot.now);
    status.present = present;
    if (!present)
        return;
    status.covered_until = ddl::covered_until(snapshot.coverage, *present);
    if (status.covered_until && status.covered_until->is_finite() && !ddl::is_number(status.key))
        status.days_left = chr::floor<chr::days>(status.covered_until->instant() - snapshot.now).count();
}

void look(Server& server, const config::PartitionPolicy& policy, const Limits& limits, const Sizes& sizes,
          Snapshot& snapshot, TableStatus& status) {
    status.key = snapshot.coverage.key;
    for (const LeafSnapshot& leaf : snapshot.leaves)
        status.leaves.push_back(leaf_status(leaf.leaf, leaf.info, sizes));
    if (snapshot.default_partition)
        status.default_partition =
            leaf_status({snapshot.default_partition->name, {}}, *snapshot.default_partition, sizes);
    if (ddl::is_number(snapshot.coverage.key))
        inspect_newest_number(server.session.get(), snapshot);
    status.gaps = open_gaps(snapshot, policy, limits);
    add_future(snapshot, status);
    add_beyond(snapshot, policy, status);
    if (snapshot.has_registry)
        inspect_surroundings(server.session.get(), policy, snapshot);
    status.registry_problems = snapshot.registry_problems;
    add_detached_tables(snapshot, policy, sizes, status);
    if (policy.retention)
        add_overdue(server.session.get(), policy, limits, snapshot, status);
    if (snapshot.default_partition) {
        status.misplaced = count_misplaced(server.session.get(), snapshot, policy);
        snapshot.default_rows = status.misplaced;
    }
    const auto detached_bytes = status.health.detached_bytes;
    status.health = health_after(std::move(snapshot), policy, limits, {}, {});
    status.health.detached_bytes = detached_bytes;
    status.health.retention_overdue = status.overdue.size() + status.overdue_detached.size();
}

}  // namespace

StatusResult read_status(Server& server, const std::vector<config::PartitionPolicy>& policies,
                         const std::function<Limits(const config::PartitionPolicy&)>& limits) {
    StatusResult result;
    Overview overview = read_overview(server.executor.connection(), policies, std::nullopt);
    result.now = overview.now;
    add_detached(server.executor.connection(), server.state_schema, overview);
    const Sizes sizes = read_all_sizes(server.session.get(), overview);
    for (std::size_t i = 0; i < policies.size(); ++i) {
        server.stop.check();
        TableStatus& status = result.tables.emplace_back();
        status.table = policies[i].table;
        status.file = policies[i].file;
        status.health.premake = policies[i].premake;
        status.problem = overview.tables[i].error;
        if (status.problem)
            continue;
        try {
            look(server, policies[i], limits(policies[i]), sizes, *overview.tables[i].snapshot, status);
        } catch (const Error& error) {
            if (server.concerns_every_table(error))
                throw;
            status.problem = of_table(error);
        }
    }
    return result;
}

}  // namespace tripmig::partition
