#include "job/boundary.hpp"

#include <doctest/doctest.h>

#include <limits>

#include <optional>
#include <vector>

#include "base/civil.hpp"
#include "base/error.hpp"

using namespace tripmig;

namespace {

const config::PartitionInterval month = CalendarInterval{1, 0, 0};
const std::chrono::hours margin{72};

Instant at(const char* text) {
    return *parse_timestamp(text);
}

std::string cut(const char* now, const std::optional<const char*>& newest = std::nullopt) {
    std::optional<ddl::Bound> key;
    if (newest)
        key = ddl::Bound::at(at(*newest));
    return job::boundary_text(ddl::KeyType::timestamp,
                              job::choose_boundary(ddl::KeyType::timestamp, month, at(now), margin, key));
}

}  // namespace

TEST_CASE("the cut is the first of next month") {
    CHECK(cut("2026-11-23 01:00:00") == "2026-12-01 00:00:00");
    CHECK(cut("2026-12-05 01:00:00") == "2027-01-01 00:00:00");
}

TEST_CASE("with less than the margin left the cut is a month later") {
    CHECK(cut("2026-11-28 00:00:00") == "2026-12-01 00:00:00");
    CHECK(cut("2026-11-28 00:00:01") == "2027-01-01 00:00:00");
    CHECK(cut("2026-11-30 23:59:59") == "2027-01-01 00:00:00");
}

TEST_CASE("rows that lie ahead push the cut on, as far as one interval") {
    CHECK(cut("2026-11-10 00:00:00", "2026-11-30 23:59:59") == "2026-12-01 00:00:00");
    CHECK(cut("2026-11-10 00:00:00", "2026-12-01 00:00:00") == "2027-01-01 00:00:00");
    CHECK(cut("2026-11-10 00:00:00", "2026-12-31 23:59:59") == "2027-01-01 00:00:00");
    CHECK_THROWS_AS(cut("2026-11-10 00:00:00", "2027-01-01 00:00:00"), Error);
}

TEST_CASE("an infinite key cannot lie before any cut") {
    CHECK_THROWS_AS(
        job::choose_boundary(ddl::KeyType::timestamp, month, at("2026-11-10"), margin, ddl::Bound::infinity()), Error);
}

TEST_CASE("of numbers the cut is the next bound, or the one after that when less than a quarter is left") {
    const config::PartitionInterval thousand = std::int64_t{1000};
    const auto number_cut = [&](std::int64_t newest) {
        return job::choose_boundary(ddl::KeyType::bigint, thousand, at("2026-11-10"), margin,
                                    ddl::Bound::number(newest))
            .number();
    };
    CHECK(number_cut(2500) == 3000);
    CHECK(number_cut(2749) == 3000);
    CHECK(number_cut(2750) == 4000);
    CHECK(number_cut(-10) == 1000);
    CHECK(job::latest_number(ddl::Bound::number(3000), thousand).number() == 2875);
    CHECK_THROWS_AS(number_cut(std::numeric_limits<std::int64_t>::max()), Error);
}

TEST_CASE("a cut-over may be tried until a day before the cut, in proportion for shorter intervals") {
    const auto deadline = [](const config::PartitionInterval& interval, int hours) {
        return job::boundary_deadline(ddl::Bound::at(at("2026-12-01")), interval, std::chrono::hours(hours));
    };
    CHECK(deadline(month, 72) == at("2026-11-30"));
    CHECK(deadline(CalendarInterval{12, 0, 0}, 72) == at("2026-11-30"));
    CHECK(deadline(month, 12) == at("2026-11-30 20:00:00"));
    CHECK(deadline(CalendarInterval{0, 1, 0}, 72) == at("2026-11-30 23:12:00"));
    CHECK(deadline(CalendarInterval{0, 0, 3'600'000'000}, 72) == at("2026-11-30 23:58:00"));
}

TEST_CASE("a cut that was just chosen is never too near, whatever the interval, the margin and the time") {
    const std::vector<CalendarInterval> intervals{
        {0, 0, 60'000'000}, {0, 0, 3'600'000'000}, {0, 1, 0}, {0, 7, 0}, {1, 0, 0}, {12, 0, 0}};
    for (const CalendarInterval& interval : intervals)
        for (const int hours : {0, 1, 12, 23, 24, 72, 1000})
            for (const char* const now :
                 {"2026-11-15 12:30:00", "2026-11-30 00:00:00", "2026-11-30 23:59:59", "2026-12-31 23:00:00"}) {
                CAPTURE(to_string(interval));
                CAPTURE(hours);
                CAPTURE(now);
                const ddl::Bound cut = job::choose_boundary(ddl::KeyType::timestamp, interval, at(now),
                                                            std::chrono::hours(hours), std::nullopt);
                CHECK(at(now) < job::boundary_deadline(cut, interval, std::chrono::hours(hours)));
            }
}

TEST_CASE("a cut is stored as its type spells it") {
    const ddl::Bound bound = ddl::Bound::at(at("2026-12-01"));
    for (const ddl::KeyType type :
         {ddl::KeyType::date, ddl::KeyType::timestamp, ddl::KeyType::timestamptz, ddl::KeyType::uuid})
        CHECK(job::parse_boundary(type, job::boundary_text(type, bound)) == bound);
    CHECK(job::boundary_text(ddl::KeyType::date, bound) == "2026-12-01");
    CHECK(job::boundary_text(ddl::KeyType::timestamptz, bound) == "2026-12-01 00:00:00+00");
    CHECK_THROWS_AS(job::parse_boundary(ddl::KeyType::date, "soon"), Error);
}
