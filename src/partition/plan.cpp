#include "partition/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/leaf.hpp"
#include "ddl/statement_step.hpp"
#include "partition/retention.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

using Action = config::RetentionPolicy::Action;

void plan_pending(const Snapshot& snapshot, bool cascade, MaintenancePlan& plan) {
    for (const LeafSnapshot& leaf : snapshot.leaves) {
        if (!leaf.info.is_detach_pending)
            continue;
        Act act{Act::Kind::finish_detach, leaf.leaf, {finalize_detach(snapshot, leaf.leaf.name)}, std::nullopt};
        for (Unit& unit : clean_up_detached(snapshot, leaf.leaf.name, cascade))
            act.units.push_back(std::move(unit));
        plan.acts.push_back(std::move(act));
    }
}

Error rows_in_default(const Snapshot& snapshot, const ddl::Bounds& bounds, std::int64_t rows) {
    return {ExitCode::refused,
            fmt::format("{} rows of {} sit in the DEFAULT partition {}: the leaf cannot be made beside them", rows,
                        ddl::describe(snapshot.coverage.key, bounds), sql::quoted(snapshot.default_partition->name)),
            fmt::format("tripmig partition split {} gives them leaves of their own while the table is in use",
                        sql::quoted(snapshot.default_partition->name))};
}

/// The missing leaves that can be made: all but those whose rows DEFAULT holds.
std::vector<ddl::Bounds> possible_leaves(const Snapshot& snapshot, const std::vector<ddl::Bounds>& missing,
                                         MaintenancePlan& plan) {
    std::vector<ddl::Bounds> possible;
    for (std::size_t i = 0; i < missing.size(); ++i) {
        const std::int64_t rows = i < snapshot.default_rows.size() ? snapshot.default_rows[i] : 0;
        if (rows == 0)
            possible.push_back(missing[i]);
        else
            plan.refusals.push_back(rows_in_default(snapshot, missing[i], rows));
    }
    return possible;
}

bool has_guard(const Snapshot& snapshot) {
    const std::vector<std::string>& checks = snapshot.default_partition->checks;
    return std::find(checks.begin(), checks.end(), ddl::default_guard_name) != checks.end();
}

/// The clock may be wrong: nobody needs that many partitions for rows that were never written.
std::string skipped_range(const Snapshot& snapshot, const ddl::Bounds& skipped) {
    const ddl::KeyType key = snapshot.coverage.key;
    return fmt::format("{}: no partitions are created for {}: the time is {}{}", sql::quoted(snapshot.parent.table),
                       ddl::describe(key, skipped), format_timestamp(snapshot.now),
                       snapshot.newest_row ? fmt::format(", and the newest row is from {}",
                                                         ddl::describe(key, snapshot.newest_row->key))
                                           : std::string());
}

void plan_new_leaves(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                     MaintenancePlan& plan) {
    const auto missing = ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create);
    const std::vector<ddl::Leaf> leaves =
        ddl::name_leaves(policy.name, policy.table, snapshot.coverage.key,
                         possible_leaves(snapshot, missing.most_urgent_first(), plan), snapshot.taken);
    if (missing.refused)
        plan.refusals.push_back(
            ddl::too_many_gaps(*missing.refused, snapshot.coverage, policy, snapshot.now, limits.max_create));
    if (missing.skipped)
        plan.notes.push_back(skipped_range(snapshot, *missing.skipped));
    std::optional<Unit> after;
    if (snapshot.default_partition && !leaves.empty()) {
        ddl::DefaultGuard guard = ddl::guard_default(snapshot.parent, leaves);
        after = std::move(guard.after);
        plan.acts.push_back({Act::Kind::around, {}, std::move(guard.before), after});
    } else if (snapshot.default_partition && has_guard(snapshot)) {
        after = ddl::drop_default_guard(snapshot.default_partition->name);  // of a run that was killed
    }
    for (const ddl::Leaf& leaf : leaves) {
        Unit unit = ddl::create_leaf(snapshot.parent, leaf);
        if (!unit.lock_first.empty())
            unit.lock_budget = limits.lock_budget;
        plan.acts.push_back({Act::Kind::create, leaf, {std::move(unit)}, after});
    }
    if (after)
        plan.acts.push_back({Act::Kind::around, {}, {std::move(*after)}, std::nullopt});
}

std::string more_later(const config::PartitionPolicy& policy, std::size_t expired, std::size_t taken) {
    return fmt::format("{}: {} partitions are older than {}; this run takes {} (max_drop), the next runs the rest",
                       sql::quoted(policy.table), expired, to_string(policy.retention->keep), taken);
}

Error not_available(const config::PartitionPolicy& policy, std::size_t expired) {
    const char* action = policy.retention->action == Action::drop ? "drop" : "archive";
    return {ExitCode::refused,
            fmt::format("{}: {} leaves are older than {}, and action = \"{}\" is not available in this version",
                        sql::quoted(policy.table), expired, to_string(policy.retention->keep), action),
            "write action = \"detach\": the leaves stay as tables of their own, to be dropped by hand"};
}

Error referenced(const LeafSnapshot& leaf, const std::vector<Reference>& references) {
    std::string names;
    for (const Reference& reference : references)
        names += fmt::format("{}{} (constraint {})", names.empty() ? "" : ", ", sql::quoted(reference.table),
                             sql::quote_ident(reference.constraint));
    return {ExitCode::refused,
            fmt::format("leaf {} is not detached: its rows are referenced by rows of {}", sql::quoted(leaf.leaf.name),
                        names),
            "delete those rows first, or write cascade = true under [retention]: they go with the leaf then"};
}

void plan_retention(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                    MaintenancePlan& plan) {
    const auto expired = expired_leaves(snapshot, policy);
    if (expired.empty())
        return;
    if (policy.retention->action != Action::detach) {
        plan.refusals.push_back(not_available(policy, expired.size()));
        return;
    }
    if (auto refusal = clock_ahead(snapshot, policy)) {
        plan.refusals.push_back(std::move(*refusal));
        return;
    }
    const auto retired = leaves_to_retire(snapshot, policy, limits);
    if (retired.size() < expired.size())
        plan.notes.push_back(more_later(policy, expired.size(), retired.size()));
    const bool cascade = policy.retention->cascade;
    for (const LeafSnapshot& leaf : retired) {
        const auto references = snapshot.references.find(leaf.leaf.name);
        if (references != snapshot.references.end() && !cascade) {
            plan.refusals.push_back(referenced(leaf, references->second));
            continue;
        }
        Act act{Act::Kind::detach, leaf.leaf, delete_references(snapshot, leaf, cascade), std::nullopt};
        act.units.push_back(detach_leaf(snapshot, leaf.leaf.name, limits));
        for (Unit& unit : clean_up_detached(snapshot, leaf.leaf.name, cascade))
            act.units.push_back(std::move(unit));
        plan.acts.push_back(std::move(act));
    }
}

Unit analyze(const QualifiedName& table) {
    return ddl::alone(
        fmt::format("analyze {}", sql::quoted(table)),
        ddl::statement(fmt::format("ANALYZE {}", sql::quoted(table)), "autovacuum never analyzes a partitioned table",
                       {{table, LockMode::share_update_exclusive}}));
}

/// What the policy says of a DEFAULT partition against what there is.
void note_default(const Snapshot& snapshot, const config::PartitionPolicy& policy, MaintenancePlan& plan) {
    const bool is_watched = policy.default_partition == config::PartitionPolicy::Default::watch;
    if (!snapshot.default_partition) {
        if (is_watched)
            plan.notes.push_back(fmt::format("{} has no DEFAULT partition to watch", sql::quoted(plan.table)));
        return;
    }
    const std::string name = sql::quoted(snapshot.default_partition->name);
    if (!is_watched)
        plan.notes.push_back(
            fmt::format("the policy of {} knows of no DEFAULT partition, and there is {}: rows without a "
                        "leaf go there unseen, unless the policy says partition = \"watch\" under [default]",
                        sql::quoted(plan.table), name));
    else if (snapshot.all_default_rows > 0)
        plan.notes.push_back(fmt::format("{} rows of {} have no leaf and sit in {}", snapshot.all_default_rows,
                                         sql::quoted(plan.table), name));
}

void note_registry(const Snapshot& snapshot, MaintenancePlan& plan) {
    for (const std::string& problem : snapshot.registry_problems)
        plan.notes.push_back(fmt::format(
            "registry of {}: {}; switch it on again (ALTER TABLE ... ENABLE ALWAYS TRIGGER ...), then `tripmig swap "
            "verify {}` names the ids that differ",
            sql::quoted(plan.table), problem, sql::quoted(plan.table)));
}

void note_publications(const Snapshot& snapshot, MaintenancePlan& plan) {
    for (const LeafSnapshot& leaf : snapshot.leaves)
        for (const std::string& publication : leaf.info.publications)
            plan.notes.push_back(
                fmt::format("publication {} names the leaf {}: new leaves are in it only when it names {} itself",
                            sql::quote_ident(publication), sql::quoted(leaf.leaf.name), sql::quoted(plan.table)));
}

}  // namespace

MaintenancePlan plan_maintenance(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                 const Limits& limits) {
    MaintenancePlan plan;
    plan.table = policy.table;
    plan.key = snapshot.coverage.key;
    // New leaves first: nothing else is as bad as a row without a place.
    plan_new_leaves(snapshot, policy, limits, plan);
    plan_pending(snapshot, policy.retention && policy.retention->cascade, plan);
    plan_retention(snapshot, policy, limits, plan);
    const auto changes = [](const Act& act) { return act.kind != Act::Kind::around; };
    if (std::any_of(plan.acts.begin(), plan.acts.end(), changes)) {
        plan.acts.push_back({Act::Kind::around, {}, {analyze(policy.table)}, std::nullopt});
        note_publications(snapshot, plan);
    }
    note_default(snapshot, policy, plan);
    note_registry(snapshot, plan);
    return plan;
}

}  // namespace tripmig::partition
