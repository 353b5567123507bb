#include "partition/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "ddl/statement_step.hpp"
#include "partition/create.hpp"
#include "partition/retention/detached.hpp"
#include "partition/retention/expiry.hpp"
#include "partition/retention/retention.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

void append_units(std::vector<Unit>& units, std::vector<Unit> more) {
    for (Unit& unit : more)
        units.push_back(std::move(unit));
}

void plan_pending(const Snapshot& snapshot, bool cascade, const Limits& limits, MaintenancePlan& plan) {
    for (const LeafSnapshot& leaf : snapshot.leaves) {
        if (!leaf.info.is_detach_pending)
            continue;
        Act act{Act::Kind::finish_detach, {leaf.leaf}, record_finish(snapshot, leaf, limits)};
        act.units.push_back(finalize_detach(snapshot, leaf.leaf.name));
        std::vector<Unit> clean_up = clean_up_detached(snapshot, leaf.leaf.name, cascade, limits);
        record_clean(clean_up, leaf.info.oid, limits);
        append_units(act.units, std::move(clean_up));
        plan.acts.push_back(std::move(act));
    }
}

/// A run before this one was ended between the detach and what follows it.
void plan_half_clean(const Snapshot& snapshot, bool cascade, const Limits& limits, MaintenancePlan& plan) {
    for (const DetachedPartition& each : half_clean(snapshot)) {
        Act act{Act::Kind::clean_up, {each.leaf}, clean_up_detached(snapshot, each.leaf.name, cascade, limits)};
        if (act.units.empty())
            act.units.emplace_back().name = fmt::format("clean up {}", sql::quoted(each.leaf.name));
        record_clean(act.units, each.table.oid, limits);
        plan.acts.push_back(std::move(act));
    }
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

std::string more_later(const config::PartitionPolicy& policy, std::size_t expired, std::size_t taken) {
    return fmt::format("{}: {} partitions are {}; this run retires {} (max_drop), the next runs retire the rest",
                       sql::quoted(policy.table), expired, beyond_text(*policy.retention), taken);
}

std::string held_back(const config::PartitionPolicy& policy, const std::vector<LeafSnapshot>& expired,
                      const Snapshot& snapshot, std::size_t count) {
    constexpr std::size_t most = 5;
    std::string names;
    std::size_t named = 0;
    for (const LeafSnapshot& leaf : expired)
        if (snapshot.held.count(leaf.leaf.name) != 0 && named < most) {
            names += (named == 0 ? "" : ", ") + sql::quoted(leaf.leaf.name);
            ++named;
        }
    return fmt::format("{}: only_if keeps {} that would be retired: {}{}", sql::quoted(policy.table),
                       counted(count, "partition"), names, count > most ? ", ..." : "");
}

Error referenced(const LeafSnapshot& leaf, const std::vector<Reference>& references) {
    std::string names;
    for (const Reference& reference : references)
        names += fmt::format("{}{} (constraint {})", names.empty() ? "" : ", ", sql::quoted(reference.table),
                             sql::quote_ident(reference.constraint));
    return {ExitCode::refused,
            fmt::format("partition {} is not detached: its rows are referenced by rows of {}",
                        sql::quoted(leaf.leaf.name), names),
            "delete those rows first, or set cascade = true in [retention], which deletes them with the partition"};
}

void plan_retention(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                    MaintenancePlan& plan) {
    const auto expired = expired_leaves(snapshot, policy);
    if (expired.empty())
        return;
    if (auto refusal = clock_ahead(snapshot, policy)) {
        plan.refusals.push_back(std::move(*refusal));
        return;
    }
    const auto retired = leaves_to_retire(snapshot, policy, limits);
    const std::size_t held = count_held(expired, snapshot);
    if (held != 0)
        plan.notes.push_back(held_back(policy, expired, snapshot, held));
    if (retired.size() + held < expired.size())
        plan.notes.push_back(more_later(policy, expired.size(), retired.size()));
    const bool cascade = policy.retention->cascade;
    for (const LeafSnapshot& leaf : retired) {
        const auto references = snapshot.references.find(leaf.leaf.name);
        if (references != snapshot.references.end() && !cascade) {
            plan.refusals.push_back(referenced(leaf, references->second));
            continue;
        }
        std::vector<Unit> clean_up = clean_up_detached(snapshot, leaf.leaf.name, cascade, limits);
        Act act{Act::Kind::detach, {leaf.leaf}, delete_references(snapshot, leaf, cascade)};
        append_units(act.units, record_detach(snapshot, leaf, *policy.retention, clean_up.empty(), limits));
        act.units.push_back(detach_leaf(snapshot, leaf.leaf.name, limits));
        record_clean(clean_up, leaf.info.oid, limits);
        append_units(act.units, std::move(clean_up));
        plan.acts.push_back(std::move(act));
    }
}

/// A partition that somebody works on is left out: its own statistics are autovacuum's.
Unit analyze(const QualifiedName& table) {
    Step step =
        ddl::statement(fmt::format("ANALYZE (SKIP_LOCKED) {}", sql::quoted(table)),
                       "autovacuum never analyzes a partitioned table", {{table, LockMode::share_update_exclusive}});
    step.retry = Retry::never;
    return ddl::alone(fmt::format("analyze {}", sql::quoted(table)), std::move(step));
}

/// Rows left with a partition: its estimate, or its size where nobody ever counted, says so.
bool had_rows(const Snapshot& snapshot, const ddl::Leaf& leaf) {
    const auto found = std::find_if(snapshot.leaves.begin(), snapshot.leaves.end(),
                                    [&](const LeafSnapshot& each) { return each.leaf.name == leaf.name; });
    const auto pages = snapshot.pages.find(leaf.name);
    return (found != snapshot.leaves.end() && found->info.rows > 0) ||
           (pages != snapshot.pages.end() && pages->second > 0);
}

bool is_analyzed(const Snapshot& snapshot, const config::PartitionPolicy& policy, const MaintenancePlan& plan) {
    using Analyze = config::PartitionPolicy::Analyze;
    if (policy.analyze != Analyze::after_data)
        return policy.analyze == Analyze::nightly;
    return std::any_of(plan.acts.begin(), plan.acts.end(), [&](const Act& act) {
        return (act.kind == Act::Kind::detach || act.kind == Act::Kind::finish_detach) &&
               had_rows(snapshot, act.leaves.front());
    });
}

/// What the policy says of a DEFAULT partition against what there is.
void note_default(const Snapshot& snapshot, const config::PartitionPolicy& policy, MaintenancePlan& plan) {
    const bool is_watched = policy.default_partition != config::PartitionPolicy::Default::none;
    if (!snapshot.default_partition) {
        if (is_watched)
            plan.notes.push_back(fmt::format("{} has no DEFAULT partition to watch", sql::quoted(plan.table)));
        return;
    }
    const std::string name = sql::quoted(snapshot.default_partition->name);
    if (!is_watched)
        plan.notes.push_back(fmt::format(
            "{} has a DEFAULT partition that its policy does not watch, {}: rows that have no other partition go there "
            "unnoticed; set partition = \"watch\" in [default] of the policy",
            sql::quoted(plan.table), name));
    else if (snapshot.default_rows && snapshot.default_rows->rows > 0)
        plan.notes.push_back(fmt::format("{}{} {} of {} have no other partition and are in {}",
                                         snapshot.default_rows->is_all ? "" : "more than ", snapshot.default_rows->rows,
                                         snapshot.default_rows->rows == 1 ? "row" : "rows", sql::quoted(plan.table),
                                         name));
}

void note_registry(const Snapshot& snapshot, MaintenancePlan& plan) {
    for (const std::string& problem : snapshot.registry_problems)
        plan.notes.push_back(fmt::format(
            "registry of {}: {}; enable it again (ALTER TABLE ... ENABLE ALWAYS TRIGGER ...), then `tripmig swap "
            "verify {}` names the ids that differ",
            sql::quoted(plan.table), problem, sql::quoted(plan.table)));
}

/// Partitions that begin at 15:00 UTC are days or months of Seoul, made by hand or by a tool in such a session.
void note_zone(const Snapshot& snapshot, const config::PartitionPolicy& policy, MaintenancePlan& plan) {
    namespace chr = std::chrono;
    const auto* interval = std::get_if<CalendarInterval>(&policy.interval);
    const bool has_days = interval != nullptr && interval->microseconds == 0;
    if (!has_days || !ddl::is_moment(snapshot.coverage.key) || snapshot.coverage.calendar.zone ||
        snapshot.leaves.empty())
        return;
    const LeafSnapshot& last = snapshot.leaves.back();
    const ddl::Bounds& bounds = last.leaf.bounds;
    if (!bounds.lower.is_finite() || !bounds.upper.is_finite())
        return;
    const auto time_of_day = [](const ddl::Bound& bound) {
        return bound.instant() - chr::floor<chr::days>(bound.instant());
    };
    if (time_of_day(bounds.lower).count() == 0 || time_of_day(bounds.upper).count() == 0)
        return;
    const chr::hh_mm_ss begins{chr::floor<chr::minutes>(time_of_day(bounds.upper))};
    plan.notes.push_back(fmt::format(
        "{}: {} ends at {:02}:{:02} UTC: if that is midnight in your time zone, set time_zone in the policy "
        "(\"Asia/Seoul\": 15:00 UTC); until then new partitions begin at midnight UTC",
        sql::quoted(plan.table), sql::quoted(last.leaf.name), begins.hours().count(), begins.minutes().count()));
}

void note_start(const Snapshot& snapshot, const config::PartitionPolicy& policy, MaintenancePlan& plan) {
    if (const auto start = ddl::awaited_start(snapshot.coverage, policy, snapshot.now))
        plan.notes.push_back(
            fmt::format("{}: the first partition begins at {} (start); it is created once it is one of "
                        "the next {} partitions (premake)",
                        sql::quoted(plan.table), ddl::describe(snapshot.coverage.key, *start), policy.premake));
}

}  // namespace

void plan_ahead(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                MaintenancePlan& plan) {
    if (snapshot.default_partition && snapshot.has_guard)
        plan.acts.push_back({Act::Kind::drop_check, {}, {drop_old_guard(snapshot, limits)}});
    const auto missing = ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create);
    plan_new_partitions(snapshot, policy, limits, missing, Missing::ahead, plan);
}

void plan_gaps(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
               MaintenancePlan& plan) {
    const auto missing = ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create);
    plan_new_partitions(snapshot, policy, limits, missing, Missing::gaps, plan);
    if (missing.refused)
        plan.refusals.push_back(
            ddl::too_many_gaps(*missing.refused, snapshot.coverage, policy, snapshot.now, limits.max_create));
    if (missing.skipped)
        plan.notes.push_back(skipped_range(snapshot, *missing.skipped));
}

void plan_expired(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits,
                  MaintenancePlan& plan) {
    const bool cascade = policy.retention && policy.retention->cascade;
    plan_pending(snapshot, cascade, limits, plan);
    plan_half_clean(snapshot, cascade, limits, plan);
    plan_retention(snapshot, policy, limits, plan);
    plan_due(snapshot, policy, limits, plan);
    if (is_analyzed(snapshot, policy, plan))
        plan.acts.push_back({Act::Kind::analyze, {}, {analyze(policy.table)}});
}

void plan_notes(const Snapshot& snapshot, const config::PartitionPolicy& policy, MaintenancePlan& plan) {
    note_start(snapshot, policy, plan);
    note_zone(snapshot, policy, plan);
    note_default(snapshot, policy, plan);
    note_registry(snapshot, plan);
    for (const std::string& publication : snapshot.publications)
        plan.notes.push_back(publication);
}

MaintenancePlan plan_maintenance(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                 const Limits& limits) {
    MaintenancePlan plan;
    plan.table = policy.table;
    plan.key = snapshot.coverage.key;
    plan_ahead(snapshot, policy, limits, plan);
    plan_gaps(snapshot, policy, limits, plan);
    plan_expired(snapshot, policy, limits, plan);
    plan_notes(snapshot, policy, plan);
    return plan;
}

bool may_have_work(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits) {
    const auto missing = ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create);
    const bool has_pending = std::any_of(snapshot.leaves.begin(), snapshot.leaves.end(),
                                         [](const LeafSnapshot& leaf) { return leaf.info.is_detach_pending; });
    return !missing.ahead.empty() || !missing.gaps.empty() || missing.refused || has_pending || snapshot.has_guard ||
           !expired_leaves(snapshot, policy).empty() || !half_clean(snapshot).empty() ||
           !due_at(snapshot.moment, snapshot, policy).empty();
}

}  // namespace tripmig::partition
