#include "ddl/key_scan.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/civil.hpp"

using namespace tripmig;
using namespace tripmig::ddl;

namespace {

db::IndexInfo index(const std::string& tail) {
    db::IndexInfo info;
    info.tail = tail;
    info.columns = {"at", "id"};
    return info;
}

Bound key_at(const std::string& text) {
    return Bound::at(*parse_timestamp(text));
}

}  // namespace

TEST_CASE("an index tells the ends of the keys when it begins with them in the type's own order") {
    CHECK(is_ordered_by(index("USING btree (at)"), "at"));
    CHECK(is_ordered_by(index("USING btree (at, id)"), "at"));
    CHECK(is_ordered_by(index("USING btree (at DESC)"), "at"));
    CHECK(is_ordered_by(index("USING btree (at) INCLUDE (id) WITH (fillfactor='80')"), "at"));
    CHECK_FALSE(is_ordered_by(index("USING btree (at)"), "id"));
    CHECK_FALSE(is_ordered_by(index("USING btree (at NULLS FIRST)"), "at"));
    CHECK_FALSE(is_ordered_by(index("USING btree (at DESC NULLS LAST)"), "at"));
    CHECK_FALSE(is_ordered_by(index("USING btree (at other_ops)"), "at"));
    CHECK_FALSE(is_ordered_by(index("USING brin (at)"), "at"));
    CHECK_FALSE(is_ordered_by(index("USING hash (at)"), "at"));
    db::IndexInfo other = index("USING btree (at) WHERE (id > 5)");
    other.is_partial = true;
    CHECK_FALSE(is_ordered_by(other, "at"));
    other = index("USING btree (at)");
    other.is_valid = false;
    CHECK_FALSE(is_ordered_by(other, "at"));
    other = index("USING btree (lower(at), at)");
    other.columns = {"", "at"};
    CHECK_FALSE(is_ordered_by(other, "at"));
    other = index("USING btree (\"The key\" DESC)");
    other.columns = {"The key"};
    CHECK(is_ordered_by(other, "The key"));
}

TEST_CASE("the calendar ends with the year 9999; numbers have no end") {
    CHECK(in_calendar(KeyType::date, "at") ==
          "at >= '0001-01-01'::pg_catalog.date AND at < '10000-01-01'::pg_catalog.date");
    CHECK(in_calendar(KeyType::bigint, "id") == "id IS NOT NULL");
    CHECK(in_calendar(KeyType::uuid, "id") == "id < 'e677d21f-dc00-0000-0000-000000000000'::pg_catalog.uuid");
    CHECK_FALSE(before_calendar(KeyType::uuid, "id"));
    CHECK_FALSE(after_calendar(KeyType::integer, "id"));
    CHECK(*after_calendar(KeyType::date, "at") == "at >= '10000-01-01'::pg_catalog.date AND at < 'infinity'");
}

TEST_CASE("chunks are put together: range, places, rows of each partition") {
    KeyScan scan(KeyType::timestamp, *parse_interval("1 month"));
    CHECK(scan.facts().is_empty);
    scan.add("w", 2, "2024-02-03 04:05:06", "2024-02-28 00:00:00");
    scan.add("w", 1, "2024-01-31 00:00:00", "2024-01-31 00:00:00");
    scan.add("n", 3, std::nullopt, std::nullopt);
    scan.add("e", 1, "4713-01-01 00:00:00 BC", "4713-01-01 00:00:00 BC");
    scan.add("l", 2, "20000-01-01 00:00:00", "294276-12-31 23:59:59");
    scan.add("w", 5, "2024-02-01 00:00:00", "2024-02-01 00:00:00");
    scan.add("l", 1, "10000-01-01 00:00:00", "10000-01-01 00:00:00");
    scan.add("n", 4, std::nullopt, std::nullopt);
    scan.add("+", 1, "infinity", "infinity");
    const KeyFacts facts = scan.facts();
    CHECK_FALSE(facts.is_empty);
    CHECK(facts.nulls == 7);
    CHECK(*facts.oldest == key_at("2024-01-31"));
    CHECK(*facts.newest == key_at("2024-02-28"));
    CHECK(facts.early.rows == 1);
    CHECK(facts.early.example == "4713-01-01 00:00:00 BC");
    CHECK(facts.late.rows == 3);
    CHECK(facts.late.example == "294276-12-31 23:59:59");
    CHECK(facts.has_infinity);
    CHECK_FALSE(facts.has_minus_infinity);
    REQUIRE(facts.distribution);
    CHECK(*facts.distribution ==
          std::vector<PartitionRows>{
              {{key_at("2024-01-01"), key_at("2024-02-01")}, 1, key_at("2024-01-31"), key_at("2024-01-31")},
              {{key_at("2024-02-01"), key_at("2024-03-01")}, 7, key_at("2024-02-01"), key_at("2024-02-28")}});
    CHECK(facts.years.size() == 1);
    CHECK(facts.years.front().rows == 8);
    CHECK(facts.lowest == *facts.distribution);
}

TEST_CASE("nothing is counted without an interval, nor into more partitions than are worth it") {
    KeyScan plain(KeyType::bigint, std::nullopt);
    plain.add("w", 2, "-9223372036854775808", "9223372036854775807");
    CHECK_FALSE(plain.facts().distribution);
    CHECK(plain.facts().oldest->number() < 0);
    KeyScan many(KeyType::bigint, std::int64_t{1});
    for (std::size_t i = 0; i <= KeyScan::most_partitions + 1; ++i)
        many.add("w", 1, std::to_string(i), std::to_string(i));
    CHECK_FALSE(many.facts().distribution);
    CHECK(many.facts().newest->number() == KeyScan::most_partitions + 1);
}

TEST_CASE("rows are counted as people do") {
    CHECK(rows_text(1) == "1 row");
    CHECK(rows_text(2) == "2 rows");
    CHECK(rows_text(most_counted) == "at least 100000 rows");
}
