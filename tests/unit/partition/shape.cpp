#include "partition/shape.hpp"

#include <doctest/doctest.h>

using namespace tripmig;
using namespace tripmig::partition;

namespace {

Instant at(std::string_view text) {
    return parse_timestamp(text).value();
}

ddl::Bounds range(std::string_view from, std::string_view to) {
    return {ddl::Bound::at(at(from)), ddl::Bound::at(at(to))};
}

std::string width(const std::vector<ddl::Bounds>& parts, const ddl::Bounds& whole) {
    const auto found = width_of(parts, whole, {});
    return found ? to_string(std::get<CalendarInterval>(*found)) : "none";
}

std::vector<ddl::Bounds> days(std::string_view first, int count) {
    std::vector<ddl::Bounds> parts;
    for (int i = 0; i < count; ++i)
        parts.push_back(
            {ddl::Bound::at(at(first) + std::chrono::days(i)), ddl::Bound::at(at(first) + std::chrono::days(i + 1))});
    return parts;
}

const ddl::Leaf march{{"shop", "orders_2024_03"}, range("2024-03-01", "2024-04-01")};

}  // namespace

TEST_CASE("the width of ranges of the same key is recognised, in any order, cut or not by the whole") {
    CHECK(width(days("2024-02-01", 29), range("2024-02-01", "2024-03-01")) == "1 day");
    CHECK(width({range("2024-02-15", "2024-03-01"), range("2024-02-01", "2024-02-15")},
                range("2024-02-01", "2024-03-01")) == "none");
    CHECK(
        width({range("2024-01-01", "2024-01-08"), range("2024-01-29", "2024-02-01"), range("2024-01-08", "2024-01-15"),
               range("2024-01-15", "2024-01-22"), range("2024-01-22", "2024-01-29")},
              range("2024-01-01", "2024-02-01")) == "7 days");
    CHECK(width({}, range("2024-01-01", "2024-02-01")) == "none");
    CHECK(width(days("2024-02-01", 28), range("2024-02-01", "2024-03-01")) == "none");  // one is missing
}

TEST_CASE("parts by the same key are made for the new partition's own days") {
    ShapeTemplate shape;
    shape.is_by_key = true;
    shape.interval = CalendarInterval{0, 1, 0};
    shape.shape.key = "RANGE (at)";
    shape.shape.parts.resize(29);
    shape.shape.parts.front().options = {"fillfactor=70"};
    const ddl::PartitionShape fitting = fitted(shape, {}, march, 1);
    REQUIRE(fitting.parts.size() == 31);
    CHECK(fitting.parts.front().name == "orders_2024_03_p01");
    CHECK(fitting.parts.back().name == "orders_2024_03_p31");
    CHECK(fitting.parts.back().bounds == "FOR VALUES FROM ('2024-03-31 00:00:00') TO ('2024-04-01 00:00:00')");
    CHECK(fitting.parts.back().options == std::vector<std::string>{"fillfactor=70"});
    shape.interval.reset();
    CHECK(fitted(shape, {}, march, 1).parts.size() == 1);
}

TEST_CASE("parts by another key have their sibling's bounds, and names of their own, however deep") {
    ShapeTemplate shape;
    shape.shape.key = "LIST (region)";
    ddl::PartitionShape north;
    north.name = "_north";
    north.bounds = "FOR VALUES IN ('n')";
    north.key = "HASH (id)";
    ddl::PartitionShape first;
    first.name = "_0";
    first.bounds = "FOR VALUES WITH (modulus 2, remainder 0)";
    north.parts = {first};
    shape.shape.parts = {north};
    const ddl::PartitionShape fitting = fitted(shape, {}, march, 1);
    CHECK(fitting.parts[0].name == "orders_2024_03_north");
    CHECK(fitting.parts[0].bounds == "FOR VALUES IN ('n')");
    CHECK(fitting.parts[0].parts[0].name == "orders_2024_03_north_0");
}
