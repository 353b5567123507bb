#include <algorithm>
#include <set>

#include "report/progress_line.hpp"
#include "sql/identifier.hpp"
#include "view/html/bars.hpp"
#include "view/html/parts.hpp"
#include "view/html/svg.hpp"
#include "view/size_text.hpp"

namespace tripmig::view::html {

namespace {

using partition::TableStatus;

std::string rows_text(std::int64_t rows) {
    return report::grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(rows, 0)));
}

std::string kind_text(BarKind kind, const Texts& texts) {
    return std::string(texts.kinds.at(static_cast<std::size_t>(kind)));
}

std::string bar_name(const Bar& bar, const Texts& texts) {
    return bar.name.empty() ? said(texts.several, bar.partitions) : bar.name;
}

std::string rows_of(const Bar& bar, const Texts& texts) {
    return bar.has_rows ? rows_text(bar.rows) : std::string(texts.unknown);
}

std::string size_of(const Bar& bar, const Texts& texts) {
    return bar.has_bytes ? size_text(bar.bytes) : std::string(texts.unknown);
}

std::string tip_of(const Bar& bar, const Texts& texts) {
    const std::string range = bar.kind == BarKind::default_partition ? "" : fmt::format(" [{}, {})", bar.from, bar.to);
    return fmt::format("{}{}: {} {}, {} {} ({})", bar_name(bar, texts), range, texts.rows, rows_of(bar, texts),
                       texts.size, size_of(bar, texts), kind_text(bar.kind, texts));
}

struct Totals {
    std::int64_t rows = 0, bytes = 0, most_rows = 0, most_bytes = 0;
};

Totals totals_of(const std::vector<Bar>& bars) {
    Totals totals;
    for (const Bar& bar : bars) {
        totals.rows += bar.rows;
        totals.bytes += bar.bytes;
        totals.most_rows = std::max(totals.most_rows, bar.rows);
        totals.most_bytes = std::max(totals.most_bytes, bar.bytes);
    }
    return totals;
}

/// Of a height of 46; what is there at all can be seen.
double height_of(std::int64_t value, std::int64_t most) {
    return value <= 0 || most <= 0 ? 0 : std::max(1.0, 46 * static_cast<double>(value) / static_cast<double>(most));
}

/// Few bars are not stretched to the page's width.
constexpr std::size_t fewest_columns = 24;

/// Rows above a line of marks, bytes below it.
Markup picture(const std::string& table, const std::vector<Bar>& bars, const Totals& totals, const Texts& texts) {
    constexpr double step = 12;
    constexpr double width = 10;
    const std::string from = bars.front().from;
    const std::string to =
        bars.size() > 1 && bars.back().kind == BarKind::default_partition ? bars[bars.size() - 2].to : bars.back().to;
    Svg svg(step * static_cast<double>(std::max(bars.size(), fewest_columns)), 100,
            said(texts.picture, table, bars.size(), from, to));
    svg.horizontal_line(50, "base");
    double x = (step - width) / 2;
    for (const Bar& bar : bars) {
        const double above = height_of(bar.rows, totals.most_rows);
        const double below = height_of(bar.bytes, totals.most_bytes);
        const std::string style(style_of(bar.kind));
        if (above > 0)
            svg.rectangle(x, 48 - above, width, above, style);
        svg.rectangle(x, 48, width, 4, style, tip_of(bar, texts));
        if (below > 0)
            svg.rectangle(x, 52, width, below, style + " bytes");
        x += step;
    }
    return svg.markup("bars");
}

Markup legend(const std::vector<Bar>& bars, const Texts& texts) {
    std::set<BarKind> kinds;
    for (const Bar& bar : bars)
        kinds.insert(bar.kind);
    Markup items;
    for (const BarKind kind : kinds)
        items += element("li", element("span", {{"class", fmt::format("swatch {}", style_of(kind))}}, {}) +
                                   Markup::text(kind_text(kind, texts)));
    return element("ul", {{"class", "legend"}}, items);
}

Markup axis(const std::string& left, const std::string& right) {
    return element("div", {{"class", "axis"}}, element("span", left) + element("span", right));
}

/// From the first key to the last, below the bars of these.
Markup range_axis(const std::vector<Bar>& bars, std::size_t ranges) {
    if (ranges == 0)
        return {};
    const std::string& from = bars.front().from;
    const std::string& to = bars[ranges - 1].to;
    return bars.size() < fewest_columns ? axis(fmt::format("{} \u2192 {}", from, to), "") : axis(from, to);
}

Markup figure(const std::string& table, const std::vector<Bar>& bars, const Texts& texts) {
    const Totals totals = totals_of(bars);
    const std::size_t ranges = bars.size() - (bars.back().kind == BarKind::default_partition ? 1 : 0);
    return element("figure", axis(said(texts.rows_above, rows_text(totals.most_rows)), "") +
                                 picture(table, bars, totals, texts) +
                                 axis(said(texts.bytes_below, size_text(totals.most_bytes)), "") +
                                 range_axis(bars, ranges) + element("figcaption", legend(bars, texts)));
}

Markup numbers(const std::string& table, const std::vector<Bar>& bars, const Texts& texts) {
    Markup rows;
    for (const Bar& bar : bars)
        rows += element("tr", element("th", {{"scope", "row"}}, name(bar_name(bar, texts))) + element("td", bar.from) +
                                  element("td", bar.to) +
                                  element("td", {{"class", "number"}}, Markup::text(rows_of(bar, texts))) +
                                  element("td", {{"class", "number"}}, Markup::text(size_of(bar, texts))) +
                                  element("td", kind_text(bar.kind, texts)));
    return element("details", element("summary", fmt::format("{}: {}", texts.numbers, table)) +
                                  scrolling_table(fmt::format("{}: {}", texts.numbers, table),
                                                  heading_cell(texts.partition) + heading_cell(texts.from) +
                                                      heading_cell(texts.to) + heading_cell(texts.rows, true) +
                                                      heading_cell(texts.size, true) + heading_cell(texts.mark),
                                                  rows));
}

std::string few_names(const std::vector<ddl::Leaf>& leaves) {
    constexpr std::size_t most = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(leaves.size(), most); ++i)
        text += (i == 0 ? "" : ", ") + sql::quoted(leaves[i].name);
    return leaves.size() > most ? fmt::format("{}, ... ({})", text, leaves.size()) : text;
}

Markup warnings(const TableStatus& table, const Texts& texts) {
    Markup found;
    const auto warn = [&](const std::string& text) { found += note(Markup::text(text), Mood::warn); };
    if (!table.health.has_present)
        found += note(Markup::text(texts.no_present), Mood::bad);
    for (const ddl::Bounds& gap : table.gaps)
        warn(said(texts.gap, ddl::describe(table.key, gap)));
    if (table.misplaced && table.misplaced->rows > 0)
        warn(said(texts.default_rows, rows_text(table.misplaced->rows) + (table.misplaced->is_all ? "" : "+")));
    if (table.default_partition && !table.misplaced)
        warn(std::string(texts.default_uncounted));
    for (const partition::LeafStatus& leaf : table.leaves)
        if (leaf.is_detach_pending)
            warn(said(texts.detach_pending, sql::quoted(leaf.leaf.name)));
    if (!table.overdue.empty())
        warn(said(texts.overdue, few_names(table.overdue)));
    if (!table.overdue_detached.empty())
        warn(said(texts.overdue_detached, few_names(table.overdue_detached)));
    for (const std::string& problem : table.registry_problems)
        warn(problem);
    return found;
}

std::string future_text(const TableStatus& table, const Texts& texts) {
    std::string text = said(texts.ahead, table.health.ahead, table.health.premake);
    if (table.covered_until && !table.covered_until->is_maxvalue())
        text += ", " + said(texts.until, ddl::describe(table.key, *table.covered_until));
    if (table.days_left)
        text += ", " + said(texts.days_left, *table.days_left);
    return text;
}

Markup footnotes(const TableStatus& table, const Texts& texts) {
    Markup lines;
    if (!table.beyond.empty())
        lines += element("p", said(texts.beyond, few_names(table.beyond)));
    if (!table.detached.empty())
        lines += element(
            "p", said(texts.detached, table.detached.size(), size_text(table.health.detached_bytes.value_or(0))));
    return lines;
}

Markup table_part(const TableStatus& table, const Texts& texts) {
    const std::string title = table.table.name.empty() ? table.file.string() : sql::quoted(table.table);
    Markup part = element(
        "h3", name(title) + (table.is_well() ? badge(texts.well, Mood::ok) : badge(texts.attention, Mood::warn)));
    if (table.problem)
        return element("article", part + failure_note(*table.problem, texts));
    const std::vector<Bar> bars = bars_of(table);
    const Totals totals = totals_of(bars);
    const std::size_t count = table.leaves.size() + (table.default_partition ? 1 : 0);
    part += element("p", future_text(table, texts));
    part += element("p", {{"class", "soft"}},
                    Markup::text(said(texts.in_all, count, rows_text(totals.rows), size_text(totals.bytes))));
    part += warnings(table, texts);
    if (table.leaves.size() > most_bars)
        part += element("p", {{"class", "soft"}}, Markup::text(said(texts.grouped, most_bars)));
    if (!bars.empty())
        part += figure(title, bars, texts) + numbers(title, bars, texts);
    return element("article", part + footnotes(table, texts));
}

}  // namespace

Card partitions_card(const app::Section<app::PartitionStatus>& section, const Texts& texts) {
    if (!section.result)
        return {std::string(texts.unreadable), Mood::bad};
    const std::vector<TableStatus>& tables = section.result->result.tables;
    const auto bad =
        std::count_if(tables.begin(), tables.end(), [](const TableStatus& table) { return !table.is_well(); });
    if (tables.empty())
        return {std::string(texts.no_policies), Mood::plain};
    return bad == 0 ? Card{std::string(texts.all_well), Mood::ok}
                    : Card{said(texts.need_attention, bad, tables.size()), Mood::warn};
}

Markup partitions_part(const app::Section<app::PartitionStatus>& section, const Texts& texts) {
    if (!section.result)
        return failure_note(*section.failure, texts);
    Markup part;
    for (const TableStatus& table : section.result->result.tables)
        part += table_part(table, texts);
    return part.empty() ? element("p", texts.no_policies) : part;
}

}  // namespace tripmig::view::html
