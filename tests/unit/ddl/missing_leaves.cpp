#include "ddl/missing_leaves.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "base/error.hpp"

using namespace tripmig;
using namespace tripmig::ddl;

namespace {

Instant moment(std::string_view text) {
    return *parse_timestamp(text);
}

Bounds days(std::string_view from, std::string_view to) {
    return {*parse_bound(KeyType::timestamp, from), *parse_bound(KeyType::timestamp, to)};
}

Bounds month(std::string_view first) {
    return bounds_containing(KeyType::timestamp, *parse_interval("1 month"), Bound::at(moment(first)));
}

Bounds numbers(std::int64_t from, std::int64_t to) {
    return {Bound::number(from), Bound::number(to)};
}

config::PartitionPolicy monthly(int premake = 2) {
    config::PartitionPolicy policy;
    policy.table = {"public", "orders"};
    policy.key = "at";
    policy.interval = *parse_interval("1 month");
    policy.premake = premake;
    return policy;
}

config::PartitionPolicy by_number(std::int64_t width, int premake = 2) {
    config::PartitionPolicy policy = monthly(premake);
    policy.interval = width;
    return policy;
}

std::string listed(KeyType key, const std::vector<Bounds>& leaves) {
    std::string text;
    for (const Bounds& leaf : leaves)
        text += (text.empty() ? "" : " ") + describe(key, leaf);
    return text;
}

std::string missing(const Coverage& coverage, const config::PartitionPolicy& policy, std::string_view now,
                    int max_create = 60) {
    return listed(coverage.key, missing_leaves(coverage, policy, moment(now), max_create));
}

/// Three months of 2024, and a clock that stands ten years ahead of them.
MissingLeaves ten_years_ahead(bool is_beyond_rows, int max_create = 60) {
    Coverage coverage;
    coverage.leaves = {month("2024-05-01"), month("2024-06-01"), month("2024-08-01")};
    coverage.is_beyond_rows = is_beyond_rows;
    return find_missing_leaves(coverage, monthly(1), moment("2034-05-17"), max_create);
}

}  // namespace

TEST_CASE("an empty table gets the present leaf and those ahead, from `start` on when there is one") {
    Coverage coverage;
    CHECK(missing(coverage, monthly(), "2024-05-17 13:00") ==
          "[2024-05-01, 2024-06-01) [2024-06-01, 2024-07-01) [2024-07-01, 2024-08-01)");
    CHECK(missing(coverage, monthly(0), "2024-05-17") == "[2024-05-01, 2024-06-01)");
    config::PartitionPolicy policy = monthly(1);
    policy.start = "2024-03-15";
    CHECK(missing(coverage, policy, "2024-05-17") ==
          "[2024-03-01, 2024-04-01) [2024-04-01, 2024-05-01) [2024-05-01, 2024-06-01) [2024-06-01, 2024-07-01)");
    policy.start = "2024-09-01";  // waited for: nothing is needed before it
    CHECK(missing(coverage, policy, "2024-05-17").empty());
    CHECK(awaited_start(coverage, policy, moment("2024-05-17")) == Bound::at(moment("2024-09-01")));
    CHECK(leaves_ahead(coverage, policy, moment("2024-05-17"), 1) == 1);
    CHECK(missing(coverage, policy, "2024-08-17") == "[2024-09-01, 2024-10-01)");
    CHECK(leaves_ahead(coverage, policy, moment("2024-08-17"), 1) == 0);
    coverage.leaves = {month("2024-09-01")};
    CHECK(missing(coverage, policy, "2024-08-17").empty());
    CHECK(missing(coverage, policy, "2024-09-17") == "[2024-10-01, 2024-11-01)");
    coverage.leaves = {month("2024-04-01")};  // its rows began before
    CHECK(missing(coverage, policy, "2024-05-17") == "[2024-05-01, 2024-06-01) [2024-06-01, 2024-07-01)");
    coverage.leaves.clear();
    policy.start = "soon";
    CHECK_THROWS_AS(missing(coverage, policy, "2024-05-17"), Error);
}

TEST_CASE("nothing is missing when all is there, and only what is not") {
    Coverage coverage;
    coverage.leaves = {month("2024-07-01"), month("2024-05-01"), month("2024-06-01")};
    CHECK(missing(coverage, monthly(), "2024-05-31 23:59:59") == "");
    CHECK(missing(coverage, monthly(), "2024-06-01") == "[2024-08-01, 2024-09-01)");
    CHECK(missing(coverage, monthly(), "2024-04-30") == "[2024-04-01, 2024-05-01)");
}

TEST_CASE("gaps are filled, in the order of their bounds") {
    Coverage coverage;
    coverage.leaves = {month("2024-01-01"), month("2024-03-01"), month("2024-05-01"), month("2024-06-01")};
    CHECK(missing(coverage, monthly(), "2024-05-17") ==
          "[2024-02-01, 2024-03-01) [2024-04-01, 2024-05-01) [2024-07-01, 2024-08-01)");
    CHECK(listed(coverage.key, gaps(coverage)) == "[2024-02-01, 2024-03-01) [2024-04-01, 2024-05-01)");
}

TEST_CASE("a maintenance that was away for months catches up") {
    Coverage coverage;
    coverage.leaves = {month("2024-01-01")};
    CHECK(missing(coverage, monthly(0), "2024-04-02") ==
          "[2024-02-01, 2024-03-01) [2024-03-01, 2024-04-01) [2024-04-01, 2024-05-01)");
}

TEST_CASE("the attached past counts, whatever its width") {
    Coverage coverage;
    coverage.leaves = {{Bound::minvalue(), Bound::at(moment("2024-06-01"))}};
    CHECK(missing(coverage, monthly(), "2024-05-17") == "[2024-06-01, 2024-07-01) [2024-07-01, 2024-08-01)");
    CHECK(leaves_ahead(coverage, monthly(), moment("2024-05-17"), 5) == 0);
    CHECK(gaps(coverage).empty());
    config::PartitionPolicy policy = monthly();
    policy.start = "2020-01-01";
    CHECK(missing(coverage, policy, "2024-05-17") == "[2024-06-01, 2024-07-01) [2024-07-01, 2024-08-01)");
}

TEST_CASE("beside leaves off the grid the first new one is narrower") {
    Coverage coverage;
    coverage.leaves = {days("2024-05-01", "2024-05-20"), days("2024-06-10", "2024-06-12")};
    CHECK(missing(coverage, monthly(1), "2024-05-17") ==
          "[2024-05-20, 2024-06-01) [2024-06-01, 2024-06-10) [2024-06-12, 2024-07-01)");
}

TEST_CASE("leaves for infinity and MAXVALUE end no range of the calendar") {
    Coverage coverage;
    coverage.leaves = {month("2024-05-01"), {Bound::infinity(), Bound::maxvalue()}};
    CHECK(missing(coverage, monthly(1), "2024-05-17") == "[2024-06-01, 2024-07-01)");
    CHECK(gaps(coverage).empty());
    coverage.leaves = {month("2024-05-01"), {Bound::at(moment("2024-06-01")), Bound::maxvalue()}};
    CHECK(missing(coverage, monthly(9), "2024-05-17") == "");
    CHECK(leaves_ahead(coverage, monthly(9), moment("2024-05-17"), 9) == 9);
}

TEST_CASE("the present partition and premake are never refused, gaps beyond max_create are") {
    MissingLeaves found = ten_years_ahead(false, 3);
    CHECK(listed(KeyType::timestamp, found.ahead) == "[2034-05-01, 2034-06-01) [2034-06-01, 2034-07-01)");
    CHECK(listed(KeyType::timestamp, found.gaps) ==
          "[2024-07-01, 2024-08-01) [2024-09-01, 2024-10-01) [2024-10-01, 2024-11-01)");
    REQUIRE(found.refused);
    CHECK(describe(KeyType::timestamp, *found.refused) == "[2024-11-01, 2034-05-01)");
    CHECK_FALSE(found.skipped);
    found = ten_years_ahead(false, 200);
    CHECK_FALSE(found.refused);
    CHECK(found.gaps.size() == 1 + 116);
    Coverage coverage;
    coverage.leaves = {month("2024-05-01")};
    CHECK_THROWS_WITH_AS(missing(coverage, monthly(), "2034-05-17"),
                         "public.orders has no partitions for [2029-06-01, 2034-05-01): its gaps need more than 60 "
                         "(max_create); the time is 2034-05-17 00:00:00",
                         Error);
}

TEST_CASE("a clock that jumped ahead gets its present partition, and reports no gap before it") {
    const MissingLeaves found = ten_years_ahead(true);
    CHECK(listed(KeyType::timestamp, found.ahead) == "[2034-05-01, 2034-06-01) [2034-06-01, 2034-07-01)");
    CHECK(listed(KeyType::timestamp, found.gaps) == "[2024-07-01, 2024-08-01)");
    CHECK_FALSE(found.refused);
    REQUIRE(found.skipped);
    CHECK(describe(KeyType::timestamp, *found.skipped) == "[2024-09-01, 2034-05-01)");
    CHECK_FALSE(ten_years_ahead(true, 200).skipped);
}

TEST_CASE("a clock that fell back: what lies between it and the partitions can wait") {
    Coverage coverage;
    coverage.leaves = {month("2024-05-01")};
    CHECK(missing(coverage, monthly(), "1994-05-17", 400).substr(0, 24) == "[1994-05-01, 1994-06-01)");
    CHECK(missing_leaves(coverage, monthly(), moment("1994-05-17"), 400).size() == 360);
    CHECK(missing(coverage, monthly(1), "1994-05-17") == "[1994-05-01, 1994-06-01) [1994-06-01, 1994-07-01)");
}

TEST_CASE("what no calendar and no type holds is an error of the policy") {
    const auto code = [](const Coverage& coverage, const config::PartitionPolicy& policy, std::string_view now) {
        try {
            (void)find_missing_leaves(coverage, policy, moment(now), 60);
        } catch (const Error& error) {
            return error.code();
        }
        return ExitCode::ok;
    };
    config::PartitionPolicy policy = monthly(10'000);
    CHECK(code({}, policy, "2024-05-17") == ExitCode::ok);
    policy.interval = *parse_interval("100 years");
    CHECK(code({}, policy, "2024-05-17") == ExitCode::usage);
    policy = monthly();
    policy.interval = *parse_interval("1000000 years");
    CHECK(code({}, policy, "2024-05-17") == ExitCode::usage);
    policy.interval = *parse_interval("9000 years");
    CHECK(code({}, policy, "2024-05-17") == ExitCode::ok);
    policy.premake = 100;
    CHECK(code({}, policy, "2024-05-17") == ExitCode::usage);
    policy = monthly();
    policy.retention = config::RetentionPolicy{};
    policy.retention->keep = *parse_interval("300000 years");
    CHECK(code({}, policy, "2024-05-17") == ExitCode::usage);
    policy.retention->keep = *parse_interval("5000 years");
    CHECK(code({}, policy, "2024-05-17") == ExitCode::ok);
    Coverage of_numbers;
    of_numbers.key = KeyType::smallint;
    policy = by_number(1000);
    policy.start = "40000";
    CHECK(code(of_numbers, policy, "2024-05-17") == ExitCode::usage);
    Coverage of_uuids;
    of_uuids.key = KeyType::uuid;
    CHECK(code(of_uuids, monthly(), "0001-01-01") == ExitCode::usage);
    policy = monthly();
    policy.start = "0001-01-01";
    CHECK(code(of_uuids, policy, "2024-05-17") == ExitCode::usage);
}

TEST_CASE("a gap that lies beyond what is needed can wait when it is too large") {
    Coverage coverage;
    coverage.leaves = {month("2024-05-01"), month("2024-09-01")};
    CHECK(missing(coverage, monthly(1), "2024-05-17") ==
          "[2024-06-01, 2024-07-01) [2024-07-01, 2024-08-01) [2024-08-01, 2024-09-01)");
    coverage.leaves = {month("2024-05-01"), month("2099-01-01")};
    CHECK(missing(coverage, monthly(1), "2024-05-17") == "[2024-06-01, 2024-07-01)");
}

TEST_CASE("a row a little ahead of the clock is the present, one far ahead is not") {
    Coverage coverage;
    coverage.leaves = {month("2024-05-01"), month("2024-06-01"), month("2024-07-01"), month("2024-08-01")};
    coverage.newest = Bound::at(moment("2024-06-01 00:00:01"));
    CHECK(present_leaf(coverage, monthly(), moment("2024-05-31 23:59:59")) == month("2024-06-01"));
    CHECK(missing(coverage, monthly(3), "2024-05-31 23:59:59") == "[2024-09-01, 2024-10-01)");
    coverage.newest = Bound::at(moment("2024-06-30"));
    CHECK(present_leaf(coverage, monthly(), moment("2024-05-30")) == month("2024-06-01"));
    CHECK(present_leaf(coverage, monthly(), moment("2024-05-29 23:59")) == month("2024-05-01"));
    coverage.newest = Bound::at(moment("2024-08-01 00:00:01"));
    CHECK(present_leaf(coverage, monthly(), moment("2024-05-31 23:59:59")) == month("2024-05-01"));
    coverage.newest = Bound::infinity();
    CHECK(present_leaf(coverage, monthly(), moment("2024-05-31 23:59:59")) == month("2024-05-01"));
    coverage.newest = Bound::at(moment("2021-01-01"));
    CHECK(present_leaf(coverage, monthly(), moment("2024-05-31 23:59:59")) == month("2024-05-01"));
}

TEST_CASE("nothing is made that retention would take at once") {
    Coverage coverage;
    coverage.leaves = {month("2020-01-01"), month("2024-05-01")};
    config::PartitionPolicy policy = monthly(0);
    policy.retention = config::RetentionPolicy{};
    policy.retention->keep = *parse_interval("2 months");
    CHECK(missing(coverage, policy, "2024-05-17") == "[2024-03-01, 2024-04-01) [2024-04-01, 2024-05-01)");
    CHECK(missing(coverage, policy, "2024-05-01") == "[2024-03-01, 2024-04-01) [2024-04-01, 2024-05-01)");
}

TEST_CASE("of numbers the newest row is the present") {
    Coverage coverage;
    coverage.key = KeyType::bigint;
    coverage.leaves = {numbers(0, 1000), numbers(1000, 2000)};
    CHECK(missing(coverage, by_number(1000, 1), "2024-05-17") == "");
    CHECK(missing(coverage, by_number(1000, 2), "2024-05-17") == "[2000, 3000)");
    coverage.newest = Bound::number(1000);
    CHECK(missing(coverage, by_number(1000, 1), "2024-05-17") == "[2000, 3000)");
    coverage.leaves.clear();
    coverage.newest.reset();
    CHECK_THROWS_WITH_AS(missing(coverage, by_number(1000), "2024-05-17"),
                         "public.orders is empty, and its policy has no start", Error);
    config::PartitionPolicy policy = by_number(1000, 1);
    policy.start = "500";
    CHECK(missing(coverage, policy, "2024-05-17") == "[0, 1000) [1000, 2000)");
}

TEST_CASE("one number far beyond the others: its place and premake, none of the thousand gaps below it") {
    Coverage coverage;
    coverage.key = KeyType::bigint;
    coverage.leaves = {numbers(0, 1000), numbers(1'000'000, 2'000'000'000)};
    coverage.newest = Bound::number(999'999'999);
    const config::PartitionPolicy policy = by_number(1000, 1);
    const MissingLeaves found = find_missing_leaves(coverage, policy, moment("2024-05-17"), 60);
    CHECK(found.gaps.empty());
    REQUIRE(found.refused);
    CHECK(describe(coverage.key, *found.refused) == "[1000, 1000000)");
    CHECK(std::string(too_many_gaps(*found.refused, coverage, policy, moment("2024-05-17"), 60).message()) ==
          "public.orders has no partitions for [1000, 1000000): its gaps need more than 60 (max_create); the newest "
          "row has 999999999");
    CHECK(find_missing_leaves(coverage, policy, moment("2024-05-17"), 1000).gaps.size() == 999);
}

TEST_CASE("numbers end with their type") {
    Coverage coverage;
    coverage.key = KeyType::smallint;
    coverage.leaves = {numbers(30'000, 32'000)};
    coverage.newest = Bound::number(31'000);
    CHECK(missing(coverage, by_number(1000, 5), "2024-05-17") == "[32000, MAXVALUE)");
    coverage.leaves.push_back({Bound::number(32'000), Bound::maxvalue()});
    CHECK(missing(coverage, by_number(1000, 5), "2024-05-17") == "");
    CHECK(leaves_ahead(coverage, by_number(1000, 5), moment("2024-05-17"), 5) == 5);
}

TEST_CASE("leaves ahead are counted up to the first gap") {
    Coverage coverage;
    coverage.leaves = {month("2024-05-01"), month("2024-06-01"), month("2024-08-01")};
    CHECK(leaves_ahead(coverage, monthly(), moment("2024-05-17"), 9) == 1);
    CHECK(leaves_ahead(coverage, monthly(), moment("2024-06-17"), 9) == 0);
    CHECK(leaves_ahead(coverage, monthly(), moment("2024-07-17"), 9) == 0);
    CHECK(leaves_ahead(coverage, monthly(), moment("2024-04-17"), 9) == 0);
}

TEST_CASE("the leaves reach up to the first gap") {
    Coverage coverage;
    coverage.leaves = {month("2024-06-01"), month("2024-05-01"), month("2024-08-01")};
    CHECK(covered_until(coverage, Bound::at(moment("2024-05-17"))) == Bound::at(moment("2024-07-01")));
    CHECK(covered_until(coverage, Bound::at(moment("2024-08-01"))) == Bound::at(moment("2024-09-01")));
    CHECK_FALSE(covered_until(coverage, Bound::at(moment("2024-07-01"))));
    coverage.leaves.push_back({Bound::at(moment("2024-07-01")), Bound::maxvalue()});
    CHECK(covered_until(coverage, Bound::at(moment("2024-05-17"))) == Bound::maxvalue());
}

TEST_CASE("whatever is there before, there is no gap and no overlap afterwards, and nothing is left to make") {
    std::mt19937_64 random(11);
    std::uniform_int_distribution<int> day(0, 900);
    const Instant first = moment("2022-01-01");
    for (int round = 0; round < 300; ++round) {
        std::vector<int> edges(static_cast<std::size_t>(2 + round % 9));
        std::generate(edges.begin(), edges.end(), [&] { return day(random); });
        std::sort(edges.begin(), edges.end());
        Coverage coverage;
        for (std::size_t i = 0; i + 1 < edges.size(); i += 2)
            if (edges[i] < edges[i + 1])
                coverage.leaves.push_back({Bound::at(first + std::chrono::hours(24 * edges[i])),
                                           Bound::at(first + std::chrono::hours(24 * edges[i + 1]))});
        const Instant now = first + std::chrono::hours(24 * day(random));
        const config::PartitionPolicy policy = monthly(round % 5);
        const auto made = missing_leaves(coverage, policy, now, 1000);
        CHECK(std::is_sorted(made.begin(), made.end(),
                             [](const Bounds& a, const Bounds& b) { return a.lower < b.lower; }));
        coverage.leaves.insert(coverage.leaves.end(), made.begin(), made.end());
        for (std::size_t a = 0; a < coverage.leaves.size(); ++a)
            for (std::size_t b = a + 1; b < coverage.leaves.size(); ++b)
                REQUIRE_FALSE(overlap(coverage.leaves[a], coverage.leaves[b]));
        REQUIRE(gaps(coverage).empty());
        REQUIRE(leaves_ahead(coverage, policy, now, policy.premake) == policy.premake);
        REQUIRE(missing_leaves(coverage, policy, now, 1000).empty());
    }
}
