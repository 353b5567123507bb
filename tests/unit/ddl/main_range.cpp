#include "ddl/key/main_range.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace tripmig;
using namespace tripmig::ddl;

namespace {

const config::PartitionInterval a_month = CalendarInterval{1, 0, 0};

Bound moment_key(std::string_view text) {
    return Bound::at(parse_timestamp(text).value());
}

/// As a scan of these rows tells them.
KeyFacts facts_of(KeyType key, const config::PartitionInterval& interval,
                  const std::vector<std::pair<std::string, std::int64_t>>& rows) {
    KeyScan scan(key, interval);
    for (const auto& [text, count] : rows)
        scan.add("w", count, text, text);
    return scan.facts();
}

std::string range_of(const std::vector<std::pair<std::string, std::int64_t>>& rows,
                     std::string_view start = std::string_view()) {
    const auto found =
        find_main_range(KeyType::timestamp, a_month, facts_of(KeyType::timestamp, a_month, rows),
                        moment_key("2026-11-30"), start.empty() ? std::nullopt : std::optional(moment_key(start)));
    return describe(KeyType::timestamp, found.value().first) + " " + describe(KeyType::timestamp, found.value().last);
}

std::string numbers_of(const std::vector<std::pair<std::string, std::int64_t>>& rows) {
    const auto found = find_main_range(KeyType::bigint, std::int64_t{100},
                                       facts_of(KeyType::bigint, std::int64_t{100}, rows), std::nullopt, std::nullopt);
    return found ? describe(KeyType::bigint, found->first) + " " + describe(KeyType::bigint, found->last) : "";
}

}  // namespace

TEST_CASE("few rows behind a wide gap are left out, at either end and in several places") {
    CHECK(range_of({{"2026-10-01", 3000}, {"2026-11-05", 1000}}) == "2026-10-01 2026-11-30");
    CHECK(range_of({{"1970-01-01", 1}, {"2026-10-01", 3000}}) == "2026-10-01 2026-11-30");
    CHECK(
        range_of({{"0001-05-01", 1}, {"1970-01-01", 2}, {"2026-10-01", 3000}, {"2100-01-01", 1}, {"9999-12-31", 3}}) ==
        "2026-10-01 2026-11-30");
    CHECK(range_of({{"2026-10-01", 3000}, {"2027-06-01", 1}, {"2100-01-01", 1}}) == "2026-10-01 2027-06-01");
}

TEST_CASE("many rows are no outliers, however far they lie, and few ones nearby are none either") {
    CHECK(range_of({{"1970-01-01", 31}, {"2026-10-01", 3000}}) == "1970-01-01 2026-11-30");
    CHECK(range_of({{"1970-01-01", 30}, {"2026-10-01", 3000}}) == "2026-10-01 2026-11-30");
    // Twelve empty months, and thirteen.
    CHECK(range_of({{"2025-09-30", 1}, {"2026-10-01", 3000}}) == "2025-09-30 2026-11-30");
    CHECK(range_of({{"2025-08-31", 1}, {"2026-10-01", 3000}}) == "2026-10-01 2026-11-30");
}

TEST_CASE("the present is always within, also of a table that got no rows for years") {
    CHECK(range_of({{"2010-01-01", 500}, {"2012-12-31", 500}}) == "2010-01-01 2026-11-30");
    CHECK(range_of({{"1970-01-01", 1}}) == "2026-11-30 2026-11-30");
    CHECK(range_of({{"2100-01-01", 1}}) == "2026-11-30 2026-11-30");
    CHECK(range_of({{"1970-01-01", 1}, {"2100-01-01", 1}}) == "2026-11-30 2026-11-30");
    CHECK(range_of({{"2026-01-01", 1}, {"2027-02-01", 1}}) == "2026-01-01 2027-02-01");
}

TEST_CASE("start says where it begins, whatever the rows say; the end is found all the same") {
    CHECK(range_of({{"2020-01-01", 3000}, {"2026-10-01", 3000}, {"9999-01-01", 1}}, "2026-01-01") ==
          "2026-01-01 2026-11-30");
    CHECK(range_of({{"2026-10-01", 3000}, {"2100-01-01", 1}}, "2026-11-01") == "2026-11-01 2026-11-30");
    CHECK(range_of({{"2026-10-01", 3000}}, "2030-01-01") == "2026-11-30 2026-11-30");
}

TEST_CASE("of numbers the last ones that are many, or lie near these, are the newest") {
    CHECK(numbers_of({}).empty());
    CHECK(numbers_of({{"1", 1000}, {"2999", 1000}, {"9223372036854775807", 1}}) == "1 2999");
    CHECK(numbers_of({{"-9223372036854775808", 1}, {"1", 1000}, {"2999", 1000}}) == "1 2999");
    CHECK(numbers_of({{"-9223372036854775808", 1}, {"9223372036854775807", 1}}) ==
          "9223372036854775807 9223372036854775807");
}

TEST_CASE("whatever the rows are: what is left out is few, lies behind a gap, and the rest is within") {
    std::mt19937_64 random(26);
    std::uniform_int_distribution<int> place(-60'000, 60'000);
    std::uniform_int_distribution<int> count(1, 40);
    for (int round = 0; round < 300; ++round) {
        std::vector<std::pair<std::string, std::int64_t>> rows;
        const int places = count(random) % 12 + 1;
        for (int i = 0; i < places; ++i)
            rows.emplace_back(std::to_string(place(random) * (i % 3 == 0 ? 1 : 10)), count(random));
        const KeyFacts facts = facts_of(KeyType::bigint, std::int64_t{100}, rows);
        const auto main =
            find_main_range(KeyType::bigint, std::int64_t{100}, facts, std::nullopt, std::nullopt).value();
        std::int64_t below = 0;
        std::int64_t above = 0;
        Bound nearest_below = Bound::minvalue();
        Bound nearest_above = Bound::maxvalue();
        for (const PartitionRows& each : *facts.distribution) {
            if (each.last < main.first) {
                below += each.rows;
                nearest_below = each.bounds.upper;
            }
            if (main.last < each.first) {
                above += each.rows;
                nearest_above = std::min(nearest_above, each.bounds.lower);
            }
        }
        CHECK(below <= facts.few);
        CHECK(above <= facts.few);
        constexpr std::int64_t gap = (std::int64_t{widest_gap} + 1) * 100;
        if (below > 0)
            CHECK(bounds_containing(KeyType::bigint, std::int64_t{100}, main.first).lower.number() -
                      nearest_below.number() >=
                  gap);
        if (above > 0)
            CHECK(nearest_above.number() -
                      bounds_containing(KeyType::bigint, std::int64_t{100}, main.last).upper.number() >=
                  gap);
    }
}
