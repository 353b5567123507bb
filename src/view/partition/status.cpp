#include "view/partition/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "report/progress_line.hpp"
#include "report/table.hpp"
#include "sql/identifier.hpp"
#include "view/error_json.hpp"
#include "view/json_values.hpp"

namespace tripmig::view {

namespace {

using partition::LeafStatus;
using partition::TableStatus;

std::string size_text(std::int64_t bytes) {
    double value = static_cast<double>(bytes) / 1024;
    const char* unit = "kB";
    for (const char* larger : {"MB", "GB", "TB"}) {
        if (value < 10'000)
            break;
        value /= 1024;
        unit = larger;
    }
    return fmt::format("{:.0f} {}", value, unit);
}

std::string rows_text(const LeafStatus& leaf) {
    if (!leaf.rows)
        return "?";
    return (leaf.is_exact ? "" : "~") +
           report::grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(*leaf.rows, 0)));
}

/// "3 leaves ahead of 3, up to 2027-03-01: 98 days".
std::string future_text(const TableStatus& status) {
    std::string text = fmt::format("{} of {} ahead", status.ahead, counted(status.premake, "leaf", "leaves"));
    if (!status.covered_until)
        return text + ", and none for the present";
    if (!status.covered_until->is_maxvalue())
        text += fmt::format(", up to {}", ddl::describe(status.key, *status.covered_until));
    if (status.days_left)
        text += fmt::format(": {} left", counted(*status.days_left, "day"));
    return text;
}

void add_row(report::Table& table, const TableStatus& status, const LeafStatus& leaf, bool is_default) {
    table.add_row({sql::quoted(leaf.leaf.name),
                   is_default ? "DEFAULT" : ddl::describe(status.key, leaf.leaf.bounds.lower),
                   is_default ? "" : ddl::describe(status.key, leaf.leaf.bounds.upper), rows_text(leaf),
                   size_text(leaf.bytes), leaf.last_vacuum.value_or("never")});
}

std::string warnings_text(const TableStatus& status) {
    std::string text;
    for (const ddl::Bounds& gap : status.gaps)
        text += fmt::format("  gap: no leaf holds {}\n", ddl::describe(status.key, gap));
    for (const LeafStatus& leaf : status.leaves)
        if (leaf.is_detach_pending)
            text +=
                fmt::format("  {}: its DETACH was interrupted; maintain finishes it\n", sql::quoted(leaf.leaf.name));
    for (const std::string& problem : status.registry_problems)
        text += fmt::format("  registry: {}\n", problem);
    if (!status.registry_problems.empty())
        text += fmt::format(
            "    hint: switch it on again (ALTER TABLE ... ENABLE ALWAYS TRIGGER ...), then `tripmig swap "
            "verify {}` names the ids that differ\n",
            sql::quoted(status.table));
    if (status.default_partition && status.default_partition->rows.value_or(1) > 0) {
        const bool is_one = status.default_partition->rows == 1;
        text += fmt::format("  {} {} no leaf and {} in {}\n", rows_text(*status.default_partition),
                            is_one ? "row has" : "rows have", is_one ? "sits" : "sit",
                            sql::quoted(status.default_partition->leaf.name));
    }
    return text;
}

nlohmann::json leaf_json(const LeafStatus& leaf) {
    return {{"leaf", name_json(leaf.leaf.name)},
            {"rows", or_null(leaf.rows)},
            {"exact", leaf.is_exact},
            {"bytes", leaf.bytes},
            {"last_vacuum", time_json(leaf.last_vacuum)},
            {"last_analyze", time_json(leaf.last_analyze)},
            {"detach_pending", leaf.is_detach_pending}};
}

nlohmann::json bounds_json(ddl::KeyType key, const ddl::Bounds& bounds) {
    return {{"from", ddl::describe(key, bounds.lower)}, {"to", ddl::describe(key, bounds.upper)}};
}

std::string table_text(const TableStatus& status) {
    const std::string name = sql::quoted(status.table);
    if (status.problem)
        return fmt::format("{}: {}\n  hint: {}\n", name, status.problem->message(), status.problem->hint());
    using Align = report::Table::Align;
    report::Table table(
        {{"leaf"}, {"from"}, {"to"}, {"rows", Align::right}, {"size", Align::right}, {"last vacuum (UTC)"}});
    for (const LeafStatus& leaf : status.leaves)
        add_row(table, status, leaf, false);
    if (status.default_partition)
        add_row(table, status, *status.default_partition, true);
    return fmt::format("{}: {}\n{}{}", name, future_text(status), table.empty() ? "" : table.to_string(),
                       warnings_text(status));
}

nlohmann::json table_json(const TableStatus& status) {
    nlohmann::json table{{"table", name_json(status.table)},
                         {"ok", status.has_enough()},
                         {"premake", status.premake},
                         {"leaves_ahead", status.ahead},
                         {"days_left", or_null(status.days_left)},
                         {"covered_until", nullptr},
                         {"leaves", nlohmann::json::array()},
                         {"default", nullptr},
                         {"gaps", nlohmann::json::array()},
                         {"error", status.problem ? error_json(*status.problem) : nlohmann::json()}};
    if (status.covered_until)
        table["covered_until"] = ddl::describe(status.key, *status.covered_until);
    for (const LeafStatus& leaf : status.leaves) {
        table["leaves"].push_back(leaf_json(leaf));
        table["leaves"].back().update(bounds_json(status.key, leaf.leaf.bounds));
    }
    if (status.default_partition)
        table["default"] = leaf_json(*status.default_partition);
    table["registry_problems"] = status.registry_problems;
    for (const ddl::Bounds& gap : status.gaps)
        table["gaps"].push_back(bounds_json(status.key, gap));
    return table;
}

}  // namespace

std::string partition_status_text(const app::PartitionStatus& status) {
    if (status.tables.empty())
        return fmt::format("no policies in {}\n", status.policies.string());
    std::string text;
    for (const TableStatus& table : status.tables)
        text += (text.empty() ? "" : "\n") + table_text(table);
    return text;
}

nlohmann::json partition_status_json(const app::PartitionStatus& status) {
    nlohmann::json document{{"now", time_json(status.now)}, {"tables", nlohmann::json::array()}};
    for (const TableStatus& table : status.tables)
        document["tables"].push_back(table_json(table));
    return document;
}

}  // namespace tripmig::view
