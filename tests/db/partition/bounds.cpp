// What we say of bounds, PostgreSQL does: it accepts each, and puts a row of each edge where we say.

#include <doctest/doctest.h>

#include <random>

#include "ddl/bounds.hpp"
#include "partition/overview.hpp"
#include "room.hpp"
#include "sql/identifier.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace chr = std::chrono;

namespace {

Instant at(std::string_view text) {
    return parse_timestamp(text).value();
}

/// The zone as `partition maintain` reads it, for partitions from `first` on.
ddl::Calendar calendar_of(Room& room, const std::string& zone, const std::string& first) {
    room.database.exec("CREATE TABLE IF NOT EXISTS zoned (at timestamptz NOT NULL) PARTITION BY RANGE (at)");
    config::PartitionPolicy policy = monthly();
    policy.table.name = "zoned";
    policy.time_zone = zone;
    policy.start = first;
    const StopSignal stop;
    db::Connection connection(room.config(), "test", room.told, stop, db::SessionSettings::own);
    const partition::Overview overview = partition::read_overview(connection, {policy}, at("2026-06-15"));
    REQUIRE(overview.tables[0].snapshot);
    return overview.tables[0].snapshot->coverage.calendar;
}

const std::vector<std::string> zones{"Europe/Berlin",    "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
                                     "Asia/Seoul",       "Asia/Kathmandu",   "Africa/Casablanca", "Pacific/Auckland",
                                     "Antarctica/Troll", "Asia/Beirut",      "America/St_Johns",  "Pacific/Apia",
                                     "Etc/GMT-9"};

/// The key as its column takes it: of a bound, and of the least one below it.
struct Edge {
    std::string key;
    std::string below;
};

Edge edge_of(ddl::KeyType key, const ddl::Bound& bound) {
    const std::string literal = ddl::bound_literal(key, bound);
    if (ddl::is_number(key))
        return {literal, literal + (key == ddl::KeyType::numeric ? "::numeric - 0.001" : "::int8 - 1")};
    if (key == ddl::KeyType::date)
        return {literal, literal + "::date - 1"};
    if (key == ddl::KeyType::timestamp || key == ddl::KeyType::timestamptz)
        return {literal, literal + "::" + std::string(ddl::type_name(key)) + " - interval '1 microsecond'"};
    if (key == ddl::KeyType::uuid || key == ddl::KeyType::ulid) {
        ddl::Bound::Tail tail;
        tail.fill(0xFF);
        const auto before = chr::floor<chr::milliseconds>(bound.instant()) - chr::milliseconds(1);
        return {literal, ddl::bound_literal(key, ddl::Bound::at(before, tail))};
    }
    return {literal, literal + "::int8 - 1"};
}

struct Grid {
    std::string column;
    ddl::KeyType key = ddl::KeyType::timestamp;
    config::PartitionInterval interval;
    ddl::Calendar calendar;
};

/// Three partitions in a row from a moment on, and rows at their edges.
void check_in_server(const Room& room, const Grid& grid, const ddl::Bound& moment) {
    std::vector<ddl::Bounds> parts{ddl::bounds_containing(grid.key, grid.interval, moment, grid.calendar)};
    while (parts.size() < 3 && parts.back().upper.is_finite())
        parts.push_back(ddl::bounds_after(grid.key, grid.interval, parts.back(), grid.calendar));
    CAPTURE(grid.column);
    CAPTURE(ddl::describe(grid.key, parts.front()));
    std::string sql = "BEGIN; SET LOCAL TimeZone = 'UTC'; CREATE TABLE keyed (at " + grid.column +
                      " NOT NULL, tenant int) PARTITION BY RANGE (at);";
    for (std::size_t i = 0; i < parts.size(); ++i)
        sql += "CREATE TABLE keyed_" + std::to_string(i) + " PARTITION OF keyed " +
               ddl::for_values(grid.key, parts[i]) + ";";
    room.database.exec(sql);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        // What the catalog prints is what we read.
        CHECK(ddl::parse_bounds(grid.key,
                                room.database.scalar("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE "
                                                     "oid = $1::regclass",
                                                     {"keyed_" + std::to_string(i)})) == parts[i]);
        if (parts[i].lower.is_finite())
            CHECK(room.database.scalar("INSERT INTO keyed VALUES (" + edge_of(grid.key, parts[i].lower).key +
                                       ") RETURNING tableoid::regclass") == "keyed_" + std::to_string(i));
        if (parts[i].upper.is_finite())
            CHECK(room.database.scalar("INSERT INTO keyed VALUES (" + edge_of(grid.key, parts[i].upper).below +
                                       ") RETURNING tableoid::regclass") == "keyed_" + std::to_string(i));
    }
    room.database.exec("ROLLBACK");
}

}  // namespace

TEST_CASE("each local midnight is where the server has it, in zones of every kind") {
    Room room;
    for (const std::string& zone : zones) {
        CAPTURE(zone);
        const ddl::Calendar calendar = calendar_of(room, zone, "1990-01-01");
        std::size_t different = 0;
        for (const auto& row : room.database.rows(
                 "SELECT day::date, (day AT TIME ZONE $1) AT TIME ZONE 'UTC' FROM generate_series(timestamp "
                 "'1990-01-01', '2027-12-31', '1 day') AS day",
                 {zone}))
            if (calendar.utc(at(*row[0])) != at(*row[1]))
                ++different;
        CHECK(different == 0);
    }
}

TEST_CASE("PostgreSQL accepts each bound, and puts a row of each edge where we say") {
    Room room;
    std::mt19937_64 random(20240229);
    const auto months = [](int count) { return config::PartitionInterval(CalendarInterval{count, 0, 0}); };
    const auto days = [](int count) { return config::PartitionInterval(CalendarInterval{0, count, 0}); };
    const config::PartitionInterval hour = CalendarInterval{0, 0, 3'600'000'000};
    const ddl::Calendar utc;
    const ddl::Calendar berlin = calendar_of(room, "Europe/Berlin", "2000-01-01");
    const ddl::Calendar lord_howe = calendar_of(room, "Australia/Lord_Howe", "2000-01-01");
    const std::vector<Grid> grids{
        {"timestamptz", ddl::KeyType::timestamptz, months(1), utc},
        {"timestamptz", ddl::KeyType::timestamptz, days(7), berlin},
        {"timestamptz", ddl::KeyType::timestamptz, hour, lord_howe},
        {"timestamp", ddl::KeyType::timestamp, days(1), utc},
        {"date", ddl::KeyType::date, months(3), utc},
        {"uuid", ddl::KeyType::uuid, days(1), berlin},
        {"bigint", ddl::KeyType::epoch_s, months(1), berlin},
        {"bigint", ddl::KeyType::epoch_ms, days(1), lord_howe},
        {"bigint", ddl::KeyType::epoch_us, hour, utc},
        {"bigint", ddl::KeyType::epoch_ns, days(7), utc},
        {"bigint", {ddl::KeyType::snowflake, 1'288'834'974'657}, months(1), berlin},
        {"text COLLATE \"C\"", ddl::KeyType::ulid, days(1), utc},
    };
    std::uniform_int_distribution<std::int64_t> moments(at("2001-01-01").time_since_epoch().count(),
                                                        at("2027-01-01").time_since_epoch().count());
    for (const Grid& grid : grids)
        for (int i = 0; i < 6; ++i)
            check_in_server(room, grid, ddl::Bound::at(Instant(chr::microseconds(moments(random)))));
    // Leap days, year ends, far and early ones.
    for (const char* text : {"2024-02-29 23:59:59.999999", "1999-12-31 23:00", "0044-03-15 BC", "4001-02-29 BC",
                             "9999-12-31 12:00", "200000-06-06", "0001-12-31 BC"}) {
        check_in_server(room, {"timestamptz", ddl::KeyType::timestamptz, months(1), utc}, ddl::Bound::at(at(text)));
        check_in_server(room, {"date", ddl::KeyType::date, days(7), utc}, ddl::Bound::at(at(text)));
        check_in_server(room, {"timestamp", ddl::KeyType::timestamp, months(12), utc}, ddl::Bound::at(at(text)));
    }
    for (const std::int64_t number :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{999'999'999'999}, std::int64_t{-4'611'686'018'427'387'904},
          std::int64_t{9'223'372'036'854'775'806}})
        for (const std::int64_t width : {std::int64_t{1}, std::int64_t{1000}, std::int64_t{1'000'000'000'000'000}}) {
            check_in_server(room, {"bigint", ddl::KeyType::bigint, width, utc}, ddl::Bound::number(number));
            check_in_server(room, {"numeric", ddl::KeyType::numeric, width, utc}, ddl::Bound::number(number));
        }
    check_in_server(room, {"smallint", ddl::KeyType::smallint, std::int64_t{1000}, utc}, ddl::Bound::number(-32'768));
}
