#include "ddl/key_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace chr = std::chrono;

namespace {

// Where a key is: of the type "char", which costs a scan of millions of rows less than text.
constexpr std::string_view in_no_range = "n";
constexpr std::string_view below_all = "-";
constexpr std::string_view above_all = "+";
constexpr std::string_view before_years = "e";
constexpr std::string_view within_years = "w";
constexpr std::string_view after_years = "l";

std::string literal(KeyType key, const Bound& bound) {
    return fmt::format("{}::{}", bound_literal(key, bound), type_name(key));
}

std::string place_sql(KeyType key, const std::string& column) {
    const auto place = [](std::string_view letter) { return fmt::format("'{}'::pg_catalog.\"char\"", letter); };
    std::string sql = fmt::format("CASE WHEN {} THEN {} WHEN {} IS NULL THEN {}", in_calendar(key, column),
                                  place(within_years), column, place(in_no_range));
    if (has_infinities(key))
        sql += fmt::format(" WHEN {0} = 'infinity' THEN {1} WHEN {0} = '-infinity' THEN {2}", column, place(above_all),
                           place(below_all));
    if (const auto early = before_calendar(key, column))
        sql += fmt::format(" WHEN {} THEN {}", *early, place(before_years));
    return sql + fmt::format(" ELSE {} END", place(after_years));
}

/// A unit of date_trunc() that no partition's bound cuts, as long as it can be: "month", "day", ... and in ms.
std::pair<std::string_view, std::int64_t> whole_unit(const CalendarInterval& interval) {
    constexpr std::int64_t second = 1'000'000;
    if (interval.months != 0)
        return {"month", 86'400'000};  // whole days: months are of several lengths
    if (interval.days != 0)
        return {"day", 86'400'000};
    if (interval.microseconds % (3600 * second) == 0)
        return {"hour", 3'600'000};
    if (interval.microseconds % (60 * second) == 0)
        return {"minute", 60'000};
    return interval.microseconds % second == 0 ? std::pair<std::string_view, std::int64_t>{"second", 1000}
                                               : std::pair<std::string_view, std::int64_t>{"milliseconds", 1};
}

/// Keys of one value of this lie in one partition.
std::string part_sql(KeyType key, const config::PartitionInterval& interval) {
    if (const auto* width = std::get_if<std::int64_t>(&interval))
        return fmt::format("key / {0}::pg_catalog.int8 - CASE WHEN key % {0}::pg_catalog.int8 < 0 THEN 1 ELSE 0 END",
                           *width);
    const auto [unit, milliseconds] = whole_unit(std::get<CalendarInterval>(interval));
    switch (key) {
        case KeyType::uuid:  // its first 48 bits are milliseconds
            return fmt::format(
                "('x' || pg_catalog.replace(pg_catalog.left(key::pg_catalog.text, 13), '-', ''))::pg_catalog.bit(48)"
                "::pg_catalog.int8 / {}",
                milliseconds);
        case KeyType::timestamptz:
            return fmt::format("pg_catalog.date_trunc('{}', key AT TIME ZONE 'UTC')", unit);
        default:
            return fmt::format("pg_catalog.date_trunc('{}', key::pg_catalog.timestamp)", unit);
    }
}

/// min() and max() of uuid are not on every server; its text sorts as its bytes do.
std::string sortable(KeyType key) {
    return key == KeyType::uuid ? "key::pg_catalog.text COLLATE pg_catalog.\"C\"" : "key";
}

}  // namespace

std::string rows_text(std::int64_t rows) {
    return fmt::format("{}{} {}", rows == most_counted ? "at least " : "", rows, rows == 1 ? "row" : "rows");
}

Bounds calendar(KeyType key) {
    if (is_number(key))
        return {};
    const Bound past = Bound::at(chr::sys_days{chr::year(10'000) / chr::January / 1});
    if (key == KeyType::uuid)
        return {Bound::minvalue(), past};
    return {Bound::at(chr::sys_days{chr::year(1) / chr::January / 1}), past};
}

std::string in_calendar(KeyType key, const std::string& column) {
    const Bounds bounds = calendar(key);
    std::string sql;
    if (bounds.lower.is_finite())
        sql = fmt::format("{} >= {}", column, literal(key, bounds.lower));
    if (bounds.upper.is_finite())
        sql += fmt::format("{}{} < {}", sql.empty() ? "" : " AND ", column, literal(key, bounds.upper));
    return sql.empty() ? column + " IS NOT NULL" : sql;
}

std::optional<std::string> before_calendar(KeyType key, const std::string& column) {
    if (!has_infinities(key))
        return std::nullopt;
    return fmt::format("{0} > '-infinity' AND {0} < {1}", column, literal(key, calendar(key).lower));
}

std::optional<std::string> after_calendar(KeyType key, const std::string& column) {
    if (is_number(key))
        return std::nullopt;
    return fmt::format("{} >= {}{}", column, literal(key, calendar(key).upper),
                       has_infinities(key) ? fmt::format(" AND {} < 'infinity'", column) : "");
}

bool is_ordered_by(const db::IndexInfo& index, std::string_view key) {
    const std::string begin = "USING btree (" + sql::quote_ident(key);
    if (!index.is_valid || index.is_partial || index.columns.empty() || index.columns.front() != key ||
        index.tail.compare(0, begin.size(), begin) != 0)
        return false;
    // pg_get_indexdef() leaves out what is the type's default: an operator class or NULLS that it writes is another
    // order than ORDER BY's.
    std::string_view rest = std::string_view(index.tail).substr(begin.size());
    constexpr std::string_view descending = " DESC";
    if (rest.starts_with(descending))
        rest.remove_prefix(descending.size());
    return rest.starts_with(')') || rest.starts_with(',');
}

std::string key_scan_sql(KeyType key, const std::string& source, const std::string& column,
                         const std::optional<config::PartitionInterval>& interval, std::int64_t first_block,
                         std::int64_t past_block) {
    // Only where the key is within the calendar: others may not fit into the types that a part is reckoned in.
    const std::string part =
        interval ? fmt::format("CASE WHEN {} THEN {} END", in_calendar(key, "key"), part_sql(key, *interval)) : "NULL";
    return fmt::format(
        "SELECT place, pg_catalog.count(*) AS rows, pg_catalog.min({0})::pg_catalog.text AS first, "
        "pg_catalog.max({0})::pg_catalog.text AS last "
        "FROM (SELECT key, {1} AS place, {2} AS part FROM (SELECT {3}::{4} AS key FROM {5} WHERE "
        "ctid >= '({6},0)'::pg_catalog.tid AND ctid < '({7},0)'::pg_catalog.tid) AS keys) AS placed "
        "GROUP BY place, part",
        sortable(key), place_sql(key, "key"), part, sql::quote_ident(column), type_name(key), source, first_block,
        past_block);
}

std::int64_t most_outliers(double rows) {
    return static_cast<std::int64_t>(std::clamp(rows / 100, 10.0, 10'000.0));
}

std::vector<PartitionRows> partitions_at(KeyEnd end, const std::vector<PartitionRows>& all, std::int64_t few) {
    std::vector<PartitionRows> found;
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < all.size() && rows <= few; ++i) {
        found.push_back(end == KeyEnd::first ? all[i] : all[all.size() - 1 - i]);
        rows += found.back().rows;
    }
    return found;
}

void KeyScan::add(std::string_view place, std::int64_t rows, const std::optional<std::string>& first,
                  const std::optional<std::string>& last) {
    m_facts.is_empty = false;
    if (place == in_no_range) {
        m_facts.nulls += rows;
    } else if (place == below_all) {
        m_facts.has_minus_infinity = true;
    } else if (place == above_all) {
        m_facts.has_infinity = true;
    } else if (place == before_years || place == after_years) {
        OutsideKeys& outside = place == before_years ? m_facts.early : m_facts.late;
        outside.rows += rows;
        if (outside.example.empty())
            outside.example = (place == before_years ? first : last).value_or("");
    } else if (first && last) {
        add_within(rows, *first, *last);
    }
}

void KeyScan::add_within(std::int64_t rows, const std::string& first, const std::string& last) {
    const auto oldest = parse_bound(m_key, first);
    const auto newest = parse_bound(m_key, last);
    if (!oldest || !newest)
        throw Error(ExitCode::unexpected, fmt::format("the keys \"{}\" and \"{}\" cannot be read", first, last));
    m_facts.oldest = std::min(m_facts.oldest.value_or(*oldest), *oldest);
    m_facts.newest = std::max(m_facts.newest.value_or(*newest), *newest);
    if (!m_interval || m_partitions.size() > most_partitions)
        return;
    const Bounds bounds = bounds_containing(m_key, *m_interval, *oldest);
    PartitionRows& partition =
        m_partitions.try_emplace(bounds.lower, PartitionRows{bounds, 0, *oldest, *newest}).first->second;
    partition.rows += rows;
    partition.first = std::min(partition.first, *oldest);
    partition.last = std::max(partition.last, *newest);
    if (!is_number(m_key))
        m_years[civil_date(oldest->instant()).year] += rows;  // a part of the grid lies in one year
}

KeyFacts KeyScan::facts() const {
    KeyFacts facts = m_facts;
    if (!m_interval || m_partitions.size() > most_partitions)
        return facts;
    facts.distribution.emplace();
    double rows = 0;
    for (const auto& [lower, partition] : m_partitions) {
        facts.distribution->push_back(partition);
        rows += static_cast<double>(partition.rows);
    }
    facts.few = most_outliers(rows);
    facts.lowest = partitions_at(KeyEnd::first, *facts.distribution, facts.few);
    facts.highest = partitions_at(KeyEnd::last, *facts.distribution, facts.few);
    for (const auto& [year, count] : m_years)
        facts.years.push_back({year, count, false});
    return facts;
}

}  // namespace tripmig::ddl
