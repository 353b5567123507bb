#include "ddl/missing_leaves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

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
std::vector<Bounds> cut_by_grid(const Coverage& coverage, const config::PartitionInterval& interval,
                                const Bounds& range, std::size_t at_most) {
    std::vector<Bounds> cells;
    Bound from = range.lower;
    while (from < range.upper && cells.size() < at_most) {
        const Bound line = bounds_containing(coverage.key, interval, from, coverage.calendar).upper;
        if (line <= from)
            break;  // the last year that there is
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
        for (const Bounds& cell : cut_by_grid(coverage, interval, part, at_most - missing.size()))
            missing.push_back(cell);
    return missing;
}

std::optional<Bound> policy_start(KeyType key, const config::PartitionPolicy& policy) {
    if (!policy.start)
        return std::nullopt;
    const auto start = parse_bound(key, *policy.start);
    if (!start || !start->is_finite() || !holds(key, *start))
        throw Error(ExitCode::usage,
                    fmt::format("start = \"{}\" is not a valid value of the key's type", *policy.start),
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

/// The last finite end of a leaf. One up to MAXVALUE ends no range of the calendar: it holds what lies far ahead, and
/// nothing needs to be there before it.
std::optional<Bound> last_edge(const std::vector<Bounds>& leaves) {
    std::optional<Bound> last;
    for (const Bounds& leaf : leaves)
        for (const Bound& edge : {leaf.lower, leaf.upper})
            if (!leaf.upper.is_maxvalue() && edge.is_finite() && (!last || edge > *last))
                last = edge;
    return last;
}

Bounds present_of_times(const Coverage& coverage, const config::PartitionInterval& interval, Instant now) {
    const Bounds present = bounds_containing(coverage.key, interval, Bound::at(now), coverage.calendar);
    if (!coverage.newest || !coverage.newest->is_finite() || *coverage.newest < present.upper)
        return present;
    const bool is_near = *coverage.newest <= Bound::at(add(now, std::get<CalendarInterval>(interval)));
    return is_near ? bounds_after(coverage.key, interval, present, coverage.calendar) : present;
}

Bounds present_of_numbers(const Coverage& coverage, const config::PartitionPolicy& policy) {
    std::optional<Bound> present = coverage.newest;
    if (!present)
        present = first_edge(coverage.leaves);
    if (!present)
        present = policy_start(coverage.key, policy);
    if (!present)
        throw Error(ExitCode::refused,
                    fmt::format("{} is empty, and its policy has no start", sql::quoted(policy.table)),
                    "set start in the policy to the first number, such as start = 0");
    return bounds_containing(coverage.key, policy.interval, *present);
}

void require_bounds(KeyType key, const Bounds& bounds, const config::PartitionPolicy& policy) {
    for (const Bound& bound : {bounds.lower, bounds.upper})
        if (bound.is_finite() && !holds(key, bound))
            throw Error(ExitCode::usage,
                        fmt::format("{} would need a partition that begins or ends at a time that its key cannot have",
                                    sql::quoted(policy.table)),
                        "check interval and premake in the policy, the clock and --now");
}

/// The end of the last partition that `premake` asks for.
Bound end_of_premake(const Bounds& present, const Coverage& coverage, const config::PartitionPolicy& policy) {
    Bounds last = present;
    require_bounds(coverage.key, present, policy);
    for (int i = 0; i < policy.premake && last.upper.is_finite(); ++i) {
        last = bounds_after(coverage.key, policy.interval, last, coverage.calendar);
        require_bounds(coverage.key, last, policy);
    }
    return last.upper;
}

/// Where the leaves have to begin: at the first one there is, of an empty table at `start`, and never before what
/// retention keeps.
Bound beginning(const Bounds& present, const Coverage& coverage, const config::PartitionPolicy& policy, Instant now) {
    Bound begin = present.lower;
    if (const auto first = first_edge(coverage.leaves))
        begin = std::min(begin, *first);
    else if (const auto start = policy_start(coverage.key, policy); start && coverage.leaves.empty())
        begin = std::min(begin, bounds_containing(coverage.key, policy.interval, *start, coverage.calendar).lower);
    if (const auto edge = retention_edge(coverage, policy, now); edge && holds(coverage.key, *edge))
        begin = std::max(begin, bounds_containing(coverage.key, policy.interval, *edge, coverage.calendar).lower);
    return std::min(begin, present.lower);
}

/// The end of the partitions that begin before the present one.
std::optional<Bound> end_of_past(const Bounds& present, const Coverage& coverage) {
    std::optional<Bound> end;
    for (const Bounds& leaf : coverage.leaves)
        if (leaf.lower < present.lower && (!end || *end < leaf.upper))
            end = leaf.upper;
    return end;
}

/// The gaps before the present partition.
void add_past(const Bounds& past, const Coverage& coverage, const config::PartitionInterval& interval,
              std::size_t limit, MissingLeaves& missing) {
    missing.gaps = missing_in(coverage, interval, past, limit + 1);
    if (missing.gaps.size() <= limit)
        return;
    Bound end = past.upper;
    if (const auto last = end_of_past({past.upper, past.upper}, coverage);
        coverage.is_beyond_rows && last && *last < end) {
        missing.skipped = Bounds{*last, end};
        end = *last;
        missing.gaps = missing_in(coverage, interval, {past.lower, end}, limit + 1);
    }
    if (missing.gaps.size() <= limit)
        return;
    // Rows of times that had no partition may still come, some more each night; a number far beyond the others is an
    // outlier, or somebody's sequence.
    const std::size_t filled = is_number(coverage.key) ? 0 : limit;
    const Bounds rest{missing.gaps[filled].lower, end};
    missing.refused = Bounds{rest.lower, uncovered(rest, sorted(coverage.leaves)).back().upper};
    missing.gaps.resize(filled);
}

}  // namespace

Bounds present_leaf(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now) {
    check_interval(coverage.key, policy.interval);
    return is_number(coverage.key) ? present_of_numbers(coverage, policy)
                                   : present_of_times(coverage, policy.interval, now);
}

std::optional<Bound> retention_edge(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now) {
    if (!policy.retention || !policy.retention->keep)
        return std::nullopt;
    if (const auto* numbers = std::get_if<std::int64_t>(&*policy.retention->keep)) {
        std::int64_t edge = 0;
        if (!is_number(coverage.key) || !coverage.newest || !coverage.newest->is_finite() ||
            __builtin_sub_overflow(coverage.newest->number(), *numbers, &edge))
            return std::nullopt;
        return Bound::number(edge);
    }
    const auto& keep = std::get<CalendarInterval>(*policy.retention->keep);
    if (is_number(coverage.key))
        return std::nullopt;
    if (is_beyond_calendar(keep))
        throw Error(ExitCode::usage, fmt::format("keep = \"{}\" is longer than the years 1 to 9999", to_string(keep)),
                    "to keep everything, remove [retention] from the policy");
    if (!is_moment(coverage.key))
        return Bound::at(add(now, keep, -1));
    return Bound::at(coverage.calendar.utc(add(coverage.calendar.local(now), keep, -1)));
}

std::optional<Bound> awaited_start(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now) {
    if (is_number(coverage.key))
        return std::nullopt;
    const auto start = policy_start(coverage.key, policy);
    if (!start)
        return std::nullopt;
    const Bound first = bounds_containing(coverage.key, policy.interval, *start, coverage.calendar).lower;
    const bool has_earlier = std::any_of(coverage.leaves.begin(), coverage.leaves.end(),
                                         [&](const Bounds& leaf) { return leaf.lower < first; });
    if (has_earlier || first <= present_leaf(coverage, policy, now).lower)
        return std::nullopt;
    return first;
}

std::vector<Bounds> MissingLeaves::most_urgent_first() const {
    std::vector<Bounds> all = ahead;
    all.insert(all.end(), gaps.begin(), gaps.end());
    return all;
}

MissingLeaves find_missing_leaves(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now,
                                  int max_create) {
    const Bounds present = present_leaf(coverage, policy, now);
    Bounds needed{present.lower, end_of_premake(present, coverage, policy)};
    if (const auto start = awaited_start(coverage, policy, now)) {
        needed.lower = *start;
        needed.upper = std::max(needed.lower, needed.upper);
    }
    const auto limit = static_cast<std::size_t>(std::max(max_create, 0));
    MissingLeaves missing;
    missing.ahead = missing_in(coverage, policy.interval, needed, std::numeric_limits<std::size_t>::max());
    // Next to partitions off the grid the present one may begin before what retention keeps.
    if (const auto edge = retention_edge(coverage, policy, now))
        missing.ahead.erase(std::remove_if(missing.ahead.begin(), missing.ahead.end(),
                                           [&](const Bounds& part) { return part.upper <= *edge; }),
                            missing.ahead.end());
    if (needed.lower == present.lower)
        add_past({beginning(present, coverage, policy, now), present.lower}, coverage, policy.interval, limit, missing);
    for (const Bounds& gap : missing.gaps)
        require_bounds(coverage.key, gap, policy);
    const auto last = last_edge(coverage.leaves);
    if (!last || *last <= needed.upper || missing.refused)
        return missing;
    const auto beyond = missing_in(coverage, policy.interval, {needed.upper, *last}, limit + 1);
    if (missing.gaps.size() + beyond.size() <= limit)
        missing.gaps.insert(missing.gaps.end(), beyond.begin(), beyond.end());
    return missing;
}

Error too_many_gaps(const Bounds& refused, const Coverage& coverage, const config::PartitionPolicy& policy, Instant now,
                    int max_create) {
    const bool is_number_key = is_number(coverage.key);
    const std::string present = !is_number_key    ? "the time is " + format_timestamp(now)
                                : coverage.newest ? "the newest row has " + describe(coverage.key, *coverage.newest)
                                                  : std::string("the table has no rows");
    return {ExitCode::refused,
            fmt::format("{} has no partitions for {}: its gaps need more than {} (max_create); {}",
                        sql::quoted(policy.table), describe(coverage.key, refused), max_create, present),
            fmt::format("check {}, start and interval; if they are right, fill the gaps with --max-create, or raise "
                        "max_create in the policy or in [partitions]",
                        is_number_key ? "that row" : "the clock")};
}

std::vector<Bounds> missing_leaves(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now,
                                   int max_create) {
    const MissingLeaves missing = find_missing_leaves(coverage, policy, now, max_create);
    if (missing.refused)
        throw too_many_gaps(*missing.refused, coverage, policy, now, max_create);
    return sorted(missing.most_urgent_first());
}

int leaves_ahead(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now, int at_most) {
    const std::vector<Bounds> leaves = sorted(coverage.leaves);
    Bounds cell = present_leaf(coverage, policy, now);
    if (const auto start = awaited_start(coverage, policy, now)) {
        const Bound end = end_of_premake(cell, coverage, policy);
        return end <= *start || uncovered({*start, end}, leaves).empty() ? at_most : 0;
    }
    const auto edge = retention_edge(coverage, policy, now);
    for (int ahead = -1; ahead < at_most; ++ahead) {
        const std::vector<Bounds> open = uncovered(cell, leaves);
        if (std::any_of(open.begin(), open.end(), [&](const Bounds& part) { return !edge || *edge < part.upper; }))
            return std::max(ahead, 0);
        if (!cell.upper.is_finite())
            return at_most;  // the numbers end here: nothing is left to be made
        cell = bounds_after(coverage.key, policy.interval, cell, coverage.calendar);
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
