#include "partition/overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "db/catalog/policy_tables.hpp"
#include "db/statements.hpp"
#include "ddl/leaf.hpp"
#include "ddl/registry/registry.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace chr = std::chrono;

namespace {

Error not_partitioned(const config::PartitionPolicy& policy, const db::PolicyTable& table) {
    const std::string name = sql::quoted(policy.table);
    if (table.oid == 0)
        return {ExitCode::refused, fmt::format("{} does not exist", name),
                fmt::format("create it first, with a migration (`tripmig up`), or correct its name in {}",
                            policy.file.empty() ? "the command" : policy.file.string())};
    if (table.kind != 'r')
        return {ExitCode::refused, fmt::format("{} is not a table", name),
                "a policy is for a partitioned table: correct its table, or remove it"};
    return {ExitCode::refused, fmt::format("{} is not partitioned yet", name),
            fmt::format("to partition it while it is in use: tripmig swap run {}", name)};
}

void require_range(const config::PartitionPolicy& policy, const db::PolicyTable& table) {
    const std::string name = sql::quoted(policy.table);
    const std::string& first = table.key_columns.front();
    if (table.strategy != 'r' || first.empty())
        throw Error(ExitCode::refused, fmt::format("{} is not partitioned by range of a column", name),
                    "a policy is for a table that is: remove this one");
    if (first != policy.key)
        throw Error(ExitCode::refused,
                    fmt::format("{} is partitioned by {}, but its policy has the key {}", name, sql::quote_ident(first),
                                sql::quote_ident(policy.key)),
                    fmt::format("write key = \"{}\"", first));
}

Error at_file(const Error& error, const config::PartitionPolicy& policy) {
    return policy.file.empty() ? error : error.rewrapped(error.code(), policy.file.string() + ": ");
}

ddl::KeyType key_of(const config::PartitionPolicy& policy, const db::PolicyTable& table) {
    const auto key = [&] {
        try {
            return ddl::key_type(table.key_type, policy.key_encoding);
        } catch (const Error& error) {
            throw at_file(error, policy);
        }
    }();
    if (!key)
        throw Error(
            ExitCode::refused,
            fmt::format("{}: the partition key {} has type {}, which is not supported", sql::quoted(policy.table),
                        sql::quote_ident(policy.key), table.key_type),
            "use a column of type date, timestamp, timestamptz, smallint, integer, bigint, numeric or uuid (version "
            "7), or text with ULIDs (unit = \"ulid\" in [key_encoding])");
    try {
        ddl::check_interval(*key, policy.interval);
    } catch (const Error& error) {
        throw at_file(error, policy);
    }
    return *key;
}

void add_leaves(Snapshot& snapshot, const std::vector<db::PartitionInfo>& partitions) {
    for (const db::PartitionInfo& info : partitions) {
        if (info.is_default()) {
            snapshot.default_partition = info;
            snapshot.parent.default_partition = info.name;
            continue;
        }
        const auto bounds = ddl::parse_bounds(snapshot.coverage.key, info.bound);
        if (!bounds)
            throw Error(ExitCode::refused,
                        fmt::format("the bounds of {} cannot be read: {}", sql::quoted(info.name), info.bound),
                        "this table cannot be maintained: remove its policy");
        snapshot.leaves.push_back({{info.name, *bounds}, info});
    }
    std::sort(snapshot.leaves.begin(), snapshot.leaves.end(),
              [](const LeafSnapshot& a, const LeafSnapshot& b) { return a.leaf.bounds.lower < b.leaf.bounds.lower; });
    for (const LeafSnapshot& leaf : snapshot.leaves)
        snapshot.coverage.leaves.push_back(leaf.leaf.bounds);
}

Snapshot snapshot_of(const config::PartitionPolicy& policy, const db::PolicyTable& table) {
    if (table.oid == 0 || table.strategy == '\0')
        throw not_partitioned(policy, table);
    require_range(policy, table);
    Snapshot snapshot;
    snapshot.parent.table = policy.table;
    snapshot.parent.key = policy.key;
    snapshot.parent.key_type = table.key_type;
    snapshot.parent.key_columns = table.key_columns.size();
    snapshot.coverage.key = key_of(policy, table);
    snapshot.coverage.calendar.week_start = policy.week_start;
    snapshot.has_guard = table.has_guard;
    snapshot.has_registry = table.has_registry;
    add_leaves(snapshot, table.partitions);
    return snapshot;
}

/// What a zone's offsets are needed for.
struct Range {
    Instant from;
    Instant to;

    void include(Instant moment) {
        from = std::min(from, moment);
        to = std::max(to, moment);
    }
};

/// Two centuries on both sides: what laws will say of clocks in a thousand years nobody knows.
constexpr chr::days far(365 * 200);

Range range_of(const config::PartitionPolicy& policy, const Snapshot& snapshot, Instant now) {
    Range range{now - chr::days(400), now + chr::days(800)};
    const auto* interval = std::get_if<CalendarInterval>(&policy.interval);
    if (interval != nullptr && !ddl::is_beyond_calendar(*interval)) {
        range.include(add(now, *interval, std::min(policy.premake + 2, 2000)));
        range.include(add(now, *interval, -2));
    }
    if (policy.retention && policy.retention->keep)
        if (const auto* keep = std::get_if<CalendarInterval>(&*policy.retention->keep);
            keep != nullptr && !ddl::is_beyond_calendar(*keep))
            range.include(add(now, *keep, -1));
    if (policy.start)
        if (const auto start = parse_timestamp(*policy.start))
            range.include(*start);
    for (const ddl::Bounds& leaf : snapshot.coverage.leaves)
        for (const ddl::Bound& bound : {leaf.lower, leaf.upper})
            if (bound.is_finite())
                range.include(bound.instant());
    return {std::max(range.from, now - far), std::min(range.to, now + far)};
}

std::shared_ptr<const ddl::TimeZone> read_zone(db::StepConnection& connection, const std::string& name,
                                               const Range& range) {
    const auto midnight = [](Instant moment) { return format_date(chr::floor<chr::days>(moment)); };
    std::vector<ddl::TimeZone::Offset> offsets;
    Step look;
    look.sql = db::statements::zone_offsets;
    look.parameters = {name, midnight(range.from), midnight(range.to)};
    const db::Result found = connection.execute(look);
    for (const db::Row& row : found)
        if (const auto from = parse_timestamp(row.text("at")))
            offsets.push_back({*from, chr::seconds(row.number("east"))});
    return std::make_shared<const ddl::TimeZone>(name, std::move(offsets));
}

Error unknown_zone(const config::PartitionPolicy& policy, const Error& error) {
    return at_file(
        Error(ExitCode::usage, fmt::format("time_zone: the server has no time zone \"{}\"", policy.time_zone),
              "for the names that it has: SELECT name FROM pg_timezone_names")
            .with_sqlstate(error.sqlstate()),
        policy);
}

/// One look for each zone, wide enough for all tables that have it.
void add_zones(db::StepConnection& connection, const std::vector<config::PartitionPolicy>& policies,
               Overview& overview) {
    std::map<std::string, Range> ranges;
    for (std::size_t i = 0; i < policies.size(); ++i) {
        if (policies[i].time_zone.empty() || !overview.tables[i].snapshot)
            continue;
        const Range range = range_of(policies[i], *overview.tables[i].snapshot, overview.now);
        Range& whole = ranges.try_emplace(policies[i].time_zone, range).first->second;
        whole.include(range.from);
        whole.include(range.to);
    }
    std::map<std::string, std::shared_ptr<const ddl::TimeZone>> zones;
    std::map<std::string, Error> unknown;
    for (const auto& [name, range] : ranges) {
        try {
            zones.emplace(name, read_zone(connection, name, range));
        } catch (const Error& error) {
            if (error.sqlstate().substr(0, 2) != "22")
                throw;
            unknown.emplace(name, error);
        }
    }
    for (std::size_t i = 0; i < policies.size(); ++i) {
        TableOverview& table = overview.tables[i];
        if (policies[i].time_zone.empty() || !table.snapshot)
            continue;
        if (const auto failed = unknown.find(policies[i].time_zone); failed != unknown.end()) {
            table.error = unknown_zone(policies[i], failed->second);
            table.snapshot.reset();
            continue;
        }
        table.snapshot->coverage.calendar.zone = zones.at(policies[i].time_zone);
        if (!ddl::is_moment(table.snapshot->coverage.key))
            table.snapshot->now = table.snapshot->coverage.calendar.local(overview.now);
    }
}

}  // namespace

Overview read_overview(db::StepConnection& connection, const std::vector<config::PartitionPolicy>& policies,
                       std::optional<Instant> now) {
    std::vector<db::PolicyTableName> names;
    for (const config::PartitionPolicy& policy : policies)
        names.push_back({policy.table, ddl::registry_name(policy.table).name});
    const db::PolicyTables found = db::read_policy_tables(connection, names, ddl::default_guard_name);
    Overview overview;
    overview.server_now = found.now;
    overview.now = now.value_or(found.now);
    for (std::size_t i = 0; i < policies.size(); ++i) {
        TableOverview& table = overview.tables.emplace_back();
        table.references = found.tables[i].references;
        try {
            table.snapshot = snapshot_of(policies[i], found.tables[i]);
            table.snapshot->now = overview.now;
            table.snapshot->moment = overview.now;
        } catch (const Error& error) {
            table.error = error;
        }
    }
    add_zones(connection, policies, overview);
    return overview;
}

namespace {

void visit(const std::vector<TableOverview>& tables, std::size_t place, std::vector<bool>& seen,
           std::vector<std::size_t>& order) {
    if (seen[place])
        return;
    seen[place] = true;
    for (const std::size_t referenced : tables[place].references)
        visit(tables, referenced, seen, order);
    order.push_back(place);
}

}  // namespace

std::vector<std::size_t> referenced_first(const std::vector<TableOverview>& tables) {
    std::vector<std::size_t> order;
    std::vector<bool> seen(tables.size(), false);
    for (std::size_t i = 0; i < tables.size(); ++i)
        visit(tables, i, seen, order);
    return order;
}

}  // namespace tripmig::partition
