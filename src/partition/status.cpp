#include "partition/status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/missing_leaves.hpp"
#include "partition/inspect.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace chr = std::chrono;

namespace {

/// Up to here counting is quicker than people read: 1 MB.
constexpr std::int64_t counted_pages = 128;

/// nullopt: row security hides the rows from their owner, or the role may not read them.
std::optional<std::int64_t> count(db::Session& session, const QualifiedName& table) {
    try {
        return session.number(fmt::format("SELECT pg_catalog.count(*) FROM {}", sql::quoted(table)));
    } catch (const Error& error) {
        if (error.sqlstate() != "42501")
            throw;
        return std::nullopt;
    }
}

LeafStatus leaf_status(db::Session& session, const ddl::Leaf& leaf, const db::PartitionInfo& info,
                       const db::PartitionSize& size, bool is_counted) {
    LeafStatus status;
    status.leaf = leaf;
    status.bytes = size.bytes;
    status.last_vacuum = size.last_vacuum;
    status.last_analyze = size.last_analyze;
    status.is_detach_pending = info.is_detach_pending;
    if (is_counted || size.pages <= counted_pages)
        status.rows = count(session, leaf.name);
    status.is_exact = status.rows.has_value();
    if (!status.rows && info.rows >= 0)
        status.rows = static_cast<std::int64_t>(info.rows);
    return status;
}

db::PartitionSize size_of(const std::vector<db::PartitionSize>& sizes, const db::PartitionInfo& info) {
    const auto found =
        std::find_if(sizes.begin(), sizes.end(), [&](const db::PartitionSize& each) { return each.oid == info.oid; });
    return found == sizes.end() ? db::PartitionSize{} : *found;
}

void add_leaves(db::Session& session, const Snapshot& snapshot, TableStatus& status) {
    std::vector<db::PartitionInfo> infos;
    for (const LeafSnapshot& leaf : snapshot.leaves)
        infos.push_back(leaf.info);
    if (snapshot.default_partition)
        infos.push_back(*snapshot.default_partition);
    const auto sizes = db::read_partition_sizes(session, infos);
    for (const LeafSnapshot& leaf : snapshot.leaves)
        status.leaves.push_back(leaf_status(session, leaf.leaf, leaf.info, size_of(sizes, leaf.info), false));
    if (snapshot.default_partition) {
        const db::PartitionInfo& info = *snapshot.default_partition;
        status.default_partition = leaf_status(session, {info.name, {}}, info, size_of(sizes, info), true);
    }
}

/// The key that leaves are counted from. nullopt: a table by numbers that is empty, and says not where it starts.
std::optional<ddl::Bound> present_key(const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    if (!ddl::is_number(snapshot.coverage.key))
        return ddl::Bound::at(snapshot.now);
    if (snapshot.coverage.newest)
        return snapshot.coverage.newest;
    try {
        return ddl::present_leaf(snapshot.coverage, policy, snapshot.now).lower;
    } catch (const Error&) {
        return std::nullopt;
    }
}

void add_future(const Snapshot& snapshot, const config::PartitionPolicy& policy, TableStatus& status) {
    const auto present = present_key(snapshot, policy);
    if (!present)
        return;
    status.ahead = ddl::leaves_ahead(snapshot.coverage, policy, snapshot.now, policy.premake);
    status.covered_until = ddl::covered_until(snapshot.coverage, *present);
    if (status.covered_until && status.covered_until->is_finite() && !ddl::is_number(status.key))
        status.days_left = chr::floor<chr::days>(status.covered_until->instant() - snapshot.now).count();
}

}  // namespace

TableStatus table_status(db::Session& session, const config::PartitionPolicy& policy, Instant now) {
    TableStatus status;
    status.table = policy.table;
    status.premake = policy.premake;
    try {
        Snapshot snapshot = read_table_snapshot(session, policy, now);
        status.key = snapshot.coverage.key;
        ddl::check_interval(status.key, policy.interval);
        snapshot.coverage.newest = read_newest(session, snapshot);
        add_leaves(session, snapshot, status);
        status.registry_problems = snapshot.registry_problems;
        status.gaps = ddl::gaps(snapshot.coverage);
        add_future(snapshot, policy, status);
    } catch (const Error& error) {
        if (error.code() == ExitCode::unreachable)
            throw;
        status.problem = error;
    }
    return status;
}

}  // namespace tripmig::partition
