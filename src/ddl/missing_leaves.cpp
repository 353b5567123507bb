#include "ddl/missing_leaves.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

std::vector<Bounds> sorted(std::vector<Bounds> leaves) {
    std::sort(leaves.begin(), leaves.end(), [](const Bounds& a, const Bounds& b) { return a.lower < b.lower; });
    return leaves;
}

/// The parts of a range that none of these leaves covers, in order.
std::vector<Bounds> uncovered(const Bounds& range, const std::vector<Bounds>& sorted_leaves) {
    std::vector<Bounds> parts;
    Bound from = range.lower;
    for (const Bounds& leaf : sorted_leaves) {
        if (leaf.upper <= from)
            continue;
        if (leaf.lower >= range.upper)
            break;
        if (from < leaf.lower)
            parts.push_back({from, leaf.lower});
        from = leaf.upper;
    }
    if (from < range.upper)
        parts.push_back({from, range.upper});
    return parts;
}

/// A range cut where the grid's lines are. Stops after `at_most` leaves.
std::vector<Bounds> cut_by_grid(KeyType key, const config::PartitionInterval& interval, const Bounds& range,
                                std::size_t at_most) {
    std::vector<Bounds> cells;
    Bound from = range.lower;
    while (from < range.upper && cells.size() < at_most) {
        const Bound line = bounds_containing(key, interval, from).upper;
        cells.push_back({from, std::min(line, range.upper)});
        from = cells.back().upper;
    }
    return cells;
}

/// All uncovered parts of a range on the grid. At most `at_most` leaves.
std::vector<Bounds> missing_in(const Coverage& coverage, const config::PartitionInterval& interval, const Bounds& range,
                               std::size_t at_most) {
    std::vector<Bounds> missing;
    for (const Bounds& part : uncovered(range, sorted(coverage.leaves)))
        for (const Bounds& cell : cut_by_grid(coverage.key, interval, part, at_most - missing.size()))
            missing.push_back(cell);
    return missing;
}

std::optional<Bound> start_of(KeyType key, const config::PartitionPolicy& policy) {
    if (!policy.start)
        return std::nullopt;
    const auto start = parse_bound(key, *policy.start);
    if (!start || !start->is_finite())
        throw Error(ExitCode::usage, fmt::format("start = \"{}\" is no value of the key's type", *policy.start),
                    is_number(key) ? "write a number" : "write a date: start = \"2024-01-01\"");
    return start;
}

/// The first finite end of a leaf; what lies below it is covered, or is not the grid's concern.
std::optional<Bound> first_edge(const std::vector<Bounds>& leaves) {
    std::optional<Bound> first;
    for (const Bounds& leaf : leaves)
        for (const Bound& edge : {leaf.lower, leaf.upper})
            if (edge.is_finite() && (!first || edge < *first))
                first = edge;
    return first;
}

/// The last finite end of a leaf that begins at a finite value or at MINVALUE: a leaf for 'infinity' alone ends no
/// range of the calendar.
std::optional<Bound> last_edge(const std::vector<Bounds>& leaves) {
    std::optional<Bound> last;
    for (const Bounds& leaf : leaves)
        for (const Bound& edge : {leaf.lower, leaf.upper})
            if (edge.is_finite() && (!last || edge > *last))
                last = edge;
    return last;
}

Bounds present_of_times(const Coverage& coverage, const config::PartitionInterval& interval, Instant now) {
    const Bounds present = bounds_containing(coverage.key, interval, Bound::at(now));
    if (!coverage.newest || !coverage.newest->is_finite() || *coverage.newest < present.upper)
        return present;
    const bool is_near = *coverage.newest <= Bound::at(add(now, std::get<CalendarInterval>(interval)));
    return is_near ? bounds_after(coverage.key, interval, present) : present;
}

Bounds present_of_numbers(const Coverage& coverage, const config::PartitionPolicy& policy) {
    std::optional<Bound> present = coverage.newest;
    if (!present)
        present = first_edge(coverage.leaves);
    if (!present)
        present = start_of(coverage.key, policy);
    if (!present)
        throw Error(ExitCode::refused,
                    fmt::format("{} is empty, and its policy has no start", sql::quoted(policy.table)),
                    "give the policy the first number: start = 0, say");
    return bounds_containing(coverage.key, policy.interval, *present);
}

/// Where the leaves may end. When all of them lie ahead of the present, those between count as needed: that many are a
/// clock that fell back.
Bound ending(const Bounds& present, const Coverage& coverage, const config::PartitionPolicy& policy) {
    Bounds last = present;
    for (int i = 0; i < policy.premake && last.upper.is_finite(); ++i)
        last = bounds_after(coverage.key, policy.interval, last);
    return std::max(last.upper, first_edge(coverage.leaves).value_or(last.upper));
}

/// Where the leaves have to begin: at the first one there is, of an empty table at `start`, and never before what
/// retention keeps.
Bound beginning(const Bounds& present, const Coverage& coverage, const config::PartitionPolicy& policy, Instant now) {
    Bound begin = present.lower;
    if (const auto first = first_edge(coverage.leaves))
        begin = std::min(begin, *first);
    else if (const auto start = start_of(coverage.key, policy); start && coverage.leaves.empty())
        begin = std::min(begin, bounds_containing(coverage.key, policy.interval, *start).lower);
    if (const auto edge = retention_edge(coverage.key, policy, now))
        begin = std::max(begin, bounds_containing(coverage.key, policy.interval, *edge).lower);
    return std::min(begin, present.lower);
}

Error too_many(const std::vector<Bounds>& missing, const Coverage& coverage, const config::PartitionPolicy& policy,
               Instant now, int max_create) {
    return Error(
        ExitCode::refused,
        fmt::format("{} would need more than {} new leaves at once, from {} on; the time is {}",
                    sql::quoted(policy.table), max_create, describe(coverage.key, missing.front().lower),
                    format_timestamp(now)),
        "nothing was made: a clock that jumped asks for this, and a wrong start or interval; if it is right, raise "
        "max_create in the policy or in [partitions]");
}

}  // namespace

Bounds present_leaf(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now) {
    check_interval(coverage.key, policy.interval);
    return is_number(coverage.key) ? present_of_numbers(coverage, policy)
                                   : present_of_times(coverage, policy.interval, now);
}

std::optional<Bound> retention_edge(KeyType key, const config::PartitionPolicy& policy, Instant now) {
    if (!policy.retention || is_number(key))
        return std::nullopt;
    return Bound::at(add(now, policy.retention->keep, -1));
}

std::vector<Bounds> missing_leaves(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now,
                                   int max_create) {
    const Bounds present = present_leaf(coverage, policy, now);
    const Bounds needed{beginning(present, coverage, policy, now), ending(present, coverage, policy)};
    const auto limit = static_cast<std::size_t>(std::max(max_create, 0));
    std::vector<Bounds> missing = missing_in(coverage, policy.interval, needed, limit + 1);
    if (missing.size() > limit)
        throw too_many(missing, coverage, policy, now, max_create);
    const auto last = last_edge(coverage.leaves);
    if (!last || *last <= needed.upper)
        return missing;
    const auto beyond = missing_in(coverage, policy.interval, {needed.upper, *last}, limit + 1);
    if (missing.size() + beyond.size() <= limit)
        missing.insert(missing.end(), beyond.begin(), beyond.end());
    return missing;
}

int leaves_ahead(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now, int at_most) {
    const std::vector<Bounds> leaves = sorted(coverage.leaves);
    Bounds cell = present_leaf(coverage, policy, now);
    for (int ahead = -1; ahead < at_most; ++ahead) {
        if (!uncovered(cell, leaves).empty())
            return std::max(ahead, 0);
        if (!cell.upper.is_finite())
            return at_most;  // the numbers end here: nothing is left to be made
        cell = bounds_after(coverage.key, policy.interval, cell);
    }
    return at_most;
}

std::optional<Bound> covered_until(const Coverage& coverage, const Bound& from) {
    std::optional<Bound> until;
    for (const Bounds& leaf : sorted(coverage.leaves)) {
        const bool goes_on = until ? leaf.lower == *until : contains(leaf, from);
        if (goes_on)
            until = leaf.upper;
        else if (until)
            break;
    }
    return until;
}

std::vector<Bounds> gaps(const Coverage& coverage) {
    const auto first = first_edge(coverage.leaves);
    const auto last = last_edge(coverage.leaves);
    if (!first || !last || *first >= *last)
        return {};
    return uncovered({*first, *last}, sorted(coverage.leaves));
}

}  // namespace tripmig::ddl
