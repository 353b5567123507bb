#include "view/partition/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "report/progress_line.hpp"
#include "report/table.hpp"
#include "sql/identifier.hpp"
#include "view/error_json.hpp"
#include "view/json_values.hpp"
#include "view/size_text.hpp"

namespace tripmig::view {

namespace {

using partition::LeafStatus;
using partition::TableStatus;

std::string rows_text(const LeafStatus& leaf) {
    return leaf.rows ? "~" + report::grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(*leaf.rows, 0))) : "?";
}

/// "3 of 3 partitions ahead, until 2027-03-01: 98 days left".
std::string future_text(const TableStatus& status) {
    std::string text = fmt::format("{} of {} ahead", status.health.ahead, counted(status.health.premake, "partition"));
    if (!status.health.has_present)
        return text + ", no partition for the present";
    if (status.covered_until && !status.covered_until->is_maxvalue())
        text += fmt::format(", until {}", ddl::describe(status.key, *status.covered_until));
    if (status.days_left)
        text += fmt::format(": {} left", counted(*status.days_left, "day"));
    return text;
}

std::string kind_text(const LeafStatus& leaf) {
    if (leaf.is_detach_pending)
        return " (detach pending)";
    return leaf.is_partitioned ? " (partitioned)" : leaf.is_foreign ? " (foreign)" : "";
}

void add_row(report::Table& table, const TableStatus& status, const LeafStatus& leaf, bool is_default) {
    table.add_row({sql::quoted(leaf.leaf.name) + kind_text(leaf),
                   is_default ? "DEFAULT" : ddl::describe(status.key, leaf.leaf.bounds.lower),
                   is_default ? "" : ddl::describe(status.key, leaf.leaf.bounds.upper), rows_text(leaf),
                   leaf.bytes ? size_text(*leaf.bytes) : "?", leaf.last_vacuum.value_or("never")});
}

std::string names_text(const std::vector<ddl::Leaf>& leaves) {
    constexpr std::size_t most = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(leaves.size(), most); ++i)
        text += (i == 0 ? "" : ", ") + sql::quoted(leaves[i].name);
    return text + (leaves.size() > most ? fmt::format(" and {} more", leaves.size() - most) : "");
}

std::string default_text(const TableStatus& status) {
    if (!status.default_partition)
        return {};
    const std::string name = sql::quoted(status.default_partition->leaf.name);
    if (!status.misplaced)
        return fmt::format("  rows in {} could not be counted in 5 s\n", name);
    if (status.misplaced->rows == 0)
        return {};
    return fmt::format(
        "  {}{} of {} {}\n    hint: `tripmig partition split {}` moves them there while the table is in use\n",
        status.misplaced->is_all ? "" : "more than ", counted(status.misplaced->rows, "row"), name,
        status.misplaced->rows == 1 ? "belongs in another partition" : "belong in another partition", name);
}

std::string warnings_text(const TableStatus& status) {
    std::string text;
    for (const ddl::Bounds& gap : status.gaps)
        text += fmt::format("  gap: no partition for {}\n", ddl::describe(status.key, gap));
    for (const LeafStatus& leaf : status.leaves)
        if (leaf.is_detach_pending)
            text += fmt::format("  {}: its DETACH was interrupted; `tripmig partition maintain` finishes it\n",
                                sql::quoted(leaf.leaf.name));
    if (!status.overdue.empty())
        text += fmt::format("  {} should have been detached more than a day ago: {}\n",
                            counted(status.overdue.size(), "partition"), names_text(status.overdue));
    if (!status.overdue_detached.empty())
        text +=
            fmt::format("  {} should have been dropped more than a day ago: {}\n",
                        counted(status.overdue_detached.size(), "detached table"), names_text(status.overdue_detached));
    text += default_text(status);
    if (!status.beyond.empty())
        text += fmt::format("  {} beyond premake, empty: {}\n", counted(status.beyond.size(), "partition"),
                            names_text(status.beyond));
    for (const std::string& problem : status.registry_problems)
        text += fmt::format("  registry: {}\n", problem);
    if (!status.registry_problems.empty())
        text += fmt::format(
            "    hint: enable it again (ALTER TABLE ... ENABLE ALWAYS TRIGGER ...), then `tripmig swap "
            "verify {}` names the ids that differ\n",
            sql::quoted(status.table));
    return text;
}

std::string name_of(const TableStatus& status) {
    return status.table.name.empty() ? status.file.string() : sql::quoted(status.table);
}

nlohmann::json leaf_json(const LeafStatus& leaf) {
    return {{"partition", name_json(leaf.leaf.name)},
            {"rows", or_null(leaf.rows)},
            {"bytes", or_null(leaf.bytes)},
            {"last_vacuum", time_json(leaf.last_vacuum)},
            {"last_analyze", time_json(leaf.last_analyze)},
            {"detach_pending", leaf.is_detach_pending},
            {"partitioned", leaf.is_partitioned},
            {"foreign", leaf.is_foreign}};
}

nlohmann::json bounds_json(ddl::KeyType key, const ddl::Bounds& bounds) {
    return {{"from", ddl::describe(key, bounds.lower)}, {"to", ddl::describe(key, bounds.upper)}};
}

nlohmann::json names_json(const std::vector<ddl::Leaf>& leaves) {
    nlohmann::json list = nlohmann::json::array();
    for (const ddl::Leaf& leaf : leaves)
        list.push_back(name_json(leaf.name));
    return list;
}

nlohmann::json detached_json(const TableStatus& status) {
    nlohmann::json list = nlohmann::json::array();
    for (const partition::DetachedStatus& each : status.detached) {
        list.push_back({{"table", name_json(each.leaf.name)},
                        {"bytes", or_null(each.bytes)},
                        {"detached_at", time_json(each.detached_at)},
                        {"due_at", each.due_at ? nlohmann::json(time_json(*each.due_at)) : nlohmann::json()},
                        {"action", each.action}});
        list.back().update(bounds_json(status.key, each.leaf.bounds));
    }
    return list;
}

nlohmann::json table_json(const TableStatus& status) {
    nlohmann::json table{
        {"table", status.table.name.empty() ? nlohmann::json() : nlohmann::json(name_json(status.table))},
        {"policy", status.file.string()},
        {"ok", status.is_well()},
        {"premake", status.health.premake},
        {"ahead", status.health.ahead},
        {"has_present", status.health.has_present},
        {"days_left", or_null(status.days_left)},
        {"ahead_seconds", or_null(status.health.seconds_ahead)},
        {"covered_until", nullptr},
        {"partitions", nlohmann::json::array()},
        {"default", nullptr},
        {"default_rows", nullptr},
        {"gaps", nlohmann::json::array()},
        {"detach_pending", status.health.detach_pending},
        {"retention_overdue", names_json(status.overdue)},
        {"drop_overdue", names_json(status.overdue_detached)},
        {"detached", detached_json(status)},
        {"beyond_premake", names_json(status.beyond)},
        {"registry_problems", status.registry_problems},
        {"error", nullptr}};
    if (status.problem)
        table["error"] = error_json(*status.problem);
    if (status.covered_until)
        table["covered_until"] = ddl::describe(status.key, *status.covered_until);
    for (const LeafStatus& leaf : status.leaves) {
        table["partitions"].push_back(leaf_json(leaf));
        table["partitions"].back().update(bounds_json(status.key, leaf.leaf.bounds));
    }
    if (status.default_partition)
        table["default"] = leaf_json(*status.default_partition);
    if (status.misplaced)
        table["default_rows"] = status.misplaced->rows;
    for (const ddl::Bounds& gap : status.gaps)
        table["gaps"].push_back(bounds_json(status.key, gap));
    return table;
}

std::string due_text(const partition::DetachedStatus& each) {
    if (!each.due_at)
        return "kept";
    return fmt::format("{} from {}", each.action,
                       format_timestamp(std::chrono::floor<std::chrono::seconds>(*each.due_at)));
}

std::string detached_text(const TableStatus& status) {
    if (status.detached.empty())
        return {};
    using Align = report::Table::Align;
    report::Table table(
        {{"detached"}, {"from"}, {"to"}, {"size", Align::right}, {"detached at (UTC)"}, {"then (UTC)"}});
    for (const partition::DetachedStatus& each : status.detached)
        table.add_row({sql::quoted(each.leaf.name), ddl::describe(status.key, each.leaf.bounds.lower),
                       ddl::describe(status.key, each.leaf.bounds.upper), each.bytes ? size_text(*each.bytes) : "?",
                       format_timestamp(std::chrono::floor<std::chrono::seconds>(each.detached_at)), due_text(each)});
    return table.to_string();
}

/// Many messages begin with the table's name.
std::string problem_text(const TableStatus& status) {
    const std::string& message = status.problem->message();
    const std::string name = name_of(status);
    return fmt::format("{}{}\n  hint: {}\n", message.rfind(name, 0) == 0 ? "" : name + ": ", message,
                       status.problem->hint());
}

std::string table_text(const TableStatus& status) {
    if (status.problem)
        return problem_text(status);
    using Align = report::Table::Align;
    report::Table table(
        {{"partition"}, {"from"}, {"to"}, {"rows", Align::right}, {"size", Align::right}, {"last vacuum (UTC)"}});
    for (const LeafStatus& leaf : status.leaves)
        add_row(table, status, leaf, false);
    if (status.default_partition)
        add_row(table, status, *status.default_partition, true);
    return fmt::format("{}: {}\n{}{}{}", name_of(status), future_text(status), warnings_text(status),
                       table.empty() ? "" : table.to_string(), detached_text(status));
}

}  // namespace

std::string partition_status_text(const app::PartitionStatus& status) {
    const std::vector<TableStatus>& tables = status.result.tables;
    if (tables.empty())
        return fmt::format("no policies in {}\n", status.policies.string());
    std::string text;
    if (tables.size() > 1) {
        const auto is_bad = [](const TableStatus& table) { return !table.is_well(); };
        const auto bad = std::count_if(tables.begin(), tables.end(), is_bad);
        text = bad == 0 ? fmt::format("{}: nothing needs attention\n\n", counted(tables.size(), "table"))
                        : fmt::format("{} of {} need attention\n\n", bad, counted(tables.size(), "table"));
    }
    for (const TableStatus& table : tables)
        text += (&table == &tables.front() ? "" : "\n") + table_text(table);
    return text;
}

nlohmann::json partition_status_json(const app::PartitionStatus& status) {
    nlohmann::json document{{"now", time_json(status.result.now)}, {"tables", nlohmann::json::array()}};
    for (const TableStatus& table : status.result.tables)
        document["tables"].push_back(table_json(table));
    return document;
}

}  // namespace tripmig::view
