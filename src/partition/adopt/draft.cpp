#include "partition/adopt/draft.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "config/name_pattern.hpp"
#include "ddl/key/encoded_bound.hpp"
#include "partition/adopt/name_reading.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

using KeyUnit = config::KeyEncoding::Unit;

std::string listed_leaves(const std::vector<ddl::Leaf>& leaves) {
    constexpr std::size_t most = 3;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(leaves.size(), most); ++i)
        names.push_back(sql::quoted(leaves[i].name));
    return fmt::format("{}{}", fmt::join(names, ", "),
                       leaves.size() > most ? fmt::format(" and {} more", leaves.size() - most) : "");
}

/// The key as bounds are read, and the encoding that makes it so.
struct KeyReading {
    ddl::KeyType type;
    config::KeyEncoding encoding;
};

KeyReading as_encoded(const TableFacts& facts, const config::KeyEncoding& encoding) {
    const auto type = ddl::key_type(facts.catalog.key_type, encoding);
    if (!type)
        throw Error(
            ExitCode::refused,
            fmt::format("{}: the partition key {} has type {}, which is not supported", sql::quoted(facts.table),
                        sql::quote_ident(facts.catalog.key_columns.front()), facts.catalog.key_type),
            "a policy is for keys of type date, timestamp, timestamptz, smallint, integer, bigint, numeric, "
            "uuid (version 7), or text with ULIDs");
    return {*type, encoding};
}

/// Whether the bounds are times of these years, which few counts of rows are, and most partitions are on a grid of
/// time, be it in another zone.
bool reads_as_time(const TableFacts& facts, ddl::KeyType key) {
    for (const db::PartitionInfo& info : facts.catalog.partitions)
        if (!info.is_default() && !ddl::parse_bounds(key, info.bound))
            return false;  // too large a number
    const std::vector<ddl::Leaf> leaves = newest_leaves(facts, key);
    for (const ddl::Leaf& leaf : leaves)
        for (const ddl::Bound& bound : {leaf.bounds.lower, leaf.bounds.upper})
            if (const std::int64_t year = civil_date(bound.instant()).year;
                year < 2000 || year > 2100 || bound.tail() != ddl::Bound::Tail{})
                return false;
    for (int quarters = -48; quarters <= 56 && !leaves.empty(); ++quarters) {
        const ddl::TimeZone::Offset offset{Instant{}, std::chrono::minutes(15) * quarters};
        const Zone zone = std::make_shared<const ddl::TimeZone>("", std::vector{offset});
        if (find_grid(key, leaves, std::nullopt, zone)->irregular.size() * 2 < leaves.size())
            return true;
    }
    return false;
}

KeyReading read_key(const TableFacts& facts, const DraftWishes& wishes) {
    if (wishes.encoding)
        return as_encoded(facts, *wishes.encoding);
    const std::string& type = facts.catalog.key_type;
    if (type == "uuid")
        return as_encoded(facts, {KeyUnit::v7, std::nullopt});
    if (type == "text" || type.substr(0, 9) == "character")
        return as_encoded(facts, {KeyUnit::ulid, std::nullopt});
    const bool wants_number = wishes.interval && std::holds_alternative<std::int64_t>(*wishes.interval);
    if (type == "bigint" && !wants_number)
        for (const KeyUnit unit : {KeyUnit::s, KeyUnit::ms, KeyUnit::us, KeyUnit::ns})
            if (const KeyReading reading = as_encoded(facts, {unit, std::nullopt}); reads_as_time(facts, reading.type))
                return reading;
    return as_encoded(facts, {});
}

Error several_zones(const TableFacts& facts, const std::vector<Grid>& grids, const std::string& server_zone) {
    constexpr std::size_t most = 12;
    std::vector<std::string> names;
    for (const Grid& grid : grids)
        names.push_back(grid.calendar.zone->name());
    std::stable_partition(names.begin(), names.end(), [&](const std::string& name) { return name == server_zone; });
    const std::string first = names.front();
    const std::size_t others = names.size() - std::min(names.size(), most);
    names.resize(names.size() - others);
    return {ExitCode::refused,
            fmt::format("partitions of {} begin at midnight in {}: {}{}", sql::quoted(facts.table),
                        counted(grids.size(), "time zone"), fmt::join(names, ", "),
                        others == 0 ? "" : fmt::format(" and {} more", others)),
            fmt::format("say in which one: --time-zone {}", first)};
}

Error nothing_tells_interval(const TableFacts& facts) {
    return {ExitCode::refused,
            fmt::format("{} has no partition with two ends, so nothing tells how wide new ones are to be",
                        sql::quoted(facts.table)),
            "say it: --interval \"1 month\", or a number for integer keys"};
}

Zone zone_named(const std::vector<Zone>& zones, const std::string& name) {
    const auto found = std::find_if(zones.begin(), zones.end(), [&](const Zone& zone) { return zone->name() == name; });
    return found == zones.end() ? nullptr : *found;
}

Grid choose_grid(const TableFacts& facts, const std::vector<ddl::Leaf>& leaves, ddl::KeyType key,
                 const DraftWishes& wishes, const std::vector<Zone>& zones, const std::string& server_zone) {
    const Zone wanted = zone_named(zones, wishes.time_zone);
    const auto grid = find_grid(key, leaves, wishes.interval, wanted);
    if (!grid)
        throw nothing_tells_interval(facts);
    if (!wishes.time_zone.empty() || !ddl::is_moment(key) || grid->irregular.empty())
        return *grid;
    const std::vector<Grid> better = better_grids(key, leaves, wishes.interval, *grid, zones);
    for (const Grid& each : better)
        if (each.calendar.zone->name() == wishes.zone_of_several)
            return each;
    if (better.size() > 1)
        throw several_zones(facts, better, server_zone);
    return better.empty() ? *grid : better.front();
}

void note_grid(const Grid& grid, const std::vector<ddl::Leaf>& leaves, PolicyDraft& draft) {
    if (grid.irregular.empty())
        return;
    draft.notes.push_back(fmt::format(
        "{} of the newest {} not where partitions of {}{} would be ({}): they stay, and new ones take what is free "
        "beside them",
        grid.irregular.size(), leaves.size() == 1 ? "partition is" : fmt::format("{} partitions are", leaves.size()),
        interval_text(grid.interval), draft.time_zone.empty() ? "" : " in " + draft.time_zone,
        listed_leaves(grid.irregular)));
}

void choose_name(const std::vector<ddl::Leaf>& leaves, ddl::KeyType key, const Grid& grid, const DraftWishes& wishes,
                 PolicyDraft& draft) {
    if (!wishes.name.empty()) {
        draft.name = wishes.name;
        return;
    }
    const auto found = find_name_pattern(draft.table.name, key, leaves, draft.interval, grid.calendar);
    draft.name = found.value_or(config::default_name_pattern(draft.interval));
    if (!found && !leaves.empty())
        draft.notes.push_back(
            fmt::format("the names of the partitions ({}) follow no pattern that is known: new ones "
                        "are named after {}",
                        listed_leaves(leaves), draft.name));
}

void note_places(const TableFacts& facts, PolicyDraft& draft) {
    for (const db::PartitionInfo& info : facts.catalog.partitions)
        if (info.name.schema != facts.table.schema) {
            draft.notes.push_back(
                fmt::format("{} is in another schema than its table: new partitions are created in {}",
                            sql::quoted(info.name), sql::quote_ident(facts.table.schema)));
            break;
        }
    if (facts.catalog.key_columns.size() > 1)
        draft.notes.push_back(fmt::format("the key has {}: partitions are bounded by {}, the first one",
                                          counted(facts.catalog.key_columns.size(), "column"),
                                          sql::quote_ident(draft.key)));
}

}  // namespace

std::vector<Instant> moments_for_zones(const TableFacts& facts, const DraftWishes& wishes) {
    const KeyReading key = read_key(facts, wishes);
    if (!ddl::is_moment(key.type))
        return {};
    const std::vector<ddl::Leaf> leaves = newest_leaves(facts, key.type);
    const auto utc = find_grid(key.type, leaves, wishes.interval);
    if (leaves.empty() || !utc || (utc->irregular.empty() && wishes.time_zone.empty()))
        return {};
    std::vector<Instant> moments;
    for (const ddl::Leaf& leaf : leaves)
        for (const ddl::Bound& bound : {leaf.bounds.lower, leaf.bounds.upper})
            moments.push_back(bound.instant());
    std::sort(moments.begin(), moments.end());
    moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
    return moments;
}

PolicyDraft draft_policy(const TableFacts& facts, const DraftWishes& wishes, const std::vector<Zone>& zones,
                         const std::string& server_zone) {
    require_range_partitioned(facts);
    const KeyReading key = read_key(facts, wishes);
    const std::vector<ddl::Leaf> leaves = newest_leaves(facts, key.type);
    if (wishes.interval)
        ddl::check_interval(key.type, *wishes.interval);
    const Grid grid = choose_grid(facts, leaves, key.type, wishes, zones, server_zone);
    PolicyDraft draft;
    draft.table = facts.table;
    draft.key = facts.catalog.key_columns.front();
    draft.interval = grid.interval;
    draft.encoding = key.encoding;
    draft.week_start = grid.calendar.week_start;
    draft.time_zone = !wishes.time_zone.empty() ? wishes.time_zone
                      : grid.calendar.zone      ? grid.calendar.zone->name()
                                                : std::string();
    draft.premake = wishes.premake;
    draft.keep = wishes.keep;
    draft.drops = wishes.drops;
    draft.has_default = std::any_of(facts.catalog.partitions.begin(), facts.catalog.partitions.end(),
                                    [](const db::PartitionInfo& info) { return info.is_default(); });
    if (facts.catalog.partitions.empty() && ddl::is_number(key.type))
        draft.start = "0";
    if (ddl::is_encoded(key.type) && key.type != ddl::KeyType::ulid && !wishes.encoding)
        draft.notes.push_back(
            fmt::format("the bounds are read as {} since 1970; if they are plain numbers, give "
                        "--interval as a number",
                        key.encoding.name()));
    note_grid(grid, leaves, draft);
    choose_name(leaves, key.type, grid, wishes, draft);
    note_places(facts, draft);
    return draft;
}

std::optional<int> premake_of(const Snapshot& snapshot, const config::PartitionPolicy& policy) {
    constexpr int most = 10'000;
    const bool is_endless =
        std::any_of(snapshot.coverage.leaves.begin(), snapshot.coverage.leaves.end(),
                    [](const ddl::Bounds& leaf) { return leaf.lower.is_finite() && !leaf.upper.is_finite(); });
    if (is_endless || snapshot.coverage.leaves.empty())
        return std::nullopt;
    const int ahead = ddl::leaves_ahead(snapshot.coverage, policy, snapshot.now, most);
    return ahead == 0 || ahead == most ? std::nullopt : std::optional(ahead);
}

std::optional<std::string> first_run_note(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                          const Limits& limits) {
    const ddl::MissingLeaves missing =
        ddl::find_missing_leaves(snapshot.coverage, policy, snapshot.now, limits.max_create);
    const std::vector<ddl::Bounds> all = missing.most_urgent_first();
    if (missing.refused)
        return ddl::too_many_gaps(*missing.refused, snapshot.coverage, policy, snapshot.now, limits.max_create)
            .message();
    if (all.empty())
        return std::nullopt;
    return fmt::format("`tripmig partition maintain` would create {} of {}, the first one for {}; --dry-run shows them",
                       counted(all.size(), "partition"), sql::quoted(policy.table),
                       ddl::describe(snapshot.coverage.key, all.front()));
}

}  // namespace tripmig::partition
