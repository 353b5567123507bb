#include "partition/retention/expiry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/counted.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

std::string size_text(std::int64_t bytes) {
    constexpr std::array units{"kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    std::int64_t size = bytes / 1024;
    for (; size % 1024 == 0 && unit + 1 < units.size(); ++unit)
        size /= 1024;
    return fmt::format("{} {}", size, units.at(unit));
}

std::string keep_text(const config::PartitionInterval& keep) {
    if (const auto* number = std::get_if<std::int64_t>(&keep))
        return fmt::format("{}", *number);
    return to_string(std::get<CalendarInterval>(keep));
}

}  // namespace

std::string beyond_text(const config::RetentionPolicy& retention) {
    std::string text;
    if (retention.keep)
        text = "older than " + keep_text(*retention.keep);
    std::string counts;
    if (retention.keep_partitions)
        counts = counted(*retention.keep_partitions, "partition");
    if (retention.keep_bytes)
        counts += (counts.empty() ? "" : " and ") + size_text(*retention.keep_bytes);
    if (!counts.empty())
        text += (text.empty() ? "beyond " : " and beyond ") + counts;
    return text;
}

std::vector<LeafSnapshot> expired_leaves(const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    return expired_at(snapshot.now, snapshot, policy);
}

namespace {

using Leaves = std::vector<LeafSnapshot>;

/// How many of the oldest leaves keep_partitions gives up: the present one and those before it count, what lies ahead
/// comes on top.
std::size_t beyond_count(Instant now, const Snapshot& snapshot, int kept) {
    const auto present =
        ddl::is_number(snapshot.coverage.key) ? snapshot.coverage.newest : std::optional(ddl::Bound::at(now));
    if (!present)
        return 0;
    const auto begun = static_cast<std::size_t>(
        std::count_if(snapshot.leaves.begin(), snapshot.leaves.end(),
                      [&](const LeafSnapshot& leaf) { return leaf.leaf.bounds.lower <= *present; }));
    return begun - std::min(begun, static_cast<std::size_t>(kept));
}

/// How many of the oldest leaves keep_size gives up; none while a size is not known.
std::size_t beyond_size(const Snapshot& snapshot, std::int64_t kept) {
    std::int64_t total = 0;
    std::size_t beyond = snapshot.leaves.size();
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend(); ++leaf) {
        const auto found = snapshot.bytes.find(leaf->info.oid);
        if (found == snapshot.bytes.end())
            return 0;
        total += found->second;
        if (total <= kept)
            --beyond;
    }
    return beyond;
}

bool holds_newest(const Snapshot& snapshot, const ddl::Leaf& leaf) {
    if (snapshot.newest_row && snapshot.newest_row->partition == leaf.name)
        return true;
    return ddl::is_number(snapshot.coverage.key) && snapshot.coverage.newest &&
           ddl::contains(leaf.bounds, *snapshot.coverage.newest);
}

}  // namespace

std::vector<LeafSnapshot> expired_at(Instant now, const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    Leaves expired;
    if (!policy.retention || snapshot.leaves.empty())
        return expired;
    const config::RetentionPolicy& retention = *policy.retention;
    const auto edge = ddl::retention_edge(snapshot.coverage, policy, now);
    if (retention.keep && !edge)
        return expired;
    std::size_t last = snapshot.leaves.size() - 1;
    if (retention.keep_partitions)
        last = std::min(last, beyond_count(now, snapshot, *retention.keep_partitions));
    if (retention.keep_bytes)
        last = std::min(last, beyond_size(snapshot, *retention.keep_bytes));
    for (std::size_t i = 0; i < last; ++i) {
        const LeafSnapshot& leaf = snapshot.leaves[i];
        const bool is_kept = edge && *edge < leaf.leaf.bounds.upper;
        if (!is_kept && !leaf.info.is_detach_pending && !holds_newest(snapshot, leaf.leaf))
            expired.push_back(leaf);
    }
    return expired;
}

std::size_t count_held(const std::vector<LeafSnapshot>& expired, const Snapshot& snapshot) {
    return static_cast<std::size_t>(std::count_if(expired.begin(), expired.end(), [&](const LeafSnapshot& leaf) {
        return snapshot.held.count(leaf.leaf.name) != 0;
    }));
}

std::optional<ddl::Bound> oldest_believable_row(const ddl::Coverage& coverage, const config::PartitionPolicy& policy,
                                                Instant now) {
    const auto* interval = std::get_if<CalendarInterval>(&policy.interval);
    if (ddl::is_number(coverage.key) || interval == nullptr || ddl::is_beyond_calendar(*interval))
        return std::nullopt;
    return ddl::Bound::at(std::min(add(now, *interval, -2), now - std::chrono::days(7)));
}

namespace {

/// One row with a number far beyond the others would let all of those go.
std::optional<Error> number_ahead(const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    const auto* width = std::get_if<std::int64_t>(&policy.interval);
    const auto& newest = snapshot.coverage.newest;
    if (!policy.retention || policy.retention->idle || !snapshot.filled_below || !newest || width == nullptr)
        return std::nullopt;
    const ddl::Leaf& below = *snapshot.filled_below;
    std::int64_t edge = 0;
    if (__builtin_sub_overflow(newest->number(), *width, &edge) || __builtin_sub_overflow(edge, *width, &edge) ||
        ddl::Bound::number(edge) < below.bounds.upper)
        return std::nullopt;
    const auto expired = expired_leaves(snapshot, policy);
    if (std::none_of(expired.begin(), expired.end(),
                     [&](const LeafSnapshot& leaf) { return leaf.leaf.name == below.name; }))
        return std::nullopt;
    const ddl::KeyType key = snapshot.coverage.key;
    return Error(ExitCode::refused,
                 fmt::format("{}: partitions are {}, but none is detached: the newest row has {}, and the one "
                             "before it is in {}, below {}",
                             sql::quoted(policy.table), beyond_text(*policy.retention), ddl::describe(key, *newest),
                             sql::quoted(below.name), ddl::describe(key, below.bounds.upper)),
                 "check that row; if its number is right, set idle = true in [retention] until others follow");
}

}  // namespace

std::optional<Error> clock_ahead(const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    if (ddl::is_number(snapshot.coverage.key))
        return number_ahead(snapshot, policy);
    if (!policy.retention || policy.retention->idle || !snapshot.coverage.is_beyond_rows || !snapshot.newest_row)
        return std::nullopt;
    const std::size_t expired = expired_leaves(snapshot, policy).size();
    if (expired == 0)
        return std::nullopt;
    return Error(
        ExitCode::refused,
        fmt::format("{}: {} {} {}, but {} detached: the time is {}, and the newest row of {} is from {}",
                    sql::quoted(policy.table), expired, expired == 1 ? "partition is" : "partitions are",
                    beyond_text(*policy.retention), expired == 1 ? "is not" : "none is", format_timestamp(snapshot.now),
                    sql::quoted(snapshot.newest_row->partition),
                    ddl::describe(snapshot.coverage.key, snapshot.newest_row->key)),
        "check the server's clock and --now; if this table really gets no rows for so long, set idle = true in "
        "[retention]");
}

std::vector<LeafSnapshot> leaves_to_retire(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                           const Limits& limits) {
    if (clock_ahead(snapshot, policy))
        return {};
    std::vector<LeafSnapshot> leaves = expired_leaves(snapshot, policy);
    leaves.erase(std::remove_if(leaves.begin(), leaves.end(),
                                [&](const LeafSnapshot& leaf) { return snapshot.held.count(leaf.leaf.name) != 0; }),
                 leaves.end());
    const auto limit = static_cast<std::size_t>(std::max(limits.max_drop, 0));
    leaves.resize(std::min(leaves.size(), limit));
    return leaves;
}

}  // namespace tripmig::partition
