#include "view/html/bars.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "base/civil.hpp"
#include "sql/identifier.hpp"

namespace tripmig::view::html {

namespace {

using Names = std::set<std::string>;

Names names_of(const std::vector<ddl::Leaf>& leaves) {
    Names names;
    for (const ddl::Leaf& leaf : leaves)
        names.insert(sql::quoted(leaf.name));
    return names;
}

BarKind kind_of(const partition::TableStatus& table, const partition::LeafStatus& leaf, const Names& expired) {
    if (leaf.is_detach_pending)
        return BarKind::detach_pending;
    if (expired.count(sql::quoted(leaf.leaf.name)) > 0)
        return BarKind::expired;
    if (!table.present)
        return BarKind::future;
    if (ddl::contains(leaf.leaf.bounds, *table.present))
        return BarKind::present;
    return *table.present < leaf.leaf.bounds.lower ? BarKind::future : BarKind::past;
}

Bar bar_of(const partition::LeafStatus& leaf, BarKind kind) {
    Bar bar;
    bar.kind = kind;
    bar.name = sql::quoted(leaf.leaf.name);
    bar.rows = std::max<std::int64_t>(leaf.rows.value_or(0), 0);
    bar.bytes = leaf.bytes.value_or(0);
    bar.has_rows = leaf.rows.has_value();
    bar.has_bytes = leaf.bytes.has_value();
    return bar;
}

void join(Bar& bar, const Bar& next) {
    bar.name.clear();
    bar.to = next.to;
    bar.partitions += next.partitions;
    bar.rows += next.rows;
    bar.bytes += next.bytes;
    bar.has_rows = bar.has_rows && next.has_rows;
    bar.has_bytes = bar.has_bytes && next.has_bytes;
}

/// Neighbours of one kind that belong together.
std::vector<Bar> joined(const std::vector<Bar>& bars, const std::function<bool(const Bar&, const Bar&)>& together) {
    std::vector<Bar> fewer;
    for (const Bar& bar : bars) {
        if (!fewer.empty() && fewer.back().kind == bar.kind && together(fewer.back(), bar))
            join(fewer.back(), bar);
        else
            fewer.push_back(bar);
    }
    return fewer;
}

}  // namespace

std::string_view style_of(BarKind kind) {
    constexpr std::array<std::string_view, 6> styles{"past", "present", "future", "expired", "pending", "default"};
    return styles.at(static_cast<std::size_t>(kind));
}

std::vector<Bar> bars_of(const partition::TableStatus& table) {
    const Names expired = names_of(table.expired);
    std::vector<Bar> bars;
    for (const partition::LeafStatus& leaf : table.leaves) {
        Bar& bar = bars.emplace_back(bar_of(leaf, kind_of(table, leaf, expired)));
        const ddl::Bound& lower = leaf.leaf.bounds.lower;
        bar.from = ddl::describe(table.key, lower);
        bar.to = ddl::describe(table.key, leaf.leaf.bounds.upper);
        if (lower.is_finite() && !ddl::is_number(table.key))
            bar.year = civil_date(lower.instant()).year;
    }
    if (bars.size() > most_bars)
        bars = joined(bars, [](const Bar& a, const Bar& b) { return a.year != 0 && a.year == b.year; });
    if (bars.size() > most_bars) {
        const std::size_t each = table.leaves.size() / (most_bars / 5) + 1;
        bars = joined(bars, [each](const Bar& a, const Bar& b) { return a.partitions + b.partitions <= each; });
    }
    if (table.default_partition)
        bars.push_back(bar_of(*table.default_partition, BarKind::default_partition));
    return bars;
}

}  // namespace tripmig::view::html
