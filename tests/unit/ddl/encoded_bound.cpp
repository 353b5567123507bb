#include "ddl/key/encoded_bound.hpp"

#include <doctest/doctest.h>

#include <random>

#include "base/error.hpp"

using namespace tripmig;
using namespace tripmig::ddl;

namespace {

Bound moment_of(std::string_view text) {
    return Bound::at(parse_timestamp(text).value());
}

config::KeyEncoding encoding(config::KeyEncoding::Unit unit) {
    config::KeyEncoding made;
    made.unit = unit;
    return made;
}

const KeyType snowflake{KeyType::snowflake, 1'420'070'400'000};  // from 2015-01-01

}  // namespace

TEST_CASE("a moment is written as its encoding has it") {
    CHECK(bound_literal(KeyType::epoch_s, moment_of("2024-01-01")) == "'1704067200'");
    CHECK(bound_literal(KeyType::epoch_ms, moment_of("2024-01-01")) == "'1704067200000'");
    CHECK(bound_literal(KeyType::epoch_us, moment_of("2024-01-01 00:00:00.000001")) == "'1704067200000001'");
    CHECK(bound_literal(KeyType::epoch_ns, moment_of("2024-01-01")) == "'1704067200000000000'");
    CHECK(bound_literal(KeyType::epoch_s, moment_of("1969-12-31 23:59:59.5")) == "'-1'");
    CHECK(bound_literal(snowflake, moment_of("2015-01-01")) == "'0'");
    CHECK(bound_literal(snowflake, moment_of("2015-01-01 00:00:01")) == "'4194304000'");
    CHECK(bound_literal(snowflake, moment_of("2014-12-31 23:59:59.999")) == "'-4194304'");
    CHECK(bound_literal(KeyType::ulid, moment_of("1970-01-01")) == "'00000000000000000000000000'");
    CHECK(bound_literal(KeyType::ulid, moment_of("2024-01-01")) == "'01HK153X000000000000000000'");
    CHECK(within(KeyType::epoch_ms, {moment_of("2024-01-01"), moment_of("2024-02-01")}, "id") ==
          "id IS NOT NULL AND id >= '1704067200000'::pg_catalog.int8 AND id < '1706745600000'::pg_catalog.int8");
}

TEST_CASE("people read times, unless a key is none of the grid") {
    CHECK(describe(KeyType::epoch_ms, moment_of("2024-01-01")) == "2024-01-01");
    CHECK(describe(snowflake, *parse_bound(snowflake, "4194304000")) == "2015-01-01 00:00:01");
    CHECK(describe(snowflake, *parse_bound(snowflake, "4194304007")) == "4194304007");
    CHECK(parse_bound(KeyType::epoch_s, "2024-01-01") == moment_of("2024-01-01"));
    CHECK_FALSE(parse_bound(KeyType::epoch_s, "9223372036854775807"));      // beyond what an Instant holds
    CHECK_FALSE(parse_bound(KeyType::ulid, "01hk153x000000000000000000"));  // in upper case
}

TEST_CASE("what is read is written again, and in the same order") {
    std::mt19937_64 random(13);
    std::uniform_int_distribution<std::int64_t> numbers(-4'000'000'000'000'000, 4'000'000'000'000'000'000);
    for (const KeyType key : {KeyType(KeyType::epoch_ns), KeyType(KeyType::epoch_us), snowflake}) {
        std::int64_t former = 0;
        for (int i = 0; i < 500; ++i) {
            const std::int64_t number = numbers(random);
            const auto bound = parse_encoded(key, std::to_string(number));
            REQUIRE(bound);
            CHECK(encoded_text(key, *bound) == std::to_string(number));
            CHECK((*bound < *parse_encoded(key, std::to_string(former))) == (number < former));
            former = number;
        }
    }
    for (const char* ulid : {"01HK153X00ZZZZZZZZZZZZZZZZ", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
        CHECK(encoded_text(KeyType::ulid, *parse_encoded(KeyType::ulid, ulid)) == ulid);
    CHECK_FALSE(parse_encoded(KeyType::ulid, "8ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
}

TEST_CASE("numeric bounds are exact, with their fractions, below zero too") {
    const auto read = [](std::string_view text) { return parse_bound(KeyType::numeric, text); };
    for (const char* text :
         {"0", "12", "-12", "0.5", "-0.5", "-1.75", "12.000000000000000001", "-9223372036854775807.25"})
        CHECK(numeric_text(*read(text)) == text);
    CHECK(numeric_text(*read("1.50")) == "1.5");
    const std::vector<std::string> ordered{"-2", "-1.75", "-1.5", "-1", "-0.25", "0", "0.25", "0.3", "1"};
    for (std::size_t i = 1; i < ordered.size(); ++i)
        CHECK(*read(ordered[i - 1]) < *read(ordered[i]));
    CHECK_FALSE(read("1e5"));
    CHECK_FALSE(read("9223372036854775808"));
    CHECK(describe(KeyType::numeric, bounds_containing(KeyType::numeric, std::int64_t{100}, *read("-0.5"))) ==
          "[-100, 0)");
    CHECK(describe(KeyType::numeric, bounds_containing(KeyType::numeric, std::int64_t{100}, *read("99.999"))) ==
          "[0, 100)");
}

TEST_CASE("an encoding is for a type of its own") {
    using Unit = config::KeyEncoding::Unit;
    CHECK(key_type("bigint", encoding(Unit::none)) == KeyType::bigint);
    CHECK(key_type("bigint", encoding(Unit::ms)) == KeyType::epoch_ms);
    CHECK(key_type("uuid", encoding(Unit::v7)) == KeyType::uuid);
    CHECK(key_type("text", encoding(Unit::ulid)) == KeyType::ulid);
    CHECK_FALSE(key_type("text", encoding(Unit::none)));
    CHECK_THROWS_WITH_AS(static_cast<void>(key_type("integer", encoding(Unit::s))),
                         "key_encoding.unit = \"s\" is for keys of type bigint, and this one is of type integer",
                         Error);
}

TEST_CASE("a key of several columns is bounded by the first") {
    const Bounds month{moment_of("2024-01-01"), moment_of("2024-02-01")};
    CHECK(for_values(KeyType::date, month, 3) ==
          "FOR VALUES FROM ('2024-01-01', MINVALUE, MINVALUE) TO ('2024-02-01', MINVALUE, MINVALUE)");
    CHECK(parse_bounds(KeyType::date, for_values(KeyType::date, month, 3)) == month);
    const Bounds all{moment_of("2024-01-01"), Bound::maxvalue()};
    CHECK(for_values(KeyType::date, all, 2) == "FOR VALUES FROM ('2024-01-01', MINVALUE) TO (MAXVALUE, MAXVALUE)");
    CHECK(parse_bounds(KeyType::date, for_values(KeyType::date, all, 2)) == all);
    CHECK_FALSE(parse_bounds(KeyType::date, "FOR VALUES FROM ('2024-01-01', 5) TO ('2024-02-01', MINVALUE)"));
}

TEST_CASE("years before Christ and far ones") {
    CHECK(bound_literal(KeyType::timestamptz, moment_of("0044-03-15 BC")) == "'0044-03-15 00:00:00+00 BC'");
    CHECK(bound_literal(KeyType::date, moment_of("0044-03-15 BC")) == "'0044-03-15 BC'");
    CHECK(bound_literal(KeyType::timestamp, moment_of("294000-01-01")) == "'294000-01-01 00:00:00'");
    CHECK(describe(KeyType::timestamp, bounds_containing(KeyType::timestamp, *parse_interval("1 year"),
                                                         moment_of("0001-06-01 BC"))) == "[0001-01-01 BC, 0001-01-01)");
    CHECK(describe(KeyType::date, bounds_containing(KeyType::date, *parse_interval("1 month"),
                                                    moment_of("0005-02-29 BC"))) == "[0005-02-01 BC, 0005-03-01 BC)");
    CHECK(describe(KeyType::timestamp, bounds_containing(KeyType::timestamp, *parse_interval("1 month"),
                                                         moment_of("9999-12-31 23:59:59"))) ==
          "[9999-12-01, 10000-01-01)");
    CHECK_FALSE(parse_timestamp("0000-01-01"));
    CHECK_FALSE(parse_timestamp("0001-02-29 BC") == std::nullopt);  // 1 BC was a leap year
    CHECK_FALSE(parse_timestamp("0002-02-29 BC"));
}
