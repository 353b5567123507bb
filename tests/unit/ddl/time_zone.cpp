#include "ddl/key/time_zone.hpp"

#include <doctest/doctest.h>

#include <random>

#include "ddl/bounds.hpp"
#include "ddl/leaf_name.hpp"

using namespace tripmig;
using namespace tripmig::ddl;

namespace chr = std::chrono;

namespace {

Instant moment_at(std::string_view text) {
    return parse_timestamp(text).value();
}

/// Berlin's clocks from 2023 to 2025.
TimeZone berlin() {
    return {"Europe/Berlin",
            {{moment_at("2023-01-01"), chr::hours(1)},
             {moment_at("2023-03-26 01:00"), chr::hours(2)},
             {moment_at("2023-10-29 01:00"), chr::hours(1)},
             {moment_at("2024-03-31 01:00"), chr::hours(2)},
             {moment_at("2024-10-27 01:00"), chr::hours(1)}}};
}

/// São Paulo's in 2018: put forward at midnight, so that one day begins at one o'clock.
TimeZone sao_paulo() {
    return {"America/Sao_Paulo",
            {{moment_at("2018-01-01"), chr::hours(-2)},
             {moment_at("2018-02-18 02:00"), chr::hours(-3)},
             {moment_at("2018-11-04 03:00"), chr::hours(-2)},
             {moment_at("2019-02-17 02:00"), chr::hours(-3)}}};
}

/// Lord Howe Island's: half an hour.
TimeZone lord_howe() {
    return {"Australia/Lord_Howe",
            {{moment_at("2023-01-01"), chr::minutes(660)},
             {moment_at("2023-04-01 15:00"), chr::minutes(630)},
             {moment_at("2023-09-30 15:30"), chr::minutes(660)},
             {moment_at("2024-04-06 15:00"), chr::minutes(630)}}};
}

Calendar calendar_of(TimeZone zone, int week_start = 1) {
    return {std::make_shared<const TimeZone>(std::move(zone)), week_start};
}

std::string part(std::string_view moment, std::string_view interval, const Calendar& calendar) {
    return describe(KeyType::timestamptz, bounds_containing(KeyType::timestamptz, *parse_interval(interval),
                                                            Bound::at(moment_at(moment)), calendar));
}

}  // namespace

TEST_CASE("local time and back: a time that clocks show twice is the later one, one that they skip is the change") {
    const TimeZone zone = berlin();
    CHECK(format_timestamp(zone.local(moment_at("2024-03-31 00:59:59"))) == "2024-03-31 01:59:59");
    CHECK(format_timestamp(zone.local(moment_at("2024-03-31 01:00"))) == "2024-03-31 03:00:00");
    CHECK(format_timestamp(zone.local(moment_at("1950-01-01"))) == "1950-01-01 01:00:00");
    CHECK(format_timestamp(zone.utc(moment_at("2024-10-27 02:30"))) == "2024-10-27 01:30:00");
    CHECK(format_timestamp(zone.utc(moment_at("2024-03-31 02:30"))) == "2024-03-31 01:00:00");
    CHECK(format_timestamp(zone.utc(moment_at("2030-07-01"))) == "2030-06-30 23:00:00");
}

TEST_CASE("days and months begin at local midnight, or when a day begins that has none") {
    const Calendar calendar = calendar_of(berlin());
    CHECK(part("2024-03-31 12:00", "1 day", calendar) == "[2024-03-30 23:00:00, 2024-03-31 22:00:00)");
    CHECK(part("2024-10-27 12:00", "1 day", calendar) == "[2024-10-26 22:00:00, 2024-10-27 23:00:00)");
    CHECK(part("2024-03-15", "1 month", calendar) == "[2024-02-29 23:00:00, 2024-03-31 22:00:00)");
    CHECK(part("2023-12-31 23:30", "1 year", calendar) == "[2023-12-31 23:00:00, 2024-12-31 23:00:00)");
    CHECK(part("2018-11-04 12:00", "1 day", calendar_of(sao_paulo())) == "[2018-11-04 03:00:00, 2018-11-05 02:00:00)");
}

TEST_CASE("weeks begin where the policy says") {
    const auto week = [](int start) {
        Calendar calendar;
        calendar.week_start = start;
        return part("2024-02-29", "1 week", calendar);
    };
    CHECK(week(1) == "[2024-02-26, 2024-03-04)");
    CHECK(week(7) == "[2024-02-25, 2024-03-03)");
    CHECK(week(4) == "[2024-02-29, 2024-03-07)");
    CHECK(week(5) == "[2024-02-23, 2024-03-01)");
    CHECK(part("2024-02-24 22:30", "1 week", calendar_of(berlin(), 7)) == "[2024-02-17 23:00:00, 2024-02-24 23:00:00)");
}

TEST_CASE("a zone is nothing to keys that are no moments") {
    const Calendar calendar = calendar_of(berlin());
    for (const KeyType key : {KeyType(KeyType::date), KeyType(KeyType::timestamp)})
        CHECK(describe(key, bounds_containing(key, *parse_interval("1 month"), Bound::at(moment_at("2024-03-15")),
                                              calendar)) == "[2024-03-01, 2024-04-01)");
}

TEST_CASE("a name has the local date") {
    const Calendar calendar = calendar_of(berlin());
    const auto name = [&](KeyType key, const char* start) {
        return leaf_name("{table}_{start:%Y_%m_%d}", "orders", key, Bound::at(moment_at(start)), calendar);
    };
    CHECK(name(KeyType::timestamptz, "2024-03-31 22:00") == "orders_2024_04_01");
    CHECK(name(KeyType::epoch_ms, "2024-03-31 22:00") == "orders_2024_04_01");
    CHECK(name(KeyType::timestamp, "2024-04-01") == "orders_2024_04_01");
}

TEST_CASE("in every zone the parts tile the line: next and previous lead back, nothing overlaps, nothing is left out") {
    std::mt19937_64 random(20240331);
    for (const TimeZone& zone : {berlin(), sao_paulo(), lord_howe()}) {
        const Calendar calendar = calendar_of(zone, 7);
        const Instant first = zone.offsets().front().from;
        const Instant last = zone.offsets().back().from + chr::days(100);
        std::uniform_int_distribution<std::int64_t> moments(first.time_since_epoch().count(),
                                                            last.time_since_epoch().count());
        for (const char* text :
             {"15 minutes", "30 minutes", "1 hour", "6 hours", "1 day", "1 week", "1 month", "3 months", "1 year"}) {
            CAPTURE(text);
            const config::PartitionInterval interval = *parse_interval(text);
            for (int i = 0; i < 300; ++i) {
                // Many of them close to a change of the clocks.
                Instant moment{chr::microseconds(moments(random))};
                if (i % 2 == 0)
                    moment = zone.offsets()[1 + static_cast<std::size_t>(i) % (zone.offsets().size() - 1)].from +
                             chr::seconds(moments(random) % 7200);
                CAPTURE(format_timestamp(moment));
                const Bounds part = bounds_containing(KeyType::timestamptz, interval, Bound::at(moment), calendar);
                REQUIRE(contains(part, Bound::at(moment)));
                REQUIRE(bounds_containing(KeyType::timestamptz, interval, part.lower, calendar) == part);
                const Bounds next = bounds_after(KeyType::timestamptz, interval, part, calendar);
                REQUIRE(is_adjacent(part, next));
                REQUIRE(bounds_before(KeyType::timestamptz, interval, next, calendar) == part);
            }
        }
    }
}
