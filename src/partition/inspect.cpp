#include "partition/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/leaf.hpp"
#include "ddl/leaf_index.hpp"
#include "ddl/registry/registry.hpp"
#include "partition/newest_row.hpp"
#include "partition/retention.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

Error not_partitioned(const config::PartitionPolicy& policy, const std::optional<db::TableInfo>& table) {
    const std::string name = sql::quoted(policy.table);
    if (!table)
        return {ExitCode::refused, fmt::format("there is no table {}", name),
                fmt::format("a migration has to make it first (tripmig up), or its name is wrong in {}",
                            policy.file.empty() ? "the command" : policy.file.string())};
    if (table->kind != 'r')
        return {ExitCode::refused, fmt::format("{} is no table", name), "a policy is for a table"};
    return {ExitCode::refused, fmt::format("{} is not partitioned yet", name),
            fmt::format("`tripmig swap run {}` makes it so, while it is in use", name)};
}

void require_range(const config::PartitionPolicy& policy, const db::PartitioningInfo& partitioning) {
    const std::string name = sql::quoted(policy.table);
    if (partitioning.strategy != 'r' || partitioning.key_columns != 1 || partitioning.key.empty())
        throw Error(ExitCode::refused, fmt::format("{} is not partitioned by range of one column", name),
                    "leaves are made for such tables only; take its policy away");
    if (partitioning.key != policy.key)
        throw Error(ExitCode::refused,
                    fmt::format("{} is partitioned by {}, its policy says {}", name, sql::quote_ident(partitioning.key),
                                sql::quote_ident(policy.key)),
                    fmt::format("write key = \"{}\"", partitioning.key));
}

void add_leaves(Snapshot& snapshot, const db::PartitioningInfo& partitioning) {
    for (const db::PartitionInfo& info : partitioning.partitions) {
        if (info.is_default()) {
            snapshot.default_partition = info;
            snapshot.parent.default_partition = info.name;
            continue;
        }
        const auto bounds = ddl::parse_bounds(snapshot.coverage.key, info.bound);
        if (!bounds)
            throw Error(ExitCode::refused,
                        fmt::format("the bounds of {} are beyond what is understood here: {}", sql::quoted(info.name),
                                    info.bound),
                        "detach that partition, or keep this table without a policy");
        snapshot.leaves.push_back({{info.name, *bounds}, info});
    }
    std::sort(snapshot.leaves.begin(), snapshot.leaves.end(),
              [](const LeafSnapshot& a, const LeafSnapshot& b) { return a.leaf.bounds.lower < b.leaf.bounds.lower; });
    for (const LeafSnapshot& leaf : snapshot.leaves)
        snapshot.coverage.leaves.push_back(leaf.leaf.bounds);
    // A partitioned table has no storage parameters: what people set on the newest leaf is what the next one gets.
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend() && snapshot.parent.options.empty();
         ++leaf)
        if (!leaf->info.is_partitioned) {
            snapshot.parent.options = leaf->info.options;
            break;
        }
}

/// Known by its name and by its trigger on the table: a table that is merely called so is none.
std::optional<db::TableInfo> find_registry(db::Session& session, const db::TableInfo& table) {
    ddl::Registry registry;
    registry.table = ddl::registry_name(table.name);
    const auto keeps = [&](const db::TriggerInfo& trigger) {
        return trigger.name == registry.keep_trigger() && trigger.function == sql::quoted(registry.keep_function());
    };
    if (std::none_of(table.triggers.begin(), table.triggers.end(), keeps))
        return std::nullopt;
    return db::read_table(session, registry.table);
}

std::vector<std::string> registry_problems(db::Session& session, const QualifiedName& table) {
    ddl::Registry registry;
    registry.table = ddl::registry_name(table);
    return db::read_trigger_problems(session, table, registry.table, registry.triggers());
}

void add_registry(Snapshot& snapshot, db::Session& session, const db::TableInfo& table) {
    snapshot.incoming = table.incoming;
    snapshot.registry_problems = registry_problems(session, table.name);
    const auto registry = find_registry(session, table);
    if (!registry || registry->primary_key() == nullptr)
        return;
    snapshot.registry = RegistryFacts{registry->name, registry->primary_key()->columns, snapshot.parent.key};
    snapshot.incoming = registry->incoming;
}

std::vector<std::int64_t> rows_in_default(db::Session& session, const Snapshot& snapshot,
                                          const std::vector<ddl::Bounds>& missing) {
    std::string counts;
    for (const ddl::Bounds& bounds : missing)
        counts += fmt::format("{}pg_catalog.count(*) FILTER (WHERE {})", counts.empty() ? "" : ", ",
                              ddl::within(snapshot.coverage.key, bounds, snapshot.parent.key));
    std::vector<std::int64_t> rows;
    for (const db::Row& row : session.read(fmt::format("SELECT pg_catalog.unnest(ARRAY[{}]) AS rows FROM {}", counts,
                                                       sql::quoted(snapshot.default_partition->name))))
        rows.push_back(row.number("rows"));
    return rows;
}

/// No parent says that its leaves have unique indexes of their own: what the newest leaf has is what the next one gets.
void add_leaf_indexes(db::Session& session, Snapshot& snapshot) {
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend(); ++leaf) {
        if (leaf->info.is_partitioned || leaf->info.is_detach_pending)
            continue;
        if (const auto table = db::read_table(session, leaf->leaf.name))
            snapshot.parent.leaf_indexes = ddl::leaf_indexes_of(*table, snapshot.parent.key);
        return;
    }
}

/// It costs a look at rows: only when something is to be retired, or more gaps are missing than may be created.
void look_up_newest_row(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                        Snapshot& snapshot) {
    const auto oldest = oldest_believable_row(snapshot.coverage.key, policy, snapshot.now);
    if (!oldest)
        return;
    if (expired_leaves(snapshot, policy).empty() &&
        !ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create).refused)
        return;
    snapshot.newest_row = find_newest_row(session, snapshot, *oldest);
    snapshot.coverage.is_beyond_rows = snapshot.newest_row && snapshot.newest_row->key < *oldest;
}

void look_up_missing(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                     Snapshot& snapshot) {
    const auto missing =
        ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create).most_urgent_first();
    std::vector<std::string> names;
    names.reserve(missing.size());
    for (const ddl::Bounds& bounds : missing)
        names.push_back(ddl::leaf_name(policy.name, policy.table.name, snapshot.coverage.key, bounds.lower));
    snapshot.taken = db::taken_names(session, policy.table.schema, names);
    if (!missing.empty())
        add_leaf_indexes(session, snapshot);
    if (snapshot.default_partition && !missing.empty())
        snapshot.default_rows = rows_in_default(session, snapshot, missing);
}

void look_up_expired(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                     Snapshot& snapshot) {
    const auto expired = leaves_to_retire(snapshot, policy, limits);
    if (expired.empty())
        return;
    std::vector<db::PartitionInfo> infos;
    infos.reserve(expired.size());
    for (const LeafSnapshot& leaf : expired)
        infos.push_back(leaf.info);
    for (const db::PartitionSize& size : db::read_partition_sizes(session, infos))
        for (const db::PartitionInfo& info : infos)
            if (info.oid == size.oid)
                snapshot.pages[info.name] = size.pages;
    for (const LeafSnapshot& leaf : expired)
        for (const db::IncomingKey& key : snapshot.incoming)
            if (session.flag(is_referenced_sql(key, leaf.leaf.name)))
                snapshot.references[leaf.leaf.name].push_back({key.table, key.name});
}

}  // namespace

Snapshot read_table_snapshot(db::Session& session, const config::PartitionPolicy& policy, Instant now) {
    const auto table = db::read_table(session, policy.table);
    if (!table || !table->is_partitioned())
        throw not_partitioned(policy, table);
    const auto partitioning = db::read_partitioning(session, policy.table);
    if (!partitioning)
        throw not_partitioned(policy, std::nullopt);
    require_range(policy, *partitioning);
    Snapshot snapshot;
    snapshot.now = now;
    snapshot.parent = ddl::parent_facts(*table, policy.key);
    snapshot.coverage.key = ddl::key_type_of(snapshot.parent);
    add_leaves(snapshot, *partitioning);
    add_registry(snapshot, session, *table);
    return snapshot;
}

namespace {

std::optional<ddl::Bound> largest_key(db::Session& session, const Snapshot& snapshot) {
    const ddl::KeyType key = snapshot.coverage.key;
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend(); ++leaf) {
        if (leaf->info.is_detach_pending)
            continue;
        if (!ddl::is_number(key) && leaf->leaf.bounds.lower <= ddl::Bound::at(snapshot.now))
            return std::nullopt;
        const auto largest =
            session.read(ddl::outermost_key_sql(ddl::KeyEnd::last, sql::quoted(leaf->leaf.name), snapshot.parent.key))
                .optional_text();
        if (largest)
            return ddl::parse_bound(key, *largest);
    }
    return std::nullopt;
}

}  // namespace

std::optional<ddl::Bound> read_newest(db::Session& session, const Snapshot& snapshot) {
    try {
        return largest_key(session, snapshot);
    } catch (const Error& error) {
        // FORCE ROW LEVEL SECURITY hides the rows from their owner. A clock does without them, numbers do not.
        if (error.sqlstate() != "42501" || ddl::is_number(snapshot.coverage.key))
            throw;
        return std::nullopt;
    }
}

Snapshot inspect(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits, Instant now) {
    Snapshot snapshot = read_table_snapshot(session, policy, now);
    snapshot.coverage.newest = read_newest(session, snapshot);
    look_up_newest_row(session, policy, limits, snapshot);
    look_up_missing(session, policy, limits, snapshot);
    look_up_expired(session, policy, limits, snapshot);
    if (snapshot.default_partition && policy.default_partition == config::PartitionPolicy::Default::watch)
        snapshot.all_default_rows =
            session.number("SELECT pg_catalog.count(*) FROM " + sql::quoted(snapshot.default_partition->name));
    return snapshot;
}

}  // namespace tripmig::partition
