#include "partition/retention/attach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "db/state/with_state.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "partition/create.hpp"
#include "partition/inspect.hpp"
#include "partition/overview.hpp"
#include "partition/retention/detached.hpp"
#include "partition/retention/detached_state.hpp"
#include "partition/retention/expiry.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

constexpr std::string_view bounds_check = "tripmig_bounds";

std::string alter(const QualifiedName& table) {
    return fmt::format("ALTER TABLE {} ", sql::quoted(table));
}

Step drop_constraint(const QualifiedName& table, std::string_view name, std::string why) {
    return ddl::statement(alter(table) + fmt::format("DROP CONSTRAINT IF EXISTS {}", sql::quote_ident(name)),
                          std::move(why), {{table, LockMode::access_exclusive}});
}

Unit locked(std::string name, std::vector<LockRequest> locks, const Limits& limits) {
    Unit unit;
    unit.name = std::move(name);
    unit.lock_first = std::move(locks);
    unit.lock_budget = limits.lock_budget;
    return unit;
}

Unit validate(const QualifiedName& table, std::string_view constraint) {
    Unit unit;
    unit.name = fmt::format("validate {} of {}", sql::quote_ident(constraint), sql::quoted(table));
    unit.steps = {ddl::statement(alter(table) + fmt::format("VALIDATE CONSTRAINT {}", sql::quote_ident(constraint)),
                                 "all rows are read, and nobody waits", {{table, LockMode::share_update_exclusive}})};
    return unit;
}

void add_check(const Snapshot& snapshot, const ddl::Leaf& leaf, const Limits& limits, AttachPlan& plan) {
    Unit unit =
        locked(fmt::format("bound {}", sql::quoted(leaf.name)), {{leaf.name, LockMode::access_exclusive}}, limits);
    unit.steps = {drop_constraint(leaf.name, bounds_check, "an attach before this one may have left it"),
                  ddl::statement(alter(leaf.name) +
                                     fmt::format("ADD CONSTRAINT {} CHECK ({}) NOT VALID", bounds_check,
                                                 ddl::within(snapshot.coverage.key, leaf.bounds, snapshot.parent.key)),
                                 "ATTACH need not read the table", {{leaf.name, LockMode::access_exclusive}})};
    plan.units.push_back(std::move(unit));
    plan.units.push_back(validate(leaf.name, bounds_check));
    Unit undo = locked(fmt::format("drop CHECK {} of {}", bounds_check, sql::quoted(leaf.name)),
                       {{leaf.name, LockMode::access_exclusive}}, limits);
    undo.steps = {drop_constraint(leaf.name, bounds_check, "it was for ATTACH alone")};
    plan.undo.push_back(std::move(undo));
}

/// A key that maintain took off comes back. Until the table is attached, `maintain` would take it off again.
void add_foreign_key(const OutgoingKey& key, const DetachedPartition& partition, const Limits& limits,
                     AttachPlan& plan) {
    const QualifiedName& name = partition.leaf.name;
    const std::vector<LockRequest> locks{{key.references, LockMode::share_row_exclusive},
                                         {name, LockMode::access_exclusive}};
    Unit unit =
        locked(fmt::format("add foreign key {} to {}", sql::quote_ident(key.name), sql::quoted(name)), locks, limits);
    unit.steps = {drop_constraint(name, key.name, "an attach before this one may have left it"),
                  ddl::statement(alter(name) + fmt::format("ADD CONSTRAINT {} {} NOT VALID", sql::quote_ident(key.name),
                                                           key.definition),
                                 "ATTACH adopts it, and reads no row", locks),
                  db::record_half_clean_step(limits.state_schema, partition.table.oid)};
    plan.units.push_back(std::move(unit));
    plan.units.push_back(validate(name, key.name));
    Unit undo = locked(fmt::format("drop foreign key {} of {}", sql::quote_ident(key.name), sql::quoted(name)),
                       {{key.references, LockMode::access_exclusive}, {name, LockMode::access_exclusive}}, limits);
    undo.steps = {
        drop_constraint(name, key.name, "a detached table must not keep anyone from deleting referenced rows")};
    plan.undo.push_back(std::move(undo));
}

std::vector<Step> truncate_triggers(const Snapshot& snapshot, const QualifiedName& leaf) {
    std::vector<Step> steps;
    for (const db::TruncateTrigger& trigger : snapshot.parent.truncate_triggers) {
        const std::string name = sql::quote_ident(trigger.name);
        steps.push_back(ddl::statement(fmt::format("CREATE OR REPLACE TRIGGER {} {} TRUNCATE ON {} {}", name,
                                                   trigger.timing, sql::quoted(leaf), trigger.tail),
                                       "TRUNCATE triggers are not cloned by ATTACH",
                                       {{leaf, LockMode::share_row_exclusive}}));
        if (const std::string words = ddl::state_words(trigger.enabled); !words.empty())
            steps.push_back(ddl::statement(alter(leaf) + fmt::format("{} TRIGGER {}", words, name), "as the parent"));
    }
    return steps;
}

/// Ids come back before anybody sees the rows.
void add_registry(const Snapshot& snapshot, const QualifiedName& leaf, Unit& unit) {
    if (!snapshot.registry)
        return;
    std::string columns;
    for (const std::string& id : snapshot.registry->ids)
        columns += sql::quote_ident(id) + ", ";
    columns += sql::quote_ident(snapshot.registry->key);
    unit.before_locks.push_back(
        ddl::statement(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2}", sql::quoted(snapshot.registry->table),
                                   columns, sql::quoted(leaf)),
                       "its ids are those of the table again", {{snapshot.registry->table, LockMode::row_exclusive}}));
}

Unit attach_unit(const Snapshot& snapshot, const DetachedPartition& partition, const Limits& limits) {
    const QualifiedName& name = partition.leaf.name;
    const bool is_foreign = partition.table.kind == 'f';
    std::vector<LockRequest> locks = attach_locks(snapshot);
    if (!is_foreign)
        locks.push_back({name, LockMode::access_exclusive});
    Unit unit = locked(fmt::format("attach {}", sql::quoted(name)), locks, limits);
    add_registry(snapshot, name, unit);
    unit.steps = {require_same_table(partition, limits),
                  ddl::statement(alter(snapshot.parent.table) +
                                     fmt::format("ATTACH PARTITION {} {}", sql::quoted(name), partition.table.bounds),
                                 "its rows are those of the table again", locks)};
    if (!is_foreign)
        unit.steps.push_back(drop_constraint(name, bounds_check, "the partition's bounds say the same"));
    ddl::append(unit.steps, truncate_triggers(snapshot, name));
    unit.steps.push_back(db::forget_detached_step(limits.state_schema, partition.table.oid));
    return unit;
}

void require_room(const Snapshot& snapshot, const DetachedPartition& partition, const Limits& limits) {
    const ddl::Leaf& leaf = partition.leaf;
    for (const LeafSnapshot& other : snapshot.leaves)
        if (ddl::overlap(other.leaf.bounds, leaf.bounds))
            throw Error(
                ExitCode::refused,
                fmt::format("{} can't be attached: {} holds {}", sql::quoted(leaf.name), sql::quoted(other.leaf.name),
                            ddl::describe(snapshot.coverage.key, other.leaf.bounds)),
                fmt::format("it was made since; move its rows to {} and drop it first", sql::quoted(leaf.name)));
    if (const auto refusal = default_in_the_way(snapshot, leaf.bounds, limits))
        throw Error(*refusal);
}

}  // namespace

AttachPlan plan_attach(const Snapshot& snapshot, const DetachedPartition& partition, const Limits& limits) {
    require_room(snapshot, partition, limits);
    AttachPlan plan;
    const auto keys = snapshot.outgoing.find(snapshot.parent.table);
    if (partition.table.kind != 'f') {
        add_check(snapshot, partition.leaf, limits, plan);
        if (keys != snapshot.outgoing.end())
            for (const OutgoingKey& key : keys->second)
                add_foreign_key(key, partition, limits, plan);
    }
    plan.units.push_back(attach_unit(snapshot, partition, limits));
    return plan;
}

namespace {

DetachedPartition find_detached(const Snapshot& snapshot, const QualifiedName& name) {
    for (const DetachedPartition& each : snapshot.detached)
        if (each.leaf.name == name && !each.table.is_attached)
            return each;
    throw Error(ExitCode::refused,
                fmt::format("{} is no detached partition of {}", sql::quoted(name), sql::quoted(snapshot.parent.table)),
                "`tripmig partition status` lists them");
}

/// Best effort: what can't be taken back now, `maintain` takes back.
void take_back(Server& server, const std::vector<Unit>& units) {
    if (server.executor.connection().is_broken() || server.stop.is_raised())
        return;
    for (const Unit& unit : std::vector<Unit>(units.rbegin(), units.rend())) {
        try {
            server.executor.run(unit);
        } catch (const Error& error) {
            server.reporter.warning("partition.attach", fmt::format("{}: {}", unit.name, error.message()));
        }
    }
}

}  // namespace

AttachResult attach(Server& server, const config::PartitionPolicy& policy, const Limits& limits,
                    const QualifiedName& name) {
    Overview overview = read_overview(server.executor.connection(), {policy}, std::nullopt);
    if (overview.tables.front().error)
        throw Error(*overview.tables.front().error);
    add_detached(server.executor.connection(), server.state_schema, overview);
    Snapshot& snapshot = *overview.tables.front().snapshot;
    const DetachedPartition partition = find_detached(snapshot, name);
    inspect_attach(server.session.get(), policy, limits, partition.leaf, snapshot);
    const AttachPlan plan = plan_attach(snapshot, partition, limits);
    try {
        for (const Unit& unit : plan.units)
            server.executor.run(unit);
    } catch (const Error&) {
        take_back(server, plan.undo);
        throw;
    }
    const auto edge = ddl::retention_edge(snapshot.coverage, policy, snapshot.now);
    return {snapshot.parent.table, partition.leaf, snapshot.coverage.key, edge && partition.leaf.bounds.upper <= *edge};
}

}  // namespace tripmig::partition
