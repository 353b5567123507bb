#include "partition/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/replace_all.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/leaf.hpp"
#include "ddl/registry/registry.hpp"
#include "partition/default_scan.hpp"
#include "partition/newest_row.hpp"
#include "partition/retention/detached.hpp"
#include "partition/retention/expiry.hpp"
#include "partition/retention/retention.hpp"
#include "partition/retention/sizes.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// The newest partition that others can be made like.
const LeafSnapshot* newest_sibling(const Snapshot& snapshot) {
    const auto newest = std::find_if(snapshot.leaves.rbegin(), snapshot.leaves.rend(), [](const LeafSnapshot& leaf) {
        return !leaf.info.is_detach_pending && leaf.info.kind != 'f';
    });
    return newest == snapshot.leaves.rend() ? nullptr : &*newest;
}

void read_parent(db::Session& session, const config::PartitionPolicy& policy, Snapshot& snapshot) {
    const auto table = db::read_table(session, policy.table, db::TableParts::own);
    if (!table)
        throw Error(ExitCode::refused, fmt::format("{} was dropped meanwhile", sql::quoted(policy.table)));
    const db::ParentFacts known = snapshot.parent;
    snapshot.parent = ddl::parent_facts(*table, policy.key);
    snapshot.parent.key_columns = known.key_columns;
    snapshot.parent.default_partition = known.default_partition;
    const LeafSnapshot* sibling = newest_sibling(snapshot);
    if (policy.template_table)
        snapshot.shape = read_shape(session, *policy.template_table, policy.key, snapshot.coverage);
    else if (sibling != nullptr)
        snapshot.shape = read_shape(session, sibling->leaf.name, policy.key, snapshot.coverage);
    else
        snapshot.shape.shape = ddl::plain_shape(snapshot.parent);
}

/// A publication that names partitions does not get new ones.
std::vector<std::string> partition_publications(db::Session& session, const QualifiedName& table) {
    std::vector<std::string> sentences;
    for (const db::Row& row : session.read(
             "SELECT pg_catalog.quote_ident(p.pubname) AS publication, pg_catalog.format('%I.%I', n.nspname, "
             "c.relname) AS name FROM "
             "pg_catalog.pg_publication_rel AS r JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid JOIN "
             "pg_catalog.pg_inherits AS i ON i.inhrelid = r.prrelid JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid "
             "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE i.inhparent = "
             "pg_catalog.to_regclass($1) ORDER BY 1, 2",
             {sql::quoted(table)}))
        sentences.push_back(
            fmt::format("publication {} names the partition {}: new partitions are in it only when it names {} itself",
                        row.text("publication"), row.text("name"), sql::quoted(table)));
    return sentences;
}

std::vector<std::int64_t> rows_within(db::Session& session, const Snapshot& snapshot,
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

/// A scan that does not fit is not worth the count: nothing will be attached.
void inspect_default(db::Session& session, const std::vector<ddl::Bounds>& missing, const Limits& limits,
                     Snapshot& snapshot) {
    snapshot.default_scan = measure_default(session, snapshot);
    if (!fits(*snapshot.default_scan, limits))
        return;
    const std::vector<std::int64_t> rows = rows_within(session, snapshot, missing);
    for (std::size_t i = 0; i < missing.size(); ++i)
        snapshot.default_scan->rows[missing[i].lower] = rows[i];
}

void inspect_registry(db::Session& session, Snapshot& snapshot) {
    const auto table = db::read_table(session, snapshot.parent.table, db::TableParts::own);
    if (!table)
        return;
    snapshot.parent.truncate_triggers = ddl::parent_facts(*table, snapshot.parent.key).truncate_triggers;
    snapshot.incoming = table->incoming;
    ddl::Registry registry;
    registry.table = ddl::registry_name(table->name);
    // Known by its name and by its trigger on the table: a table that is merely called so is none.
    const auto keeps = [&](const db::TriggerInfo& trigger) {
        return trigger.name == registry.keep_trigger() && trigger.function == sql::quoted(registry.keep_function());
    };
    if (!snapshot.has_registry || std::none_of(table->triggers.begin(), table->triggers.end(), keeps))
        return;
    const auto found = db::read_table(session, registry.table, db::TableParts::own);
    if (!found || found->primary_key() == nullptr)
        return;
    snapshot.registry = RegistryFacts{found->name, found->primary_key()->columns, snapshot.parent.key};
    snapshot.incoming = found->incoming;
}

void look_up_newest_row(db::Session& session, const config::PartitionPolicy& policy, Snapshot& snapshot) {
    const auto oldest = oldest_believable_row(snapshot.coverage, policy, snapshot.now);
    if (!oldest || snapshot.newest_row)
        return;
    snapshot.newest_row = find_newest_row(session, snapshot, *oldest);
    snapshot.coverage.is_beyond_rows = snapshot.newest_row && snapshot.newest_row->key < *oldest;
}

std::vector<OutgoingKey> read_outgoing(db::Session& session, const QualifiedName& partition) {
    std::vector<OutgoingKey> keys;
    if (const auto table = db::read_table(session, partition, db::TableParts::own))
        for (const db::ConstraintInfo& constraint : table->constraints)
            if (constraint.kind == 'f')
                keys.push_back({constraint.name, constraint.references, constraint.definition});
    return keys;
}

void inspect_retired(db::Session& session, const std::vector<LeafSnapshot>& retired, Snapshot& snapshot) {
    std::vector<db::PartitionInfo> infos;
    for (const LeafSnapshot& leaf : retired)
        infos.push_back(leaf.info);
    for (const db::PartitionSize& size : db::read_partition_sizes(session, infos))
        for (const db::PartitionInfo& info : infos)
            if (info.oid == size.oid)
                snapshot.pages[info.name] = size.pages;
    for (const LeafSnapshot& leaf : retired)
        snapshot.outgoing[leaf.leaf.name] = read_outgoing(session, leaf.leaf.name);
    for (const LeafSnapshot& leaf : retired)
        for (const db::IncomingKey& key : snapshot.incoming)
            if (session.flag(is_referenced_sql(key, leaf.leaf.name)))
                snapshot.references[leaf.leaf.name].push_back({key.table, key.name});
}

/// Reads, whatever it says, and not for ever.
bool only_if_agrees(db::Session& session, const config::PartitionPolicy& policy, const QualifiedName& partition) {
    const std::string name = sql::quoted(partition);
    if (name.find('\'') != std::string::npos)
        throw Error(ExitCode::refused,
                    fmt::format("only_if can't be asked about {}: there is a quote in its name", name), "rename it");
    std::string sql = policy.retention->only_if;
    replace_all(sql, "{partition}", name);
    try {
        std::optional<bool> answer;
        session.transact(db::Isolation::read_committed, [&](db::Work& work) {
            work.read("SET TRANSACTION READ ONLY");
            work.read("SET LOCAL statement_timeout = '60s'");
            answer = work.read(sql).optional_flag();
        });
        return answer.value_or(false);
    } catch (const Error& error) {
        if (session.is_broken())
            throw;
        throw error
            .rewrapped(ExitCode::refused, fmt::format("only_if of {} about {}: ", sql::quoted(policy.table), name))
            .with_hint("it is a SELECT of one boolean; write names with their schema. Nothing was detached or dropped");
    }
}

/// As many as this run may take, and those before them that it says no of.
template <typename Partitions>
void hold_back(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
               const Partitions& partitions, Snapshot& snapshot) {
    int agreed = 0;
    for (const auto& each : partitions) {
        if (agreed >= limits.max_drop)
            return;
        if (only_if_agrees(session, policy, each.leaf.name))
            ++agreed;
        else
            snapshot.held.insert(each.leaf.name);
    }
}

void ask_only_if(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                 Snapshot& snapshot) {
    if (policy.retention->only_if.empty())
        return;
    if (!clock_ahead(snapshot, policy))
        hold_back(session, policy, limits, expired_leaves(snapshot, policy), snapshot);
    if (!due_too_early(snapshot, policy))
        hold_back(session, policy, limits, due_at(snapshot.moment, snapshot, policy), snapshot);
}

/// Up to MAXVALUE, with a gap before it: what lies there is far ahead of the present.
bool holds_outliers(const Snapshot& snapshot, const LeafSnapshot& leaf) {
    const ddl::Bounds& bounds = leaf.leaf.bounds;
    return bounds.upper.is_maxvalue() && snapshot.leaves.size() > 1 &&
           std::none_of(snapshot.leaves.begin(), snapshot.leaves.end(),
                        [&](const LeafSnapshot& each) { return each.leaf.bounds.upper == bounds.lower; });
}

std::optional<ddl::Bound> largest_key(db::Session& session, const Snapshot& snapshot) {
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend(); ++leaf) {
        if (leaf->info.is_detach_pending || holds_outliers(snapshot, *leaf))
            continue;
        const auto largest =
            session.read(ddl::outermost_key_sql(ddl::KeyEnd::last, sql::quoted(leaf->leaf.name), snapshot.parent.key))
                .optional_text();
        if (largest)
            return ddl::parse_bound(snapshot.coverage.key, *largest);
    }
    return std::nullopt;
}

}  // namespace

void inspect_newest_number(db::Session& session, Snapshot& snapshot) {
    if (ddl::is_number(snapshot.coverage.key))
        snapshot.coverage.newest = largest_key(session, snapshot);
}

void inspect_missing(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                     Snapshot& snapshot) {
    const auto missing =
        ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create).most_urgent_first();
    if (missing.empty())
        return;
    read_parent(session, policy, snapshot);
    snapshot.publications = partition_publications(session, policy.table);
    snapshot.taken = db::taken_names(
        session, policy.table.schema,
        ddl::possible_names(policy.name, policy.table, snapshot.coverage.key, missing, snapshot.coverage.calendar));
    if (snapshot.default_partition)
        inspect_default(session, missing, limits, snapshot);
}

void inspect_gaps(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                  Snapshot& snapshot) {
    if (ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create).refused)
        look_up_newest_row(session, policy, snapshot);
}

void inspect_expired(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                     Snapshot& snapshot) {
    const bool has_pending = std::any_of(snapshot.leaves.begin(), snapshot.leaves.end(),
                                         [](const LeafSnapshot& leaf) { return leaf.info.is_detach_pending; });
    const bool has_expired = !expired_leaves(snapshot, policy).empty();
    const bool has_due = !due_at(snapshot.moment, snapshot, policy).empty();
    const std::vector<DetachedPartition> unfinished = half_clean(snapshot);
    if (has_pending || has_expired || !unfinished.empty())
        inspect_registry(session, snapshot);
    for (const LeafSnapshot& leaf : snapshot.leaves)
        if (leaf.info.is_detach_pending)
            snapshot.outgoing[leaf.leaf.name] = read_outgoing(session, leaf.leaf.name);
    for (const DetachedPartition& each : unfinished)
        snapshot.outgoing[each.leaf.name] = read_outgoing(session, each.leaf.name);
    if (!has_expired && !has_due)
        return;
    look_up_newest_row(session, policy, snapshot);
    if (ddl::is_number(snapshot.coverage.key))
        snapshot.filled_below = find_filled_below(session, snapshot);
    ask_only_if(session, policy, limits, snapshot);
    const auto retired = leaves_to_retire(snapshot, policy, limits);
    if (!retired.empty())
        inspect_retired(session, retired, snapshot);
}

void inspect_sizes(db::Session& session, const config::PartitionPolicy& policy, Snapshot& snapshot) {
    if (!policy.retention || !policy.retention->keep_bytes)
        return;
    std::vector<db::PartitionInfo> infos;
    for (const LeafSnapshot& leaf : snapshot.leaves)
        infos.push_back(leaf.info);
    for (const auto& [oid, size] : read_sizes(session, infos))
        snapshot.bytes[oid] = size.bytes;
}

void inspect_surroundings(db::Session& session, const config::PartitionPolicy& policy, Snapshot& snapshot) {
    if (snapshot.default_partition && policy.default_partition != config::PartitionPolicy::Default::none)
        snapshot.default_rows = count_default(session, *snapshot.default_partition);
    if (snapshot.has_registry) {
        ddl::Registry registry;
        registry.table = ddl::registry_name(snapshot.parent.table);
        snapshot.registry_problems =
            db::read_trigger_problems(session, snapshot.parent.table, registry.table, registry.triggers());
    }
}

void inspect_attach(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                    const ddl::Leaf& leaf, Snapshot& snapshot) {
    read_parent(session, policy, snapshot);
    inspect_registry(session, snapshot);
    snapshot.outgoing[snapshot.parent.table] = read_outgoing(session, snapshot.parent.table);
    snapshot.outgoing[leaf.name] = read_outgoing(session, leaf.name);
    if (snapshot.default_partition)
        inspect_default(session, {leaf.bounds}, limits, snapshot);
}

void inspect_all(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                 Snapshot& snapshot) {
    inspect_newest_number(session, snapshot);
    inspect_missing(session, policy, limits, snapshot);
    inspect_gaps(session, policy, limits, snapshot);
    inspect_sizes(session, policy, snapshot);
    inspect_expired(session, policy, limits, snapshot);
    inspect_surroundings(session, policy, snapshot);
}

}  // namespace tripmig::partition
