#include "partition/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "partition/health.hpp"
#include "partition/inspect.hpp"
#include "partition/newest_row.hpp"
#include "partition/overview.hpp"
#include "partition/retention.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace chr = std::chrono;

namespace {

constexpr std::string_view lock_not_available = "55P03";

using Sizes = std::unordered_map<std::uint32_t, db::PartitionSize>;

void read_sizes_of(db::Session& session, const std::vector<db::PartitionInfo>& infos, Sizes& sizes) {
    for (db::PartitionSize& size : db::read_partition_sizes(session, infos))
        sizes.emplace(size.oid, std::move(size));
}

/// Whoever holds ACCESS EXCLUSIVE on one partition keeps nothing but its own size from being known.
void read_sizes_one_by_one(db::Session& session, const std::vector<db::PartitionInfo>& infos, Sizes& sizes) {
    for (const db::PartitionInfo& info : infos) {
        try {
            read_sizes_of(session, {info}, sizes);
        } catch (const Error& error) {
            if (error.sqlstate() != lock_not_available)
                throw;
        }
    }
}

/// Of all tables at once.
Sizes read_sizes(db::Session& session, const Overview& overview) {
    std::vector<db::PartitionInfo> infos;
    for (const TableOverview& table : overview.tables) {
        if (!table.snapshot)
            continue;
        for (const LeafSnapshot& leaf : table.snapshot->leaves)
            infos.push_back(leaf.info);
        if (table.snapshot->default_partition)
            infos.push_back(*table.snapshot->default_partition);
    }
    Sizes sizes;
    if (infos.empty())
        return sizes;
    try {
        read_sizes_of(session, infos, sizes);
    } catch (const Error& error) {
        if (error.sqlstate() != lock_not_available)
            throw;
        read_sizes_one_by_one(session, infos, sizes);
    }
    return sizes;
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

void add_overdue(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits, Snapshot& snapshot,
                 TableStatus& status) {
    if (overdue_leaves(snapshot, policy, limits).empty())
        return;
    if (const auto oldest = oldest_believable_row(snapshot.coverage, policy, snapshot.now)) {
        snapshot.newest_row = find_newest_row(session, snapshot, *oldest);
        snapshot.coverage.is_beyond_rows = snapshot.newest_row && snapshot.newest_row->key < *oldest;
    }
    if (ddl::is_number(snapshot.coverage.key))
        snapshot.filled_below = find_filled_below(session, snapshot);
    for (const LeafSnapshot& leaf : overdue_leaves(snapshot, policy, limits))
        status.overdue.push_back(leaf.leaf);
}

void add_future(const Snapshot& snapshot, TableStatus& status) {
    std::optional<ddl::Bound> present = snapshot.coverage.newest;
    if (!ddl::is_number(snapshot.coverage.key))
        present = ddl::Bound::at(snapshot.now);
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
    if (policy.retention)
        add_overdue(server.session.get(), policy, limits, snapshot, status);
    if (snapshot.default_partition) {
        status.misplaced = count_misplaced(server.session.get(), snapshot, policy);
        snapshot.default_rows = status.misplaced;
    }
    status.health = health_after(std::move(snapshot), policy, limits, {}, {});
    status.health.retention_overdue = status.overdue.size();
}

}  // namespace

StatusResult read_status(Server& server, const std::vector<config::PartitionPolicy>& policies,
                         const std::function<Limits(const config::PartitionPolicy&)>& limits) {
    StatusResult result;
    Overview overview = read_overview(server.executor.connection(), policies, std::nullopt);
    result.now = overview.now;
    const Sizes sizes = read_sizes(server.session.get(), overview);
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
