#include <doctest/doctest.h>

#include <string>

#include "place.hpp"

using namespace tripmig::test;

TEST_CASE("months begin at midnight in Seoul, and are called so") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders", "time_zone = \"Asia/Seoul\"\n");
    CHECK(place.run({"maintain", "--now", "2026-11-30T16:00:00"}).exit_code == 0);  // 1 December, 01:00
    CHECK(place.leaves() == "orders_2026_12 orders_2027_01 orders_2027_02");
    CHECK(place.bounds("orders_2026_12") == "FOR VALUES FROM ('2026-11-30 15:00:00+00') TO ('2026-12-31 15:00:00+00')");
    CHECK(place.run({"maintain", "--now", "2026-12-31T14:59"}).exit_code == 0);
    CHECK_FALSE(has(place.leaves(), "orders_2027_03"));
    CHECK(place.run({"maintain", "--now", "2026-12-31T15:00"}).exit_code == 0);
    CHECK(has(place.leaves(), "orders_2027_03"));
}

TEST_CASE("of a timestamp without time zone the zone says when the next month begins") {
    const Place place;
    place.database.exec("CREATE TABLE orders (at timestamp NOT NULL) PARTITION BY RANGE (at)");
    place.policy("orders", "orders", "time_zone = \"Asia/Seoul\"\n");
    CHECK(place.run({"maintain", "--now", "2026-11-30T16:00:00"}).exit_code == 0);
    CHECK(place.leaves() == "orders_2026_12 orders_2027_01 orders_2027_02");
    CHECK(place.bounds("orders_2026_12") == "FOR VALUES FROM ('2026-12-01 00:00:00') TO ('2027-01-01 00:00:00')");
}

TEST_CASE("partitions by hand, off the policy's grid, are kept, and what is missing fits between them") {
    const Place place;
    place.database.exec(
        make_orders +
        "CREATE TABLE orders_2026_10 PARTITION OF orders FOR VALUES FROM ('2026-10-01 00:00+09') TO ('2026-11-01 "
        "00:00+09'); CREATE TABLE orders_2026_11 PARTITION OF orders FOR VALUES FROM ('2026-11-01 00:00+09') TO "
        "('2026-12-01 00:00+09')");
    place.policy("orders", "orders");
    CommandResult result = place.run({"maintain", "--now", "2026-11-30T20:00"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK(has(result.err, "orders_2026_11 ends at 15:00 UTC: if that is midnight in your time zone, set time_zone"));
    // The rest of November has a name that is taken.
    CHECK(place.bounds("orders_2026_11_2") ==
          "FOR VALUES FROM ('2026-11-30 15:00:00+00') TO ('2026-12-01 00:00:00+00')");
    place.database.exec("INSERT INTO orders (at) VALUES ('2026-12-01 10:00+09'), ('2026-12-01 08:00+09')");
    place.policy("orders", "orders", "time_zone = \"Asia/Seoul\"\n");
    CHECK(place.run({"maintain", "--now", "2027-02-20"}).exit_code == 0);
    CHECK(has(place.leaves(), "orders_2027_04"));
}

TEST_CASE("a zone that the server does not know concerns its table alone") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE carts (at timestamptz NOT NULL) PARTITION BY RANGE (at)");
    place.policy("a_carts", "carts", "time_zone = \"Asia/Soul\"\n");
    place.policy("b_orders", "orders");
    const CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 9);
    CHECK(has(result.err, "the server has no time zone \"Asia/Soul\""));
    CHECK(place.leaves() == three_months);
}

TEST_CASE("keys with a time in them, and keys of several columns") {
    const Place place;
    place.database.exec(
        "CREATE TABLE e_ms (at bigint NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE e_snow (at bigint NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE e_ulid (at text NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE e_both (at date NOT NULL, tenant int NOT NULL) PARTITION BY RANGE (at, tenant);"
        "CREATE TABLE e_number (at numeric NOT NULL) PARTITION BY RANGE (at)");
    place.policy("ms", "e_ms", "[key_encoding]\nunit = \"ms\"\n");
    place.policy("snow", "e_snow", "[key_encoding]\nunit = \"snowflake\"\nepoch = \"2015-01-01\"\n");
    place.policy("ulid", "e_ulid", "[key_encoding]\nunit = \"ulid\"\n");
    place.policy("both", "e_both");
    place.write_policy("number", "table = \"e_number\"\nkey = \"at\"\ninterval = 1000\nstart = 0\n");
    const CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK(place.leaves("e_ms") == "e_ms_2024_01 e_ms_2024_02 e_ms_2024_03");
    CHECK(place.leaves("e_both") == "e_both_2024_01 e_both_2024_02 e_both_2024_03");
    CHECK(place.leaves("e_number") == "e_number_0 e_number_1000 e_number_2000 e_number_3000");
    place.database.exec(
        "INSERT INTO e_ms VALUES (extract(epoch from timestamptz '2024-02-01 00:00+00') * 1000);"
        "INSERT INTO e_snow VALUES ((extract(epoch from timestamptz '2024-03-31 23:59:59+00' - timestamptz '2015-01-01 "
        "00:00+00') * 1000)::bigint << 22);"
        "INSERT INTO e_ulid VALUES ('01HK153X00ZZZZZZZZZZZZZZZZ');"
        "INSERT INTO e_both VALUES ('2024-03-01', -5);"
        "INSERT INTO e_number VALUES (999.999)");
    CHECK(place.database.scalar("SELECT tableoid::regclass FROM e_ms") == "e_ms_2024_02");
    CHECK(place.database.scalar("SELECT tableoid::regclass FROM e_snow") == "e_snow_2024_03");
    CHECK(place.database.scalar("SELECT tableoid::regclass FROM e_ulid") == "e_ulid_2024_01");
    CHECK(place.database.scalar("SELECT tableoid::regclass FROM e_both") == "e_both_2024_03");
    CHECK(place.database.scalar("SELECT tableoid::regclass FROM e_number") == "e_number_0");
    const CommandResult again = place.run(january);
    CHECK(again.exit_code == 0);
    CHECK(has(again.err, "5 tables: nothing to do"));
}

TEST_CASE("swap and split refuse a policy that they can't cut by") {
    const Place place;
    place.database.exec("CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz NOT NULL)");
    place.policy("orders", "orders", "time_zone = \"Asia/Seoul\"\n");
    const CommandResult result = run_tripmig({"swap", "plan", "orders"}, place.surroundings());
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "the policy has time_zone, which swap and split do not support"));
}
