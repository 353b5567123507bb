#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "place.hpp"

using namespace tripmig::test;
using nlohmann::json;

TEST_CASE("status shows partitions, gaps and what is left, and tells by its exit code") {
    const Place place;
    place.database.exec(
        make_orders +
        "CREATE TABLE orders_2020_01 PARTITION OF orders FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');"
        "CREATE TABLE orders_2020_03 PARTITION OF orders FOR VALUES FROM ('2020-03-01') TO ('2020-04-01');"
        "INSERT INTO orders (at) SELECT timestamptz '2020-01-05' FROM generate_series(1, 1234); ANALYZE orders");
    place.policy("orders", "orders", "max_create = 600\n");
    CommandResult result = place.run({"status", "--exit-code"});
    CAPTURE(result.out);
    CHECK(result.exit_code == 3);
    CHECK(has(result.out, "public.orders: 0 of 2 partitions ahead, no partition for the present"));
    CHECK(has(result.out, "~1,234"));
    CHECK(has(result.out, "gap: no partition for [2020-02-01, 2020-03-01)"));
    CHECK(place.run({"status"}).exit_code == 0);
    CHECK(place.run({"maintain"}).exit_code == 0);
    result = place.run({"status", "orders", "--exit-code", "--json"});
    CHECK(result.exit_code == 0);
    const json table = json::parse(result.out)["tables"][0];
    CHECK(table["ahead"] == 2);
    CHECK(table["ok"] == true);
    CHECK(table["gaps"].empty());
    CHECK(table["days_left"] > 57);
    CHECK(table["partitions"][0]["partition"] == "public.orders_2020_01");
    CHECK(table["partitions"][0]["rows"] == 1234);
    CHECK(place.run({"status", "carts"}).exit_code == 2);
}

TEST_CASE("rows in DEFAULT that a partition should have are counted, others are not") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE orders_rest PARTITION OF orders DEFAULT");
    place.policy("a_orders", "orders", "[default]\npartition = \"watch\"\n");
    place.policy("b_nothing", "nothing");
    CHECK(place.run({"maintain", "--only", "orders"}).exit_code == 0);
    place.database.exec("INSERT INTO orders (at) VALUES ('1999-01-01'), ('2999-01-02')");
    CHECK(place.run({"status", "orders", "--exit-code"}).exit_code == 0);
    place.database.exec(
        "ALTER TABLE orders DETACH PARTITION orders_rest; INSERT INTO orders_rest (id, at) SELECT 7, now();"
        "INSERT INTO orders_rest (id, at) SELECT 8, now(); DELETE FROM orders_rest WHERE at > now() + "
        "interval '1 year'");
    place.database.exec(
        "DO $$ DECLARE present text; BEGIN SELECT relname INTO present FROM pg_class WHERE relname = 'orders_' || "
        "to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'); EXECUTE format('DROP TABLE %I', present); END $$;"
        "ALTER TABLE orders ATTACH PARTITION orders_rest DEFAULT");
    const CommandResult result = place.run({"status", "--exit-code"});
    CAPTURE(result.out);
    CHECK(result.exit_code == 3);
    CHECK(has(result.out, "2 rows of public.orders_rest belong in another partition"));
    CHECK(has(result.out, "partition split public.orders_rest"));
    CHECK(has(result.out, "\npublic.nothing does not exist\n  hint: "));
    CHECK(has(result.out, "2 of 2 tables need attention"));
}

TEST_CASE("a pending detach, overdue retention, partitions beyond premake") {
    const Place place;
    place.database.exec(
        make_orders +
        "CREATE TABLE orders_2020_01 PARTITION OF orders FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');"
        "CREATE TABLE orders_2020_02 PARTITION OF orders FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');"
        "CREATE TABLE orders_2090_01 PARTITION OF orders FOR VALUES FROM ('2090-01-01') TO ('2090-02-01')");
    place.policy("orders", "orders", "[retention]\nkeep = \"1 month\"\n");
    // The newest row is of today: nothing holds retention back.
    CHECK(place.run({"maintain"}).exit_code == 0);
    CHECK(place.leaves().find("orders_2020") == std::string::npos);
    place.database.exec(
        "ALTER TABLE orders ATTACH PARTITION orders_2020_01 FOR VALUES FROM ('2020-01-01') TO "
        "('2020-02-01'); INSERT INTO orders (at) VALUES (now()); ANALYZE orders");
    CommandResult result = place.run({"status", "--exit-code"});
    CAPTURE(result.out);
    CHECK(result.exit_code == 3);
    CHECK(has(result.out, "1 partition should have been detached more than a day ago: public.orders_2020_01"));
    CHECK(has(result.out, "1 partition beyond premake, empty: public.orders_2090_01"));
    const Connection reader = place.database.connect();
    reader.exec("BEGIN; SELECT * FROM orders");
    const Connection other = place.database.connect();
    other.exec("SET statement_timeout = '200ms'");
    CHECK(other.sqlstate_of("ALTER TABLE orders DETACH PARTITION orders_2020_01 CONCURRENTLY") == "57014");
    reader.exec("COMMIT");
    result = place.run({"status", "--exit-code", "--json"});
    CHECK(result.exit_code == 3);
    CHECK(json::parse(result.out)["tables"][0]["detach_pending"] == 1);
}

TEST_CASE("the metrics file has a line for each table, and success only of what was maintained") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE carts (at timestamptz)");
    place.folder.write("tripmig.toml", "[report]\nmetrics_file = \"metrics\"\n");
    place.policy("a_carts", "carts");
    place.policy("b_orders", "orders");
    CHECK(place.run({"maintain"}).exit_code == 9);
    std::string metrics = place.folder.read("metrics");
    CAPTURE(metrics);
    CHECK(has(metrics, "tripmig_partition_ahead{table=\"public.orders\"} 2\n"));
    CHECK(has(metrics, "tripmig_partition_gaps{table=\"public.orders\"} 0\n"));
    CHECK(has(metrics, "tripmig_partition_seconds_ahead{table=\"public.orders\"} "));
    CHECK(has(metrics, "tripmig_partition_last_success_timestamp_seconds{table=\"public.orders\"} "));
    CHECK_FALSE(has(metrics, "carts"));
    place.database.exec(
        "DO $$ DECLARE last text; BEGIN SELECT inhrelid::regclass::text INTO last FROM pg_inherits WHERE "
        "inhparent = 'orders'::regclass ORDER BY 1 DESC LIMIT 1; EXECUTE 'DROP TABLE ' || last; END $$");
    CHECK(place.run({"status"}).exit_code == 0);
    metrics = place.folder.read("metrics");
    CHECK(has(metrics, "tripmig_partition_ahead{table=\"public.orders\"} 1\n"));
}

TEST_CASE("whoever has locked one partition keeps its size alone from being known") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    CHECK(place.run(january).exit_code == 0);
    const Connection owner = place.database.connect();
    owner.exec("BEGIN; LOCK TABLE orders_2024_02 IN ACCESS EXCLUSIVE MODE");
    const CommandResult result = place.run({"status", "--json"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    const json table = json::parse(result.out)["tables"][0];
    CHECK(table["error"].is_null());
    CHECK(table["partitions"][0]["bytes"].is_number());
    CHECK(table["partitions"][1]["bytes"].is_null());
    CHECK(table["partitions"][2]["bytes"].is_number());
    CHECK(place.run(january).exit_code == 0);  // nothing to do needs no lock
}
