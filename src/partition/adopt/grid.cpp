#include "partition/adopt/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>

namespace tripmig::partition {

namespace chr = std::chrono;

namespace {

constexpr std::array<const char*, 20> usual_intervals{"15 minutes", "30 minutes", "1 hour",  "2 hours",  "3 hours",
                                                      "4 hours",    "6 hours",    "8 hours", "12 hours", "1 day",
                                                      "1 week",     "2 weeks",    "1 month", "2 months", "3 months",
                                                      "6 months",   "1 year",     "2 years", "5 years",  "10 years"};

std::int64_t width_of_leaf(ddl::KeyType key, const ddl::Bounds& bounds) {
    if (ddl::is_number(key))
        return bounds.upper.number() - bounds.lower.number();
    return (bounds.upper.instant() - bounds.lower.instant()).count();
}

/// About: a month has 30 days.
double length_of(const CalendarInterval& interval) {
    constexpr double day = 86'400e6;
    return static_cast<double>(interval.months) * day * 365.25 / 12 + static_cast<double>(interval.days) * day +
           static_cast<double>(interval.microseconds);
}

std::vector<CalendarInterval> candidate_intervals(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves) {
    std::vector<CalendarInterval> candidates;
    for (const char* text : usual_intervals) {
        const CalendarInterval interval = parse_interval(text).value();
        if (key != ddl::KeyType::date || interval.microseconds == 0)
            candidates.push_back(interval);
    }
    constexpr std::int64_t day = 86'400'000'000;
    for (const ddl::Leaf& leaf : leaves)  // three days, ten days
        if (const std::int64_t width = width_of_leaf(key, leaf.bounds); width % day == 0 && width / day < 28)
            if (const CalendarInterval days{0, width / day, 0};
                std::find(candidates.begin(), candidates.end(), days) == candidates.end())
                candidates.push_back(days);
    return candidates;
}

/// The day on which most of the partitions begin, in the calendar's zone.
int first_weekday(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves, const Zone& zone) {
    std::array<int, 8> counts{};
    for (const ddl::Leaf& leaf : leaves) {
        const Instant moment = leaf.bounds.lower.instant();
        const Instant local = zone && ddl::is_moment(key) ? zone->local(moment) : moment;
        ++counts.at(chr::weekday(chr::floor<chr::days>(local)).iso_encoding());
    }
    return static_cast<int>(std::distance(counts.begin(), std::max_element(counts.begin() + 1, counts.end())));
}

bool is_in_weeks(const config::PartitionInterval& interval) {
    const auto* calendar = std::get_if<CalendarInterval>(&interval);
    return calendar != nullptr && calendar->months == 0 && calendar->days > 0 && calendar->days % 7 == 0;
}

Grid grid_of(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves, const config::PartitionInterval& interval,
             const Zone& zone) {
    Grid grid{interval, {zone, 1}, {}};
    if (is_in_weeks(interval) && !leaves.empty())
        grid.calendar.week_start = first_weekday(key, leaves, zone);
    for (const ddl::Leaf& leaf : leaves)
        if (!is_on_grid(key, leaf.bounds, interval, grid.calendar))
            grid.irregular.push_back(leaf);
    return grid;
}

/// Whether some partition lies in two cells of that grid.
bool is_crossed(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves, const CalendarInterval& interval,
                const Zone& zone) {
    const ddl::Calendar calendar{zone, 1};
    return std::any_of(leaves.begin(), leaves.end(), [&](const ddl::Leaf& leaf) {
        return ddl::bounds_containing(key, interval, leaf.bounds.lower, calendar).upper < leaf.bounds.upper;
    });
}

/// Where most partitions are on no grid: their width when all have the same; else the narrowest grid that has each of
/// them in one cell, so that half months become months; else the nearest width.
CalendarInterval nearest_interval(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves, const Zone& zone,
                                  const std::vector<CalendarInterval>& candidates) {
    std::vector<std::int64_t> widths;
    for (const ddl::Leaf& leaf : leaves)
        widths.push_back(width_of_leaf(key, leaf.bounds));
    std::sort(widths.begin(), widths.end());
    const auto median = static_cast<double>(std::max<std::int64_t>(widths[widths.size() / 2], 1));
    if (widths.front() == widths.back())
        for (const CalendarInterval& interval : candidates)
            if (interval.months == 0 && length_of(interval) == median)
                return interval;
    for (const CalendarInterval& interval : candidates)
        if (length_of(interval) >= median && !is_crossed(key, leaves, interval, zone))
            return interval;
    return *std::min_element(
        candidates.begin(), candidates.end(), [&](const CalendarInterval& a, const CalendarInterval& b) {
            return std::abs(std::log(length_of(a) / median)) < std::abs(std::log(length_of(b) / median));
        });
}

Grid find_time_grid(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves, const Zone& zone) {
    const std::vector<CalendarInterval> candidates = candidate_intervals(key, leaves);
    std::optional<Grid> best;
    for (const CalendarInterval& interval : candidates) {
        Grid grid = grid_of(key, leaves, interval, zone);
        const bool has_newest = grid.irregular.empty() || !(grid.irregular.back() == leaves.back());
        if (!best || grid.irregular.size() < best->irregular.size() ||
            (grid.irregular.size() == best->irregular.size() && has_newest && !best->irregular.empty() &&
             best->irregular.back() == leaves.back()))
            best = std::move(grid);
    }
    if (best->irregular.size() * 2 > leaves.size())
        return grid_of(key, leaves, nearest_interval(key, leaves, zone, candidates), zone);
    return *best;
}

/// The width that most of them have; of two the one that is on its grid more often, then the newest.
std::int64_t usual_width(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves) {
    std::map<std::int64_t, std::size_t> counts;
    for (const ddl::Leaf& leaf : leaves)
        ++counts[width_of_leaf(key, leaf.bounds)];
    std::int64_t best = width_of_leaf(key, leaves.back().bounds);
    for (const auto& [width, count] : counts)
        if (count > counts[best])
            best = width;
    return best;
}

}  // namespace

bool is_on_grid(ddl::KeyType key, const ddl::Bounds& bounds, const config::PartitionInterval& interval,
                const ddl::Calendar& calendar) {
    return ddl::bounds_containing(key, interval, bounds.lower, calendar) == bounds;
}

std::optional<Grid> find_grid(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves,
                              const std::optional<config::PartitionInterval>& only, const Zone& zone) {
    if (only)
        return grid_of(key, leaves, *only, zone);
    if (leaves.empty())
        return std::nullopt;
    if (ddl::is_number(key))
        return grid_of(key, leaves, usual_width(key, leaves), zone);
    return find_time_grid(key, leaves, zone);
}

std::vector<Grid> better_grids(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves,
                               const std::optional<config::PartitionInterval>& only, const Grid& utc,
                               const std::vector<Zone>& zones) {
    std::vector<Grid> best;
    std::size_t fewest = utc.irregular.size();
    for (const Zone& zone : zones) {
        Grid grid = find_grid(key, leaves, only, zone).value_or(utc);
        const std::size_t irregular = grid.irregular.size();
        if (irregular > fewest || (irregular == fewest && best.empty()))
            continue;
        if (irregular < fewest)
            best.clear();
        fewest = grid.irregular.size();
        best.push_back(std::move(grid));
    }
    return best;
}

std::string interval_text(const config::PartitionInterval& interval) {
    if (const auto* number = std::get_if<std::int64_t>(&interval))
        return fmt::format("{}", *number);
    const auto& calendar = std::get<CalendarInterval>(interval);
    if (is_in_weeks(interval) && calendar.microseconds == 0)
        return calendar.days == 7 ? "1 week" : fmt::format("{} weeks", calendar.days / 7);
    return to_string(calendar);
}

}  // namespace tripmig::partition
