// Partitions tile all that a key can be: far times, every week start, numbers up to both ends of their type.
#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "base/civil.hpp"
#include "ddl/bounds.hpp"

using namespace tripmig;
using namespace tripmig::ddl;

namespace chr = std::chrono;

namespace {

struct Grid {
    KeyType key = KeyType::timestamp;
    config::PartitionInterval interval;
    Calendar calendar;
};

/// The partition of a key holds it, is that of its own first key, and meets its neighbours; they lead back to it. What
/// is written is read again.
bool tiles(const Grid& grid, const Bound& key) {
    const Bounds part = bounds_containing(grid.key, grid.interval, key, grid.calendar);
    bool holds_all = contains(part, key) && part.lower < part.upper;
    holds_all = holds_all && parse_bounds(grid.key, for_values(grid.key, part)) == part;
    if (part.lower.is_finite())
        holds_all = holds_all && bounds_containing(grid.key, grid.interval, part.lower, grid.calendar) == part;
    const bool is_least =
        part.lower == Bound::number(std::numeric_limits<std::int64_t>::min());  // nothing is before it
    if (part.lower.is_finite() && !is_least) {
        const Bounds before = bounds_before(grid.key, grid.interval, part, grid.calendar);
        holds_all = holds_all && is_adjacent(before, part) && !overlap(before, part) &&
                    bounds_after(grid.key, grid.interval, before, grid.calendar) == part;
    }
    if (part.upper.is_finite()) {
        const Bounds next = bounds_after(grid.key, grid.interval, part, grid.calendar);
        holds_all = holds_all && is_adjacent(part, next) && !overlap(part, next) &&
                    bounds_before(grid.key, grid.interval, next, grid.calendar) == part;
    }
    return holds_all;
}

Instant instant_at(std::string_view text) {
    return parse_timestamp(text).value();
}

}  // namespace

TEST_CASE("from 4700 BC to the year 200,000, and at the ends of years, centuries and the era") {
    std::mt19937_64 random(4713);
    std::uniform_int_distribution<std::int64_t> moments(instant_at("4700-01-01 BC").time_since_epoch().count(),
                                                        instant_at("200000-01-01").time_since_epoch().count());
    std::vector<Instant> places;
    for (const char* text : {"0001-12-31 BC", "0001-01-01", "0004-02-29", "0001-02-29 BC", "4001-02-29 BC",
                             "1900-02-28", "2000-02-29", "2023-12-31", "9999-12-31", "10000-01-01"})
        for (const chr::microseconds after :
             {chr::microseconds(0), chr::microseconds(1), chr::microseconds(chr::hours(24)) - chr::microseconds(1)})
            places.push_back(instant_at(text) + after);
    for (int i = 0; i < 100; ++i)
        places.emplace_back(chr::microseconds(moments(random)));
    for (const KeyType key : {KeyType(KeyType::timestamp), KeyType(KeyType::timestamptz), KeyType(KeyType::date)})
        for (const char* text :
             {"1 day", "3 days", "1 week", "1 month", "3 months", "1 year", "7 years", "90 minutes"}) {
            const config::PartitionInterval interval = *parse_interval(text);
            if (key == KeyType::date && std::get<CalendarInterval>(interval).microseconds != 0)
                continue;
            CAPTURE(text);
            for (const Instant place : places) {
                CAPTURE(format_timestamp(place));
                const Instant whole = key == KeyType::date ? Instant(chr::floor<chr::days>(place)) : place;
                CHECK(tiles({key, interval, {}}, Bound::at(whole)));
            }
        }
}

TEST_CASE("weeks begin on the day that the policy says, whatever that is, BC as well") {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::int64_t> moments(instant_at("0500-01-01 BC").time_since_epoch().count(),
                                                        instant_at("2600-01-01").time_since_epoch().count());
    for (int week_start = 1; week_start <= 7; ++week_start)
        for (int i = 0; i < 100; ++i) {
            const Grid grid{KeyType::timestamptz, *parse_interval("1 week"), {nullptr, week_start}};
            const Bound key = Bound::at(Instant(chr::microseconds(moments(random))));
            CHECK(tiles(grid, key));
            const Bounds week = bounds_containing(grid.key, grid.interval, key, grid.calendar);
            const chr::weekday first{chr::floor<chr::days>(week.lower.instant())};
            CHECK(first.iso_encoding() == static_cast<unsigned>(week_start));
            CHECK(week.upper.instant() - week.lower.instant() == chr::days(7));
        }
}

TEST_CASE("numbers of every type, of any width, up to both ends of the type") {
    std::mt19937_64 random(64);
    struct Type {
        KeyType key;
        std::int64_t least;
        std::int64_t most;
    };
    using Limits = std::numeric_limits<std::int64_t>;
    for (const Type& type :
         {Type{KeyType::smallint, -32'768, 32'767}, Type{KeyType::integer, -2'147'483'648, 2'147'483'647},
          Type{KeyType::bigint, Limits::min(), Limits::max()}, Type{KeyType::numeric, Limits::min(), Limits::max()}}) {
        std::uniform_int_distribution<std::int64_t> numbers(type.least, type.most);
        for (const std::int64_t width : {std::int64_t{1}, std::int64_t{7}, std::int64_t{1000}, std::int64_t{30'000},
                                         std::int64_t{1'000'000'007}, std::int64_t{1'000'000'000'000'000}}) {
            CAPTURE(width);
            std::vector<std::int64_t> places{type.least, type.least + 1, -width - 1, -width, -1, 0,
                                             1,          type.most - 1,  type.most};
            for (int i = 0; i < 50; ++i)
                places.push_back(numbers(random));
            for (const std::int64_t place : places) {
                CAPTURE(place);
                if (place >= type.least && place <= type.most)
                    CHECK(tiles({type.key, width, {}}, Bound::number(place)));
            }
        }
    }
}
