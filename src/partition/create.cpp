#include "partition/create.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "ddl/leaf.hpp"
#include "ddl/replacement/table_settings.hpp"
#include "ddl/statement_step.hpp"
#include "partition/default_scan.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// Made under one hold of the locks at most.
constexpr std::size_t most_at_once = 8;

Error rows_in_default(const Snapshot& snapshot, const ddl::Bounds& bounds, std::int64_t rows) {
    const std::string name = sql::quoted(snapshot.default_partition->name);
    return {ExitCode::refused,
            fmt::format(
                "{} of {} {} in the DEFAULT partition {}: no partition for that range can be attached while {} there",
                counted(rows, "row"), ddl::describe(snapshot.coverage.key, bounds), rows == 1 ? "is" : "are", name,
                rows == 1 ? "it is" : "they are"),
            fmt::format("`tripmig partition split {}` moves them into partitions while the table is in use; until then "
                        "DEFAULT takes such rows",
                        name)};
}

Error does_not_fit(const Snapshot& snapshot, const std::vector<ddl::Bounds>& missing, const Limits& limits) {
    const std::string name = sql::quoted(snapshot.default_partition->name);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(snapshot.default_scan->time);
    const ddl::KeyType key = snapshot.coverage.key;
    return {ExitCode::refused,
            fmt::format("{}: no partition is attached for {}: PostgreSQL would read all of the DEFAULT partition {} "
                        "under ACCESS EXCLUSIVE, about {} ms for {} pages, and max_lock_hold is {} ms",
                        sql::quoted(snapshot.parent.table),
                        ddl::describe(key, {missing.front().lower, missing.back().upper}), name, milliseconds.count(),
                        snapshot.default_scan->pages, limits.max_lock_hold.count()),
            fmt::format("no row is refused: DEFAULT takes them; `tripmig partition split {}` moves its rows into "
                        "partitions while the table is in use, or raise max_lock_hold in [swap] for one run",
                        name)};
}

/// What a drain at the end of the run sees to is no failure.
void leave_to_drain(const config::PartitionPolicy& policy, Error error, MaintenancePlan& plan) {
    if (policy.default_partition == config::PartitionPolicy::Default::drain)
        plan.notes.push_back(error.message() + "; its drain sees to that");
    else
        plan.refusals.push_back(std::move(error));
}

/// Those that can be attached.
std::vector<ddl::Bounds> possible(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                  const std::vector<ddl::Bounds>& missing, const Limits& limits,
                                  MaintenancePlan& plan) {
    if (!snapshot.default_partition || !snapshot.default_scan || missing.empty())
        return missing;
    if (!fits(*snapshot.default_scan, limits)) {
        leave_to_drain(policy, does_not_fit(snapshot, missing, limits), plan);
        return {};
    }
    std::vector<ddl::Bounds> kept;
    for (const ddl::Bounds& bounds : missing) {
        const auto found = snapshot.default_scan->rows.find(bounds.lower);
        if (found == snapshot.default_scan->rows.end() || found->second == 0)
            kept.push_back(bounds);
        else
            leave_to_drain(policy, rows_in_default(snapshot, bounds, found->second), plan);
    }
    return kept;
}

}  // namespace

// Beside DEFAULT no writer may be on its way: PostgreSQL refuses a
// row that was routed to DEFAULT before the new partition came and is stored there after it (23514). Whoever waits for
// the parent is routed afterwards.
std::vector<LockRequest> attach_locks(const Snapshot& snapshot) {
    std::vector<LockRequest> locks{{snapshot.parent.table, snapshot.default_partition
                                                               ? LockMode::share_row_exclusive
                                                               : LockMode::share_update_exclusive}};
    for (const QualifiedName& table : snapshot.parent.references)
        locks.push_back({table, LockMode::share_row_exclusive});
    if (snapshot.default_partition)
        locks.push_back({snapshot.default_partition->name, LockMode::access_exclusive});
    return locks;
}

std::optional<Error> default_in_the_way(const Snapshot& snapshot, const ddl::Bounds& bounds, const Limits& limits) {
    if (!snapshot.default_partition || !snapshot.default_scan)
        return std::nullopt;
    if (!fits(*snapshot.default_scan, limits))
        return does_not_fit(snapshot, {bounds}, limits);
    const auto found = snapshot.default_scan->rows.find(bounds.lower);
    if (found == snapshot.default_scan->rows.end() || found->second == 0)
        return std::nullopt;
    return rows_in_default(snapshot, bounds, found->second);
}

namespace {

void add_locks(const Snapshot& snapshot, const Limits& limits, Unit& unit) {
    unit.lock_first = attach_locks(snapshot);
    unit.lock_budget = limits.lock_budget;
    unit.max_hold = limits.max_lock_hold;
}

std::string names_of(const std::vector<ddl::Leaf>& leaves) {
    std::string names;
    for (const ddl::Leaf& leaf : leaves)
        names += (names.empty() ? "" : ", ") + sql::quoted(leaf.name);
    return names;
}

/// Nobody but this transaction ever sees it.
Step add_guard(const Snapshot& snapshot, const std::vector<ddl::Leaf>& leaves) {
    std::string condition;
    for (const ddl::Leaf& leaf : leaves)
        condition += fmt::format("{}({})", condition.empty() ? "" : " AND ",
                                 ddl::not_within(snapshot.coverage.key, leaf.bounds, snapshot.parent.key));
    const QualifiedName& partition = snapshot.default_partition->name;
    return ddl::statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({})", sql::quoted(partition),
                                      ddl::default_guard_name, condition),
                          "DEFAULT is read once for all of them, not once for each ATTACH; gone before COMMIT",
                          {{partition, LockMode::access_exclusive}});
}

Step drop_guard(const QualifiedName& partition) {
    return ddl::statement(
        fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", sql::quoted(partition), ddl::default_guard_name),
        "no CHECK refuses rows that DEFAULT takes", {{partition, LockMode::access_exclusive}});
}

Unit create_unit(const Snapshot& snapshot, const std::vector<ddl::Leaf>& leaves, const Limits& limits) {
    const ddl::KeyType key = snapshot.coverage.key;
    Unit unit;
    unit.name = fmt::format("create {} {}", leaves.size() == 1 ? "partition" : "partitions", names_of(leaves));
    const bool is_protected = snapshot.default_partition || !snapshot.parent.references.empty();
    std::vector<Step>& made = is_protected ? unit.before_locks : unit.steps;
    std::vector<Step> attached;
    std::vector<ddl::TableSettings> settings;
    for (const ddl::Leaf& leaf : leaves) {
        const ddl::PartitionShape shape = fitted(snapshot.shape, snapshot.coverage, leaf, snapshot.parent.key_columns);
        ddl::append(made, ddl::new_table_steps(snapshot.parent, key, leaf, shape));
        ddl::append(attached, ddl::attach_steps(snapshot.parent, key, leaf, shape));
        settings.push_back(ddl::settings_of(snapshot.parent, leaf.name));
    }
    const bool is_guarded = snapshot.default_partition && leaves.size() > 1;
    if (is_guarded)
        unit.steps.push_back(add_guard(snapshot, leaves));
    ddl::append(unit.steps, std::move(attached));
    if (is_guarded)
        unit.steps.push_back(drop_guard(snapshot.default_partition->name));
    unit.steps.push_back(ddl::check_settings(settings));
    if (is_protected)
        add_locks(snapshot, limits, unit);
    else
        unit.in_few_trips = true;
    return unit;
}

}  // namespace

std::vector<Act> one_by_one(const Snapshot& snapshot, const Act& act, const Limits& limits) {
    std::vector<Act> acts;
    for (const ddl::Leaf& leaf : act.leaves)
        acts.push_back({Act::Kind::create, {leaf}, {create_unit(snapshot, {leaf}, limits)}});
    return acts;
}

Error taken_by_default(const Snapshot& snapshot, const ddl::Leaf& leaf, const Error& error) {
    const std::string name = sql::quoted(snapshot.default_partition->name);
    return error
        .rewrapped(ExitCode::refused, fmt::format("rows of {} arrived in the DEFAULT partition {} meanwhile: ",
                                                  ddl::describe(snapshot.coverage.key, leaf.bounds), name))
        .with_hint(
            fmt::format("`tripmig partition split {}` moves them into partitions while the table is in use", name));
}

void plan_new_partitions(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                         const ddl::MissingLeaves& missing, Missing which, MaintenancePlan& plan) {
    const std::vector<ddl::Bounds> wanted =
        possible(snapshot, policy, which == Missing::ahead ? missing.ahead : missing.gaps, limits, plan);
    // All of them are named together, so that no two get one name.
    std::vector<ddl::Leaf> leaves =
        ddl::name_leaves_freely(policy.name, policy.table, snapshot.coverage.key, missing.most_urgent_first(),
                                snapshot.taken, snapshot.coverage.calendar);
    leaves.erase(std::remove_if(leaves.begin(), leaves.end(),
                                [&](const ddl::Leaf& leaf) {
                                    return std::find(wanted.begin(), wanted.end(), leaf.bounds) == wanted.end();
                                }),
                 leaves.end());
    const std::size_t at_once = snapshot.default_partition ? most_at_once : 1;
    for (std::size_t i = 0; i < leaves.size(); i += at_once) {
        const auto first = leaves.begin() + static_cast<std::ptrdiff_t>(i);
        const auto last = leaves.begin() + static_cast<std::ptrdiff_t>(std::min(i + at_once, leaves.size()));
        const std::vector<ddl::Leaf> together(first, last);
        plan.acts.push_back({Act::Kind::create, together, {create_unit(snapshot, together, limits)}});
    }
}

Unit drop_old_guard(const Snapshot& snapshot, const Limits& limits) {
    const QualifiedName& partition = snapshot.default_partition->name;
    Unit unit;
    unit.name = fmt::format("drop CHECK {} of {}", ddl::default_guard_name, sql::quoted(partition));
    unit.lock_first = {{partition, LockMode::access_exclusive}};
    unit.lock_budget = limits.lock_budget;
    unit.max_hold = limits.max_lock_hold;
    unit.steps = {drop_guard(partition)};
    return unit;
}

}  // namespace tripmig::partition
