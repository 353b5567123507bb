#include "ddl/bounds.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <string>

#include "base/error.hpp"

using namespace tripmig;
using namespace tripmig::ddl;

namespace {

Instant at(std::string_view text) {
    const auto moment = parse_timestamp(text);
    REQUIRE(moment);
    return *moment;
}

std::string leaf_of(std::string_view moment, std::string_view interval, KeyType key = KeyType::timestamp) {
    return describe(key, bounds_containing(key, *parse_interval(interval), Bound::at(at(moment))));
}

std::string leaf_of(std::int64_t number, std::int64_t width, KeyType key = KeyType::bigint) {
    return describe(key, bounds_containing(key, width, Bound::number(number)));
}

}  // namespace

TEST_CASE("months end where the calendar ends them") {
    CHECK(leaf_of("2024-02-29 12:00", "1 month") == "[2024-02-01, 2024-03-01)");
    CHECK(leaf_of("2023-02-28 23:59:59.999999", "1 month") == "[2023-02-01, 2023-03-01)");
    CHECK(leaf_of("2024-01-31", "1 month") == "[2024-01-01, 2024-02-01)");
    CHECK(leaf_of("2024-12-31 23:59:59", "1 month") == "[2024-12-01, 2025-01-01)");
    CHECK(leaf_of("2025-01-01", "1 month") == "[2025-01-01, 2025-02-01)");
    CHECK(leaf_of("1969-12-31 23:59", "1 month") == "[1969-12-01, 1970-01-01)");
}

TEST_CASE("several months are counted from the year's beginning") {
    CHECK(leaf_of("2024-05-15", "3 months") == "[2024-04-01, 2024-07-01)");
    CHECK(leaf_of("2024-12-01", "3 months") == "[2024-10-01, 2025-01-01)");
    CHECK(leaf_of("2024-06-30", "6 months") == "[2024-01-01, 2024-07-01)");
    CHECK(leaf_of("2024-07-04", "1 year") == "[2024-01-01, 2025-01-01)");
    CHECK(leaf_of("2024-07-04", "5 years") == "[2020-01-01, 2025-01-01)");
}

TEST_CASE("weeks begin on Monday, other days count from the epoch") {
    CHECK(leaf_of("2024-02-29", "1 week") == "[2024-02-26, 2024-03-04)");
    CHECK(leaf_of("2024-03-04", "7 days") == "[2024-03-04, 2024-03-11)");
    CHECK(leaf_of("2024-03-03 23:59:59", "1 week") == "[2024-02-26, 2024-03-04)");
    CHECK(leaf_of("1999-12-31", "1 week") == "[1999-12-27, 2000-01-03)");
    CHECK(leaf_of("2000-01-16", "2 weeks") == "[2000-01-03, 2000-01-17)");
    CHECK(leaf_of("2024-02-29 05:00", "1 day") == "[2024-02-29, 2024-03-01)");
    CHECK(leaf_of("1970-01-11", "10 days") == "[1970-01-11, 1970-01-21)");
    CHECK(leaf_of("1969-12-31", "10 days") == "[1969-12-22, 1970-01-01)");
}

TEST_CASE("hours count from midnight UTC, whatever clocks on the wall do that night") {
    CHECK(leaf_of("2024-03-31 02:30:00", "1 hour") == "[2024-03-31 02:00:00, 2024-03-31 03:00:00)");
    CHECK(leaf_of("2024-03-31 02:30:00+02", "1 hour", KeyType::timestamptz) == "[2024-03-31, 2024-03-31 01:00:00)");
    CHECK(leaf_of("2024-10-27 13:00", "6 hours") == "[2024-10-27 12:00:00, 2024-10-27 18:00:00)");
    CHECK(leaf_of("2024-10-27 23:59:59.5", "15 minutes") == "[2024-10-27 23:45:00, 2024-10-28)");
}

TEST_CASE("a month of timestamptz is a month of UTC") {
    CHECK(leaf_of("2024-02-01 08:30:00+09", "1 month", KeyType::timestamptz) == "[2024-01-01, 2024-02-01)");
    CHECK(leaf_of("2024-02-01 09:00:00+09", "1 month", KeyType::timestamptz) == "[2024-02-01, 2024-03-01)");
}

TEST_CASE("numbers are cut at multiples, below zero too, and end with their type") {
    CHECK(leaf_of(0, 1000) == "[0, 1000)");
    CHECK(leaf_of(999, 1000) == "[0, 1000)");
    CHECK(leaf_of(1000, 1000) == "[1000, 2000)");
    CHECK(leaf_of(-1, 1000) == "[-1000, 0)");
    CHECK(leaf_of(-1000, 1000) == "[-1000, 0)");
    CHECK(leaf_of(-1001, 1000) == "[-2000, -1000)");
    CHECK(leaf_of(std::numeric_limits<std::int64_t>::max(), 1000) == "[9223372036854775000, MAXVALUE)");
    CHECK(leaf_of(std::numeric_limits<std::int64_t>::min(), 1000) == "[MINVALUE, -9223372036854775000)");
    CHECK(leaf_of(32'100, 1000, KeyType::smallint) == "[32000, MAXVALUE)");
    CHECK(leaf_of(2'147'483'647, 1'000'000, KeyType::integer) == "[2147000000, MAXVALUE)");
    CHECK(leaf_of(7, std::numeric_limits<std::int64_t>::max()) == "[0, 9223372036854775807)");
    CHECK(leaf_of(-7, std::numeric_limits<std::int64_t>::max()) == "[-9223372036854775807, 0)");
}

TEST_CASE("bounds are ordered as PostgreSQL orders them") {
    CHECK(Bound::minvalue() < Bound::minus_infinity());
    CHECK(Bound::minus_infinity() < Bound::at(at("0001-01-01")));
    CHECK(Bound::at(at("2024-01-01")) < Bound::at(at("2024-01-01 00:00:00.000001")));
    CHECK(Bound::at(at("9999-12-31")) < Bound::infinity());
    CHECK(Bound::infinity() < Bound::maxvalue());
    CHECK(Bound::number(-1) < Bound::number(0));
    Bound::Tail version_7{};
    version_7[0] = 0x70;
    CHECK(Bound::at(at("2024-01-01")) < Bound::at(at("2024-01-01"), version_7));
    CHECK(Bound::at(at("2024-01-01"), version_7) < Bound::at(at("2024-01-01 00:00:00.001")));
}

TEST_CASE("bounds are half-open") {
    const Bounds leaf{Bound::number(10), Bound::number(20)};
    CHECK(contains(leaf, Bound::number(10)));
    CHECK(contains(leaf, Bound::number(19)));
    CHECK_FALSE(contains(leaf, Bound::number(20)));
    CHECK_FALSE(contains(leaf, Bound::number(9)));
    CHECK_FALSE(overlap(leaf, {Bound::number(20), Bound::number(30)}));
    CHECK(overlap(leaf, {Bound::number(19), Bound::number(30)}));
    CHECK(overlap(leaf, {Bound::minvalue(), Bound::maxvalue()}));
    CHECK(is_adjacent(leaf, {Bound::number(20), Bound::number(30)}));
    CHECK_FALSE(is_adjacent(leaf, {Bound::number(21), Bound::number(30)}));
    CHECK_FALSE(is_adjacent({Bound::number(20), Bound::number(30)}, leaf));
}

TEST_CASE(
    "the leaves of every grid tile the line: next and previous lead back, nothing overlaps, nothing is left out") {
    std::mt19937_64 random(20240229);
    const std::vector<std::string> intervals{"1 month", "2 months", "3 months", "5 months",   "1 year",
                                             "7 years", "1 day",    "3 days",   "1 week",     "4 weeks",
                                             "1 hour",  "6 hours",  "7 hours",  "30 minutes", "90 minutes"};
    std::uniform_int_distribution<std::int64_t> moments(at("1900-01-01").time_since_epoch().count(),
                                                        at("2200-01-01").time_since_epoch().count());
    for (const std::string& text : intervals) {
        CAPTURE(text);
        const config::PartitionInterval interval = *parse_interval(text);
        for (int i = 0; i < 200; ++i) {
            const Bound moment = Bound::at(Instant(std::chrono::microseconds(moments(random))));
            const Bounds leaf = bounds_containing(KeyType::timestamp, interval, moment);
            CAPTURE(describe(KeyType::timestamp, leaf));
            REQUIRE(contains(leaf, moment));
            REQUIRE(bounds_containing(KeyType::timestamp, interval, leaf.lower) == leaf);
            const Bounds next = bounds_after(KeyType::timestamp, interval, leaf);
            REQUIRE(is_adjacent(leaf, next));
            REQUIRE(bounds_before(KeyType::timestamp, interval, next) == leaf);
        }
    }
}

TEST_CASE("the same holds for numbers") {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::int64_t> numbers(-1'000'000'000'000, 1'000'000'000'000);
    std::uniform_int_distribution<std::int64_t> widths(1, 10'000'000);
    for (int i = 0; i < 2000; ++i) {
        const config::PartitionInterval interval = widths(random);
        const Bound number = Bound::number(numbers(random));
        const Bounds leaf = bounds_containing(KeyType::bigint, interval, number);
        REQUIRE(contains(leaf, number));
        REQUIRE(leaf.upper.number() - leaf.lower.number() == std::get<std::int64_t>(interval));
        const Bounds next = bounds_after(KeyType::bigint, interval, leaf);
        REQUIRE(is_adjacent(leaf, next));
        REQUIRE(bounds_before(KeyType::bigint, interval, next) == leaf);
    }
}

TEST_CASE("an interval has to fit its key") {
    CHECK_NOTHROW(check_interval(KeyType::date, *parse_interval("1 day")));
    CHECK_NOTHROW(check_interval(KeyType::uuid, *parse_interval("1 hour")));
    CHECK_NOTHROW(check_interval(KeyType::bigint, std::int64_t{1}));
    CHECK_THROWS_WITH_AS(check_interval(KeyType::date, *parse_interval("1 hour")),
                         "the key is of type date: partitions cannot be 1 hour wide", Error);
    CHECK_THROWS_WITH_AS(check_interval(KeyType::timestamp, std::int64_t{5}),
                         "the key has type timestamp: its interval must be a time", Error);
    CHECK_THROWS_WITH_AS(check_interval(KeyType::bigint, *parse_interval("1 month")),
                         "the key has type int8: its interval must be a number", Error);
    CHECK_THROWS_AS(check_interval(KeyType::smallint, std::int64_t{40'000}), Error);
    CHECK_THROWS_AS(check_interval(KeyType::bigint, std::int64_t{0}), Error);
    CHECK_THROWS_AS(check_interval(KeyType::timestamp, CalendarInterval{1, 1, 0}), Error);
}
