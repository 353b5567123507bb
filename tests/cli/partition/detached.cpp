#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "place.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

const std::string dropping = "[retention]\nkeep = \"1 month\"\naction = \"drop\"\ngrace = \"7 days\"\n";
const std::vector<std::string> detaching{"maintain", "--now", "2024-04-15"};
const std::vector<std::string> before_due{"maintain", "--now", "2024-04-21"};
const std::vector<std::string> due{"maintain", "--now", "2024-04-22"};

/// January to June of 2024, a row in January, February and April.
void make_months(const Place& place, const std::string& table = make_orders) {
    place.database.exec(table);
    place.policy("orders", "orders");
    CHECK(place.run(january).exit_code == 0);
    CHECK(place.run(detaching).exit_code == 0);
}

/// January and February are detached at 2024-04-15.
void detach_two(const Place& place, const std::string& retention = dropping) {
    make_months(place);
    place.database.exec("INSERT INTO orders (at) VALUES ('2024-01-20'), ('2024-02-20'), ('2024-04-10')");
    place.policy("orders", "orders", retention);
    const CommandResult result = place.run(detaching);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(place.leaves() == "orders_2024_03 orders_2024_04 orders_2024_05 orders_2024_06");
}

bool has_table(const Place& place, const std::string& name) {
    return place.database.scalar("SELECT to_regclass($1) IS NOT NULL", {name}) == "t";
}

std::string recorded(const Place& place) {
    return place.database.scalar(
        "SELECT coalesce(string_agg(table_name || ' ' || action || ' ' || is_clean, ', ' ORDER BY table_name), '') "
        "FROM "
        "tripmig.detached");
}

}  // namespace

TEST_CASE("drop: detached first, dropped when its grace is over, and listed until then") {
    const Place place;
    place.folder.write("tripmig.toml", "[report]\nmetrics_file = \"metrics\"\n");
    detach_two(place);
    CHECK(recorded(place) == "orders_2024_01 drop true, orders_2024_02 drop true");
    CHECK(place.run(before_due).exit_code == 0);
    CHECK(has_table(place, "orders_2024_01"));
    CommandResult result = place.run({"status"});
    CHECK(has(result.out, "public.orders_2024_01"));
    CHECK(has(result.out, "drop from 2024-04-22 00:00:00"));
    result = place.run({"status", "--json"});
    const json table = json::parse(result.out)["tables"][0];
    REQUIRE(table["detached"].size() == 2);
    CHECK(table["detached"][0]["table"] == "public.orders_2024_01");
    CHECK(table["detached"][0]["due_at"] == "2024-04-22T00:00:00Z");
    CHECK(table["detached"][0]["from"] == "2024-01-01");
    CHECK(table["detached"][0]["bytes"].get<std::int64_t>() > 0);
    CHECK(has(place.folder.read("metrics"), "tripmig_partition_detached_bytes{table=\"public.orders\"} "));
    CHECK_FALSE(has(place.folder.read("metrics"), "tripmig_partition_detached_bytes{table=\"public.orders\"} 0\n"));
    result = place.run({"maintain", "--now", "2024-04-22", "--json"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(has(result.err, "dropped public.orders_2024_01"));
    CHECK(json::parse(result.out)["tables"][0]["dropped"].size() == 2);
    CHECK_FALSE(has_table(place, "orders_2024_01"));
    CHECK_FALSE(has_table(place, "orders_2024_02"));
    CHECK(recorded(place).empty());
    CHECK(place.database.scalar("SELECT count(*) FROM orders") == "1");
    CHECK(place.run({"status"}).exit_code == 0);
    CHECK(has(place.folder.read("metrics"), "tripmig_partition_detached_bytes{table=\"public.orders\"} 0\n"));
}

TEST_CASE("what is dropped is the table that was detached, and nothing else that has its name") {
    const Place place;
    detach_two(place);
    place.database.exec(
        "DROP TABLE orders_2024_01; CREATE TABLE orders_2024_01 (precious text);"
        "ALTER TABLE orders_2024_02 RENAME TO february");
    CHECK(place.run(due).exit_code == 0);
    CHECK(has_table(place, "orders_2024_01"));
    CHECK(has_table(place, "february"));
    CHECK(recorded(place).empty());
}

TEST_CASE("a table that was attached again is not dropped, not even when it is detached by hand after that") {
    const Place place;
    detach_two(place);
    place.database.exec(
        "ALTER TABLE orders ATTACH PARTITION orders_2024_01 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')");
    place.policy("orders", "orders", "[retention]\nkeep = \"1 year\"\naction = \"drop\"\n");
    CHECK(place.run(before_due).exit_code == 0);
    CHECK(recorded(place) == "orders_2024_02 drop true");
    place.database.exec("ALTER TABLE orders DETACH PARTITION orders_2024_01");
    CHECK(place.run(due).exit_code == 0);
    CHECK(has_table(place, "orders_2024_01"));
    CHECK_FALSE(has_table(place, "orders_2024_02"));
}

TEST_CASE("a policy that no longer says drop keeps what is detached") {
    const Place place;
    detach_two(place);
    place.policy("orders", "orders", "[retention]\nkeep = \"1 month\"\n");
    CHECK(place.run(due).exit_code == 0);
    CHECK(has_table(place, "orders_2024_01"));
    const json table = json::parse(place.run({"status", "--json"}).out)["tables"][0];
    CHECK(table["detached"][0]["due_at"].is_null());
    CHECK(table["detached"][0]["action"] == "detach");
}

TEST_CASE("what a view reads is not dropped, and keeps nothing else from it") {
    const Place place;
    detach_two(place);
    place.database.exec("CREATE VIEW old AS SELECT * FROM orders_2024_01");
    const CommandResult result = place.run(due);
    CAPTURE(result.err);
    CHECK(result.exit_code != 0);
    CHECK(has(result.err, "orders_2024_01"));
    CHECK(has_table(place, "orders_2024_01"));
    CHECK_FALSE(has_table(place, "orders_2024_02"));
    place.database.exec("DROP VIEW old");
    CHECK(place.run(due).exit_code == 0);
    CHECK_FALSE(has_table(place, "orders_2024_01"));
}

TEST_CASE("at most max_drop tables a night, and none while the clock may be wrong") {
    const Place place;
    detach_two(place, dropping);
    const CommandResult jumped = place.run({"maintain", "--now", "2031-01-01", "--max-create", "0"});
    CHECK(jumped.exit_code == 12);
    CHECK(has(jumped.err, "2 detached tables are due to go, but none is dropped: the time is 2031-01-01"));
    CHECK(has_table(place, "orders_2024_01"));
    place.policy("orders", "orders", "max_drop = 1\n" + dropping);
    CHECK(place.run(due).exit_code == 0);
    CHECK_FALSE(has_table(place, "orders_2024_01"));
    CHECK(has_table(place, "orders_2024_02"));
    CHECK(place.run(due).exit_code == 0);
    CHECK_FALSE(has_table(place, "orders_2024_02"));
}

TEST_CASE("only_if: what it holds is neither detached nor dropped, and holds up nothing else") {
    const Place place;
    place.database.exec("CREATE TABLE holds (name text); INSERT INTO holds VALUES ('public.orders_2024_01')");
    const std::string policy =
        "max_drop = 1\n" + dropping +
        "only_if = \"SELECT NOT EXISTS (SELECT FROM public.holds WHERE name = '{partition}')\"\n";
    make_months(place);
    place.database.exec("INSERT INTO orders (at) VALUES ('2024-01-20'), ('2024-02-20'), ('2024-04-10')");
    place.policy("orders", "orders", policy);
    const CommandResult result = place.run(detaching);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(has(result.err, "only_if keeps 1 partition that would be retired: public.orders_2024_01"));
    CHECK(has(place.leaves(), "orders_2024_01"));
    CHECK_FALSE(has(place.leaves(), "orders_2024_02"));
    place.database.exec("INSERT INTO holds VALUES ('public.orders_2024_02')");  // during its grace
    CHECK(place.run(due).exit_code == 0);
    CHECK(has_table(place, "orders_2024_02"));
    place.database.exec("TRUNCATE holds");
    CHECK(place.run(due).exit_code == 0);
    CHECK_FALSE(has_table(place, "orders_2024_02"));
    CHECK_FALSE(has(place.leaves(), "orders_2024_01"));
    place.policy("orders", "orders", dropping + "only_if = \"SELECT '{partition}' FROM nowhere\"\n");
    CHECK(place.run({"maintain", "--now", "2024-05-15"}).exit_code == 12);
}

TEST_CASE("keep_partitions and keep_size: what any of them keeps stays") {
    const Place place;
    make_months(place);
    place.policy("orders", "orders", "[retention]\nkeep_partitions = 3\n");
    place.database.exec(
        "INSERT INTO orders (at) SELECT '2024-01-20' FROM generate_series(1, 10000); INSERT INTO orders (at) VALUES "
        "('2024-02-20'), ('2024-04-10')");
    CHECK(place.run(detaching).exit_code == 0);
    CHECK(place.leaves() == "orders_2024_02 orders_2024_03 orders_2024_04 orders_2024_05 orders_2024_06");
    place.policy("orders", "orders", "[retention]\nkeep_size = \"100 MB\"\n");
    CHECK(place.run(detaching).exit_code == 0);
    CHECK(has(place.leaves(), "orders_2024_02"));
    place.policy("orders", "orders", "[retention]\nkeep_size = \"1 kB\"\nkeep = \"70 days\"\n");
    CHECK(place.run(detaching).exit_code == 0);
    CHECK(has(place.leaves(), "orders_2024_02"));  // of March 1, less than 70 days before
    place.policy("orders", "orders", "[retention]\nkeep_size = \"1 kB\"\n");
    CHECK(place.run(detaching).exit_code == 0);
    CHECK_FALSE(has(place.leaves(), "orders_2024_02"));
    CHECK(has(place.leaves(), "orders_2024_04"));  // it holds the newest row
}

TEST_CASE("attach: a detached table is a partition again, with foreign keys, and no CHECK is left") {
    const Place place;
    make_months(
        place,
        "CREATE TABLE people (id bigint PRIMARY KEY); INSERT INTO people VALUES (1);"
        "CREATE TABLE orders (id bigint, at timestamptz NOT NULL, person bigint REFERENCES people, PRIMARY KEY (id, "
        "at)) PARTITION BY RANGE (at)");
    place.policy("orders", "orders", dropping);
    place.database.exec("INSERT INTO orders VALUES (1, '2024-01-20', 1), (2, '2024-04-10', 1)");
    CHECK(place.run(detaching).exit_code == 0);
    CHECK_FALSE(has(place.leaves(), "orders_2024_01"));
    CHECK(place.database.scalar("SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders_2024_01'::regclass AND "
                                "contype = 'f'") == "0");
    const CommandResult result = place.run({"attach", "orders_2024_01", "--json"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(json::parse(result.out)["partition"] == "public.orders_2024_01");
    CHECK(has(result.err, "detaches it again"));
    CHECK(has(place.leaves(), "orders_2024_01"));
    CHECK(place.bounds("orders_2024_01") == "FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-02-01 00:00:00+00')");
    CHECK(place.database.scalar("SELECT count(*) FROM orders") == "2");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders_2024_01'::regclass AND "
                                "contype = 'f' AND conparentid <> 0 AND convalidated") == "1");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders_2024_01'::regclass AND "
                                "conname = 'tripmig_bounds'") == "0");
    CHECK(recorded(place).find("orders_2024_01") == std::string::npos);
    CHECK(place.run({"attach", "orders_2024_01"}).exit_code == 12);
}

TEST_CASE("attach: refused where another partition holds its bounds, or a row does not fit; nothing is left behind") {
    const Place place;
    detach_two(place);
    place.database.exec(
        "CREATE TABLE other PARTITION OF orders FOR VALUES FROM ('2024-01-10') TO ('2024-01-11');"
        // What DETACH CONCURRENTLY left there keeps such rows out (manual, ALTER TABLE).
        "ALTER TABLE orders_2024_02 DROP CONSTRAINT orders_2024_02_at_check;"
        "INSERT INTO orders_2024_02 (id, at) VALUES (9, '2024-07-07')");
    CommandResult result = place.run({"attach", "orders_2024_01"});
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "public.other holds"));
    result = place.run({"attach", "orders_2024_02"});
    CAPTURE(result.err);
    CHECK(result.exit_code != 0);
    CHECK(place.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname = 'tripmig_bounds'") == "0");
    CHECK(recorded(place) == "orders_2024_01 drop true, orders_2024_02 drop true");
    place.database.exec("DELETE FROM orders_2024_02 WHERE at > '2024-07-01'");
    CHECK(place.run({"attach", "orders_2024_02"}).exit_code == 0);
    CHECK(has(place.leaves(), "orders_2024_02"));
    CHECK(place.run({"attach", "nothing"}).exit_code == 12);
}
