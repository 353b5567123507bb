#include <doctest/doctest.h>

#include "ddl/bounds.hpp"

using namespace tripmig;
using namespace tripmig::ddl;

namespace {

Bound bound_at(std::string_view text) {
    return Bound::at(parse_timestamp(text).value());
}

const Bounds january{bound_at("2024-01-01"), bound_at("2024-02-01")};

}  // namespace

TEST_CASE("a bound is written in the key's own type, timestamptz in UTC") {
    CHECK(for_values(KeyType::date, january) == "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')");
    CHECK(for_values(KeyType::timestamp, january) ==
          "FOR VALUES FROM ('2024-01-01 00:00:00') TO ('2024-02-01 00:00:00')");
    CHECK(for_values(KeyType::timestamptz, january) ==
          "FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-02-01 00:00:00+00')");
    CHECK(for_values(KeyType::bigint, {Bound::number(-1000), Bound::number(0)}) ==
          "FOR VALUES FROM ('-1000') TO ('0')");
    CHECK(for_values(KeyType::uuid, january) ==
          "FOR VALUES FROM ('018cc251-f400-0000-0000-000000000000') TO ('018d61f7-1800-0000-0000-000000000000')");
    CHECK(for_values(KeyType::timestamp, {Bound::minvalue(), bound_at("2024-01-01")}) ==
          "FOR VALUES FROM (MINVALUE) TO ('2024-01-01 00:00:00')");
    CHECK(for_values(KeyType::date, {Bound::infinity(), Bound::maxvalue()}) ==
          "FOR VALUES FROM ('infinity') TO (MAXVALUE)");
}

TEST_CASE("a CHECK says the bounds again, or their opposite") {
    CHECK(within(KeyType::timestamptz, january, "created_at") ==
          "created_at IS NOT NULL AND created_at >= '2024-01-01 00:00:00+00'::pg_catalog.timestamptz AND "
          "created_at < '2024-02-01 00:00:00+00'::pg_catalog.timestamptz");
    CHECK(not_within(KeyType::date, january, "Day") ==
          "\"Day\" IS NULL OR \"Day\" < '2024-01-01'::pg_catalog.date OR \"Day\" >= '2024-02-01'::pg_catalog.date");
    CHECK(within(KeyType::bigint, {Bound::minvalue(), Bound::number(-5)}, "id") ==
          "id IS NOT NULL AND id < '-5'::pg_catalog.int8");
    CHECK(not_within(KeyType::smallint, {Bound::number(3), Bound::maxvalue()}, "n") ==
          "n IS NULL OR n < '3'::pg_catalog.int2");
    CHECK(within(KeyType::bigint, {}, "id") == "id IS NOT NULL");
}

TEST_CASE("what the catalog prints is read back, whatever the ends are") {
    const auto same = [](KeyType key, const Bounds& bounds) {
        const auto read = parse_bounds(key, for_values(key, bounds));
        REQUIRE(read);
        CHECK(*read == bounds);
    };
    for (const KeyType key : {KeyType::date, KeyType::timestamp, KeyType::timestamptz, KeyType::uuid}) {
        same(key, january);
        same(key, {Bound::minvalue(), bound_at("2024-01-01")});
        same(key, {bound_at("2024-01-01"), Bound::maxvalue()});
    }
    same(KeyType::timestamp, {bound_at("2024-01-01 13:30:00.25"), bound_at("2024-01-01 14:00:00")});
    same(KeyType::timestamptz, {Bound::minus_infinity(), Bound::infinity()});
    same(KeyType::bigint, {Bound::number(-9), Bound::number(9)});
    CHECK(parse_bounds(KeyType::bigint, "FOR VALUES FROM (0) TO (1000)") ==
          Bounds{Bound::number(0), Bound::number(1000)});
}

TEST_CASE("what is no range of one such key is not read") {
    CHECK_FALSE(parse_bounds(KeyType::timestamp, "DEFAULT"));
    CHECK_FALSE(parse_bounds(KeyType::bigint, "FOR VALUES IN ('1', '2')"));
    CHECK_FALSE(parse_bounds(KeyType::bigint, "FOR VALUES WITH (modulus 4, remainder 0)"));
    CHECK_FALSE(parse_bounds(KeyType::bigint, "FOR VALUES FROM ('1', '2') TO ('3', '4')"));
    CHECK_FALSE(parse_bounds(KeyType::date, "FOR VALUES FROM ('299999-01-01') TO ('2024-01-01')"));
    CHECK_FALSE(parse_bounds(KeyType::bigint, "FOR VALUES FROM ('1') TO ('2') "));
    CHECK_FALSE(parse_bounds(KeyType::bigint, ""));
    CHECK_FALSE(parse_bounds(KeyType::bigint, "FOR VALUES FROM ('1"));
}

TEST_CASE("a uuid of version 7 is its time, and keeps the bits after it") {
    const auto bound = parse_bound(KeyType::uuid, "018cc251-f400-7000-8000-0000000000ff");
    REQUIRE(bound);
    CHECK(bound->instant() == bound_at("2024-01-01").instant());
    CHECK(bound_literal(KeyType::uuid, *bound) == "'018cc251-f400-7000-8000-0000000000ff'");
    CHECK(bound_at("2024-01-01") < *bound);
    CHECK(parse_bound(KeyType::uuid, "2024-01-01") == bound_at("2024-01-01"));
    CHECK_FALSE(parse_bound(KeyType::uuid, "018cc251-f400-7000-8000-0000000000fg"));
    CHECK_FALSE(parse_bound(KeyType::uuid, "infinity"));
}

TEST_CASE("one value is read as a person writes it") {
    CHECK(parse_bound(KeyType::date, "2024-02-29") == bound_at("2024-02-29"));
    CHECK_FALSE(parse_bound(KeyType::date, "2023-02-29"));
    CHECK_FALSE(parse_bound(KeyType::date, "2024-02-29 12:00"));
    CHECK(parse_bound(KeyType::timestamptz, "2024-01-01T09:00:00+09:00") == bound_at("2024-01-01"));
    CHECK(parse_bound(KeyType::timestamp, "infinity") == Bound::infinity());
    CHECK(parse_bound(KeyType::timestamp, "-infinity") == Bound::minus_infinity());
    CHECK(parse_bound(KeyType::integer, "-12") == Bound::number(-12));
    CHECK_FALSE(parse_bound(KeyType::integer, "12 "));
    CHECK_FALSE(parse_bound(KeyType::integer, ""));
}

TEST_CASE("key types by the names that the catalog gives them") {
    CHECK(key_type("timestamp without time zone") == KeyType::timestamp);
    CHECK(key_type("timestamp with time zone") == KeyType::timestamptz);
    CHECK(key_type("bigint") == KeyType::bigint);
    CHECK_FALSE(key_type("text"));
    CHECK_FALSE(key_type("timestamp(3) without time zone"));
}
