#include "partition/retention/detached.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/civil.hpp"
#include "base/counted.hpp"
#include "db/state/with_state.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

using Action = config::RetentionPolicy::Action;

std::string action_text(Action action) {
    return action == Action::drop ? "drop" : action == Action::archive ? "archive" : "detach";
}

db::DetachedTable table_of(const Snapshot& snapshot, const LeafSnapshot& leaf) {
    db::DetachedTable table;
    table.oid = leaf.info.oid;
    table.name = leaf.leaf.name;
    table.parent = snapshot.parent.table;
    table.bounds = leaf.info.bound;
    table.detached_at = snapshot.moment;
    return table;
}

Unit record(const QualifiedName& leaf, Step step) {
    Unit unit;
    unit.name = fmt::format("record the detach of {}", sql::quoted(leaf));
    unit.steps.push_back(std::move(step));
    return unit;
}

}  // namespace

std::vector<Unit> record_detach(const Snapshot& snapshot, const LeafSnapshot& leaf,
                                const config::RetentionPolicy& retention, bool is_clean, const Limits& limits) {
    if (limits.state_schema.empty())
        return {};
    db::DetachedTable table = table_of(snapshot, leaf);
    table.action = action_text(retention.action);
    table.is_clean = is_clean;
    if (retention.action != Action::detach)
        table.due_at = add(table.detached_at, retention.grace);
    return {record(leaf.leaf.name, db::record_detached_step(limits.state_schema, table))};
}

std::vector<Unit> record_finish(const Snapshot& snapshot, const LeafSnapshot& leaf, const Limits& limits) {
    if (limits.state_schema.empty())
        return {};
    return {record(leaf.leaf.name, db::record_finish_step(limits.state_schema, table_of(snapshot, leaf)))};
}

void record_clean(std::vector<Unit>& clean_up, std::uint32_t oid, const Limits& limits) {
    if (!clean_up.empty() && !limits.state_schema.empty())
        clean_up.back().steps.push_back(db::record_clean_step(limits.state_schema, oid));
}

std::vector<DetachedPartition> half_clean(const Snapshot& snapshot) {
    std::vector<DetachedPartition> found;
    for (const DetachedPartition& each : snapshot.detached)
        if (!each.table.is_clean && !each.table.is_attached)
            found.push_back(each);
    return found;
}

std::vector<DetachedPartition> due_at(Instant moment, const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    std::vector<DetachedPartition> due;
    if (!policy.retention || policy.retention->action == Action::detach)
        return due;
    for (const DetachedPartition& each : snapshot.detached)
        if (!each.table.is_attached && each.table.due_at && *each.table.due_at <= moment &&
            each.table.action == action_text(policy.retention->action))
            due.push_back(each);
    return due;
}

std::optional<Error> due_too_early(const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    const std::size_t due = due_at(snapshot.moment, snapshot, policy).size();
    if (due == 0 || policy.retention->idle || !snapshot.coverage.is_beyond_rows || !snapshot.newest_row)
        return std::nullopt;
    return Error(
        ExitCode::refused,
        fmt::format("{}: {} {} due to go, but none is dropped: the time is {}, and the newest row of {} is from {}",
                    sql::quoted(policy.table), counted(due, "detached table"), due == 1 ? "is" : "are",
                    format_timestamp(snapshot.moment), sql::quoted(snapshot.newest_row->partition),
                    ddl::describe(snapshot.coverage.key, snapshot.newest_row->key)),
        "check the server's clock and --now; if this table really gets no rows for so long, set idle = true in "
        "[retention]");
}

std::vector<DetachedPartition> due_now(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                       const Limits& limits) {
    if (due_too_early(snapshot, policy))
        return {};
    std::vector<DetachedPartition> due = due_at(snapshot.moment, snapshot, policy);
    due.erase(std::remove_if(due.begin(), due.end(),
                             [&](const DetachedPartition& each) { return snapshot.held.count(each.leaf.name) != 0; }),
              due.end());
    due.resize(std::min(due.size(), static_cast<std::size_t>(std::max(limits.max_drop, 0))));
    return due;
}

Step require_same_table(const DetachedPartition& partition, const Limits& limits) {
    const QualifiedName& name = partition.table.name;
    return ddl::check(
        db::with_state(
            fmt::format(
                "SELECT EXISTS (SELECT FROM :\"state\".detached AS d JOIN pg_catalog.pg_class AS c ON c.oid = "
                "d.table_oid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE d.table_oid = {} "
                "AND n.nspname = {} AND c.relname = {} AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i "
                "WHERE i.inhrelid = c.oid))",
                partition.table.oid, sql::quote_literal(name.schema), sql::quote_literal(name.name)),
            limits.state_schema),
        fmt::format("{} is no longer the table that was detached, or is a partition again", sql::quoted(name)));
}

Unit drop_detached(const DetachedPartition& partition, const Limits& limits) {
    const QualifiedName& name = partition.leaf.name;
    const bool is_foreign = partition.table.kind == 'f';
    Unit unit;
    unit.name = fmt::format("drop {}", sql::quoted(name));
    if (!is_foreign) {  // LOCK TABLE knows no foreign table
        unit.lock_first = {{name, LockMode::access_exclusive}};
        unit.lock_budget = limits.lock_budget;
    }
    unit.steps = {require_same_table(partition, limits),
                  ddl::statement(fmt::format("DROP {}TABLE {}", is_foreign ? "FOREIGN " : "", sql::quoted(name)),
                                 fmt::format("it was detached at {}, and its grace is over",
                                             format_timestamp(partition.table.detached_at)),
                                 {{name, LockMode::access_exclusive}}),
                  db::forget_detached_step(limits.state_schema, partition.table.oid)};
    return unit;
}

void plan_due(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
              MaintenancePlan& plan) {
    if (auto refusal = due_too_early(snapshot, policy)) {
        plan.refusals.push_back(std::move(*refusal));
        return;
    }
    for (const DetachedPartition& each : due_now(snapshot, policy, limits)) {
        const bool is_archived = policy.retention->action == Action::archive;
        plan.acts.push_back(
            {is_archived ? Act::Kind::archive : Act::Kind::drop, {each.leaf}, {drop_detached(each, limits)}});
    }
}

}  // namespace tripmig::partition
