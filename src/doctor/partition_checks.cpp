#include "doctor/partition_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/bytes.hpp"
#include "base/counted.hpp"
#include "partition/retention/retention.hpp"
#include "sql/identifier.hpp"

namespace tripmig::doctor {

namespace {

using partition::TableStatus;

constexpr const char* maintain = "tripmig partition maintain";

std::string shown(const TableStatus& table) {
    return table.table.name.empty() ? table.file.string() : sql::quoted(table.table);
}

std::string names(const std::vector<ddl::Leaf>& leaves) {
    constexpr std::size_t most = 5;
    std::vector<std::string> first;
    for (std::size_t i = 0; i < std::min(leaves.size(), most); ++i)
        first.push_back(sql::quoted(leaves[i].name));
    return fmt::format("{}{}", fmt::join(first, ", "),
                       leaves.size() > most ? fmt::format(" and {} more", leaves.size() - most) : "");
}

/// A policy whose table is yet to be swapped is a plan, not a fault.
void judge_policy(const TableStatus& table, Check& check) {
    if (!table.problem)
        return;
    const bool is_refused = table.problem->code() == ExitCode::refused;
    const std::string& message = table.problem->message();
    check.add(is_refused ? Severity::warning : Severity::error, shown(table),
              message.rfind(shown(table), 0) == 0 ? message : fmt::format("{}: {}", shown(table), message),
              table.problem->hint());
}

void judge_present(const TableStatus& table, Check& check) {
    if (!table.problem && !table.health.has_present)
        check.add(Severity::error, shown(table),
                  fmt::format("{} has no partition for now: {}", shown(table),
                              table.default_partition ? "new rows go to DEFAULT" : "inserts of new rows fail"),
                  maintain);
}

void judge_premake(const TableStatus& table, Check& check) {
    constexpr std::int64_t a_week = 7;
    const partition::TableHealth& health = table.health;
    if (table.problem || !health.has_present || health.ahead >= health.premake)
        return;
    const bool is_urgent = table.days_left && *table.days_left < a_week;
    check.add(is_urgent ? Severity::error : Severity::warning, shown(table),
              fmt::format("{} has {} of {} ahead{}", shown(table), health.ahead, counted(health.premake, "partition"),
                          table.days_left ? fmt::format(", enough for {}", counted(*table.days_left, "day")) : ""),
              fmt::format("{}; then see why the nightly run does not", maintain));
}

void judge_gaps(const TableStatus& table, Check& check) {
    for (const ddl::Bounds& gap : table.gaps)
        check.add(Severity::warning, shown(table),
                  fmt::format("no partition of {} holds {}", shown(table), ddl::describe(table.key, gap)), maintain);
}

void judge_default(const TableStatus& table, Check& check) {
    if (!table.default_partition || table.problem)
        return;
    const std::string name = sql::quoted(table.default_partition->leaf.name);
    if (!table.misplaced)
        check.add(Severity::note, name, fmt::format("rows in {} could not be counted in 5 s", name),
                  fmt::format("CREATE INDEX CONCURRENTLY on the partition key of {}", name));
    else if (table.misplaced->rows > 0)
        check.add(
            Severity::warning, name,
            fmt::format("{}{} of {} {} in a partition of {}", table.misplaced->is_all ? "" : "more than ",
                        counted(table.misplaced->rows, "row"), name, table.misplaced->rows == 1 ? "belongs" : "belong",
                        table.misplaced->rows == 1 ? "its own" : "their own"),
            "tripmig partition split " + name);
}

/// Finishes it as `partition maintain` does.
void judge_detach(const TableStatus& table, Check& check) {
    for (const partition::LeafStatus& leaf : table.leaves) {
        if (!leaf.is_detach_pending)
            continue;
        partition::Snapshot snapshot;
        snapshot.parent.table = table.table;
        const std::string name = sql::quoted(leaf.leaf.name);
        check.add(
            Severity::warning, name,
            fmt::format("the DETACH ... CONCURRENTLY of {} was interrupted: queries no longer see it, and no other "
                        "partition of {} can be detached",
                        name, shown(table)),
            fmt::format("{}, or ALTER TABLE {} DETACH PARTITION {} FINALIZE", maintain, shown(table), name),
            {partition::finalize_detach(snapshot, leaf.leaf.name)});
    }
}

void judge_retention(const TableStatus& table, Check& check) {
    if (!table.overdue.empty())
        check.add(Severity::warning, shown(table),
                  fmt::format("{} of {} should have been detached more than a day ago: {}",
                              counted(table.overdue.size(), "partition"), shown(table), names(table.overdue)),
                  fmt::format("{}; it detaches them, or says why it cannot", maintain));
}

void judge_beyond(const TableStatus& table, Check& check) {
    if (!table.beyond.empty())
        check.add(Severity::note, shown(table),
                  fmt::format("{} of {} {} empty and beyond premake: {}", counted(table.beyond.size(), "partition"),
                              shown(table), table.beyond.size() == 1 ? "is" : "are", names(table.beyond)),
                  "DROP TABLE those that nobody wants, or a larger premake in the policy");
}

void judge_registry(const TableStatus& table, Check& check) {
    for (const std::string& problem : table.registry_problems)
        check.add(
            Severity::error, shown(table),
            fmt::format("{}: ids of {} are no longer kept in its registry", problem, shown(table)),
            fmt::format("ALTER TABLE ... ENABLE ALWAYS TRIGGER ..., then tripmig swap verify {} names the ids that "
                        "differ",
                        shown(table)));
}

Check check_tables(std::string_view code, const Seen<partition::StatusResult>& status,
                   void (*judge)(const TableStatus&, Check&)) {
    return check_seen(code, status, [&](const partition::StatusResult& result, Check& check) {
        check.found = counted(result.tables.size(), "table") + " with a policy";
        for (const TableStatus& table : result.tables)
            judge(table, check);
    });
}

void judge_siblings(const std::vector<SiblingDifference>& differences, Check& check) {
    check.found = counted(differences.size(), "difference");
    std::map<std::pair<QualifiedName, std::string>, std::vector<const SiblingDifference*>> by_kind;
    for (const SiblingDifference& each : differences)
        by_kind[{each.parent, each.kind}].push_back(&each);
    for (const auto& [key, all] : by_kind) {
        constexpr std::size_t most = 3;
        const std::string parent = sql::quoted(key.first);
        for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
            const SiblingDifference& each = *all[i];
            const std::int64_t count = each.is_lacking ? each.siblings - each.having_it : each.having_it;
            check.add(Severity::warning, parent,
                      fmt::format("partitions of {} differ ({}): {} of {} {} \"{}\": {}{}", parent, each.kind, count,
                                  each.siblings, each.is_lacking ? "lack" : "alone have", each.feature,
                                  fmt::join(each.who, ", "),
                                  count > static_cast<std::int64_t>(each.who.size()) ? ", ..." : ""),
                      each.is_lacking ? "give it to them; new partitions are made like the newest one"
                                      : "take it from them, or give it to all: on the parent, where that is possible");
        }
        if (all.size() > most)
            check.add(Severity::warning, parent,
                      fmt::format("partitions of {} differ ({}) in {} more", parent, key.second,
                                  counted(all.size() - most, "thing")),
                      "the same");
    }
}

void judge_detached(const TableStatus& table, Check& check) {
    std::int64_t bytes = 0;
    for (const partition::DetachedStatus& each : table.detached)
        bytes += each.bytes.value_or(0);
    if (!table.detached.empty())
        check.add(Severity::note, shown(table),
                  fmt::format("{} of {} {} detached and still there, the first is {}; they take {}",
                              counted(table.detached.size(), "partition"), shown(table),
                              table.detached.size() == 1 ? "is" : "are", sql::quoted(table.detached.front().leaf.name),
                              bytes_text(bytes)),
                  fmt::format("tripmig partition archive {}, once nobody needs it",
                              sql::quoted(table.detached.front().leaf.name)));
    if (!table.overdue_detached.empty())
        check.add(
            Severity::warning, shown(table),
            fmt::format("{} that was detached from {} should have been dropped more than a day ago: {}",
                        counted(table.overdue_detached.size(), "table"), shown(table), names(table.overdue_detached)),
            fmt::format("{}, and what it says of them", maintain));
}

Check check_without_policy(const PartitionFacts& facts) {
    constexpr std::string_view code = "partitions.without_policy";
    if (!facts.status.facts)
        return not_seen(code, facts.status.why_not, facts.status.remedy);
    return check_seen(code, facts.trees, [&](const std::vector<PartitionTree>& trees, Check& check) {
        const std::vector<TableStatus>& known = facts.status.facts->tables;
        check.found = counted(trees.size(), "partitioned table");
        for (const PartitionTree& tree : trees)
            if (std::none_of(known.begin(), known.end(),
                             [&](const TableStatus& table) { return table.table == tree.table; }))
                check.add(Severity::note, sql::quoted(tree.table),
                          fmt::format("no policy is for the partitioned table {}: nobody creates its next partition",
                                      sql::quoted(tree.table)),
                          "a .toml file in [partitions] dir, unless another tool maintains it");
    });
}

}  // namespace

std::vector<Check> check_partitions(const PartitionFacts& facts) {
    return {
        check_tables("partitions.policies", facts.status, judge_policy),
        check_tables("partitions.present", facts.status, judge_present),
        check_tables("partitions.premake", facts.status, judge_premake),
        check_tables("partitions.gaps", facts.status, judge_gaps),
        check_tables("partitions.default_rows", facts.status, judge_default),
        check_tables("partitions.pending_detach", facts.status, judge_detach),
        check_tables("partitions.retention", facts.status, judge_retention),
        check_tables("partitions.beyond", facts.status, judge_beyond),
        check_tables("partitions.registry", facts.status, judge_registry),
        check_seen("partitions.siblings", facts.siblings, judge_siblings),
        check_tables("partitions.detached", facts.status, judge_detached),
        check_without_policy(facts),
    };
}

}  // namespace tripmig::doctor
