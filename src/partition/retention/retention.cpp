#include "partition/retention/retention.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// A range of a leaf's blocks, or all of it.
struct Blocks {
    std::optional<std::int64_t> from;
    std::optional<std::int64_t> to;
};

std::string in_blocks(const Blocks& blocks) {
    std::string text;
    if (blocks.from)
        text += fmt::format(" AND leaf.ctid >= '({},0)'::pg_catalog.tid", *blocks.from);
    if (blocks.to)
        text += fmt::format(" AND leaf.ctid < '({},0)'::pg_catalog.tid", *blocks.to);
    return text;
}

std::string joined(const std::vector<std::string>& left, const std::vector<std::string>& right, const char* alias) {
    std::string text;
    for (std::size_t i = 0; i < left.size(); ++i)
        text += fmt::format("{}{}.{} = leaf.{}", text.empty() ? "" : " AND ", alias, sql::quote_ident(left[i]),
                            sql::quote_ident(right[i]));
    return text;
}

std::string registered_in_leaf(const RegistryFacts& registry, const Blocks& blocks) {
    std::vector<std::string> columns = registry.ids;
    columns.push_back(registry.key);
    return joined(columns, columns, "registered") + in_blocks(blocks);
}

std::string referencing_in_leaf(const db::IncomingKey& key, const Blocks& blocks) {
    return joined(key.columns, key.referenced, "referencing") + in_blocks(blocks);
}

std::string exists_reference(const db::IncomingKey& key, const QualifiedName& leaf, const Blocks& blocks) {
    return fmt::format("EXISTS (SELECT FROM {} AS referencing JOIN {} AS leaf ON {})", sql::quoted(key.table),
                       sql::quoted(leaf), referencing_in_leaf(key, blocks));
}

Step delete_references(const db::IncomingKey& key, const QualifiedName& leaf, const Blocks& blocks) {
    return ddl::statement(fmt::format("DELETE FROM {} AS referencing USING {} AS leaf WHERE {}", sql::quoted(key.table),
                                      sql::quoted(leaf), referencing_in_leaf(key, blocks)),
                          "retention says cascade = true", {{key.table, LockMode::row_exclusive}});
}

Step refuse_references(const db::IncomingKey& key, const QualifiedName& leaf, const Blocks& blocks) {
    return ddl::check("SELECT NOT " + exists_reference(key, leaf, blocks),
                      fmt::format("rows of {} reference rows of {} (constraint {})", sql::quoted(key.table),
                                  sql::quoted(leaf), sql::quote_ident(key.name)));
}

std::vector<Step> release_steps(const Snapshot& snapshot, const QualifiedName& leaf, const Blocks& blocks,
                                bool cascade) {
    std::vector<Step> steps;
    if (snapshot.registry && !snapshot.incoming.empty())
        steps.push_back(ddl::statement(
            fmt::format(
                "WITH locked AS MATERIALIZED (SELECT 1 FROM {} AS registered JOIN {} AS leaf ON {} FOR UPDATE OF "
                "registered) SELECT pg_catalog.count(*) FROM locked",
                sql::quoted(snapshot.registry->table), sql::quoted(leaf),
                registered_in_leaf(*snapshot.registry, blocks)),
            "no new row can reference these ids", {{snapshot.registry->table, LockMode::row_share}}));
    for (const db::IncomingKey& key : snapshot.incoming)
        steps.push_back(cascade ? delete_references(key, leaf, blocks) : refuse_references(key, leaf, blocks));
    if (snapshot.registry)
        steps.push_back(ddl::statement(
            fmt::format("DELETE FROM {} AS registered USING {} AS leaf WHERE {}", sql::quoted(snapshot.registry->table),
                        sql::quoted(leaf), registered_in_leaf(*snapshot.registry, blocks)),
            "the ids of the partition's rows", {{snapshot.registry->table, LockMode::row_exclusive}}));
    return steps;
}

Unit alone(std::string name, std::string sql, std::string why, std::vector<LockRequest> locks) {
    Step step = ddl::statement(std::move(sql), std::move(why), std::move(locks));
    // A second try would meet what the first left half done: the next run finds it and finishes it.
    step.retry = Retry::never;
    return ddl::alone(std::move(name), std::move(step));
}

std::vector<LockRequest> detach_locks(const Snapshot& snapshot, const QualifiedName& leaf, LockMode on_parent) {
    std::vector<LockRequest> locks{{snapshot.parent.table, on_parent}};
    std::vector<QualifiedName> leaves{leaf};
    if (snapshot.default_partition)
        leaves.push_back(snapshot.default_partition->name);
    std::sort(leaves.begin(), leaves.end());
    for (const QualifiedName& each : leaves)
        locks.push_back({each, LockMode::access_exclusive});
    return locks;
}

std::string detach_sql(const Snapshot& snapshot, const QualifiedName& leaf, const char* how) {
    return fmt::format("ALTER TABLE {} DETACH PARTITION {}{}", sql::quoted(snapshot.parent.table), sql::quoted(leaf),
                       how);
}

/// A table that is referenced itself: DETACH locks those that reference it as well.
void add_referencing(const Snapshot& snapshot, std::vector<LockRequest>& locks) {
    if (snapshot.registry)
        return;
    for (const db::IncomingKey& key : snapshot.incoming)
        locks.push_back({key.table, LockMode::access_exclusive});
}

}  // namespace

std::string is_referenced_sql(const db::IncomingKey& key, const QualifiedName& leaf) {
    return "SELECT " + exists_reference(key, leaf, {});
}

std::vector<Unit> delete_references(const Snapshot& snapshot, const LeafSnapshot& leaf, bool cascade) {
    std::vector<Unit> units;
    if (!snapshot.registry && (!cascade || snapshot.incoming.empty()))
        return units;
    const QualifiedName& name = leaf.leaf.name;
    const auto found = snapshot.pages.find(name);
    const std::int64_t pages = found == snapshot.pages.end() ? 0 : found->second;
    for (std::int64_t from = 0; from == 0 || from < pages; from += batch_blocks) {
        Unit unit;
        unit.name = fmt::format("delete references to {}, blocks from {}", sql::quoted(name), from);
        const bool is_last = from + batch_blocks >= pages;
        unit.steps =
            release_steps(snapshot, name, {from, is_last ? std::nullopt : std::optional(from + batch_blocks)}, cascade);
        units.push_back(std::move(unit));
    }
    return units;
}

Unit detach_leaf(const Snapshot& snapshot, const QualifiedName& leaf, const Limits& limits) {
    const std::string name = fmt::format("detach partition {}", sql::quoted(leaf));
    const std::string why = "the policy no longer keeps it; it stays as a separate table";
    if (!snapshot.default_partition) {
        std::vector<LockRequest> locks = detach_locks(snapshot, leaf, LockMode::share_update_exclusive);
        add_referencing(snapshot, locks);
        return alone(name, detach_sql(snapshot, leaf, " CONCURRENTLY"), why, std::move(locks));
    }
    Unit unit;
    unit.name = name;
    unit.lock_first = detach_locks(snapshot, leaf, LockMode::access_exclusive);
    unit.lock_budget = limits.lock_budget;
    unit.max_hold = limits.max_lock_hold;
    Step step = ddl::statement(detach_sql(snapshot, leaf, ""), why, unit.lock_first);
    add_referencing(snapshot, step.locks);
    unit.steps.push_back(std::move(step));
    return unit;
}

Unit finalize_detach(const Snapshot& snapshot, const QualifiedName& leaf) {
    std::vector<LockRequest> locks{{snapshot.parent.table, LockMode::share_update_exclusive},
                                   {leaf, LockMode::access_exclusive}};
    add_referencing(snapshot, locks);
    return alone(fmt::format("finish the detach of {}", sql::quoted(leaf)), detach_sql(snapshot, leaf, " FINALIZE"),
                 "a DETACH ... CONCURRENTLY of it was interrupted", std::move(locks));
}

namespace {

/// While it is there the rows that it references can't be deleted.
Unit drop_outgoing(const QualifiedName& leaf, const OutgoingKey& key, const Limits& limits) {
    Unit unit;
    unit.name = fmt::format("drop foreign key {} of {}", sql::quote_ident(key.name), sql::quoted(leaf));
    unit.lock_first = {{key.references, LockMode::access_exclusive}, {leaf, LockMode::access_exclusive}};
    unit.lock_budget = limits.lock_budget;
    unit.max_hold = limits.max_lock_hold;
    unit.steps.push_back(ddl::statement(
        fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", sql::quoted(leaf), sql::quote_ident(key.name)),
        "a detached table must not keep anyone from deleting referenced rows", unit.lock_first));
    return unit;
}

}  // namespace

std::vector<Unit> clean_up_detached(const Snapshot& snapshot, const QualifiedName& leaf, bool cascade,
                                    const Limits& limits) {
    Unit unit;
    unit.name = fmt::format("clean up {}", sql::quoted(leaf));
    for (const db::TruncateTrigger& trigger : snapshot.parent.truncate_triggers)
        unit.steps.push_back(ddl::statement(
            fmt::format("DROP TRIGGER IF EXISTS {} ON {}", sql::quote_ident(trigger.name), sql::quoted(leaf)),
            "it served the partitioned table", {{leaf, LockMode::access_exclusive}}));
    std::vector<Unit> units;
    if (!unit.steps.empty())
        units.push_back(std::move(unit));
    if (const auto keys = snapshot.outgoing.find(leaf); keys != snapshot.outgoing.end())
        for (const OutgoingKey& key : keys->second)
            units.push_back(drop_outgoing(leaf, key, limits));
    if (!snapshot.registry)
        return units;
    Unit sweep;
    sweep.name = fmt::format("delete late references to {}", sql::quoted(leaf));
    sweep.steps = release_steps(snapshot, leaf, {}, cascade);
    units.push_back(std::move(sweep));
    return units;
}

}  // namespace tripmig::partition
