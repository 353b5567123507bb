#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "place.hpp"

using namespace tripmig::test;
using nlohmann::json;

TEST_CASE("a second maintain waits for the first; when it gives up it exits 5, and no metric says success") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    place.folder.write("impatient.toml",
                       "[migrations]\nrun_lock_wait = \"0s\"\n[report]\nmetrics_file = \"metrics\"\n");
    const Connection blocker = place.database.connect();
    blocker.exec("BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
    BackgroundCommand first(tripmig_command({"partition", "maintain", "--now", "2024-01-15"}), place.surroundings());
    wait_until(place.database, someone_waits);
    const CommandResult second = place.run({"maintain", "--config", "impatient.toml"});
    CAPTURE(second.err);
    CHECK(second.exit_code == 5);
    CHECK(has(second.err, "the maintain lock is held by tripmig partition-maintain (pid "));
    const std::string metrics = place.folder.read("metrics");
    CHECK(has(metrics, "tripmig_last_run_exit_code{command=\"partition maintain\"} 5"));
    CHECK_FALSE(has(metrics, "tripmig_last_success_timestamp_seconds{"));
    BackgroundCommand third(tripmig_command({"partition", "maintain", "--now", "2024-01-15"}), place.surroundings());
    third.wait_for_text("the maintain lock is held by");
    blocker.exec("COMMIT");
    CHECK(first.wait().exit_code == 0);
    CHECK(third.wait().exit_code == 0);
    CHECK(place.leaves() == three_months);
}

TEST_CASE("a detach that waits too long is pending: exit 8, with partition and blocker, and the next run finishes it") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders", "[retention]\nkeep = \"1 month\"\n");
    CHECK(place.run(january).exit_code == 0);
    place.database.exec("INSERT INTO orders (at) VALUES ('2024-01-20'), ('2024-03-20')");
    place.folder.write("tripmig.toml", "[migrations]\nlock_timeout = \"100ms\"\nlock_deadline = \"1s\"\n");
    const std::vector<std::string> april{"maintain", "--now", "2024-04-15"};
    const Connection reader = place.database.connect();
    reader.exec("SET application_name = 'the reader'; BEGIN; SELECT count(*) FROM orders");
    CommandResult result = place.run(april);
    CAPTURE(result.err);
    CHECK(result.exit_code == 8);
    CHECK(has(result.err, "the detach of public.orders_2024_01 is pending"));
    CHECK(has(result.err, "the reader"));
    CHECK(has(place.leaves(), "orders_2024_04 orders_2024_05 orders_2024_06"));  // created before
    result = place.run(april);
    CHECK(result.exit_code == 8);
    reader.exec("COMMIT");
    result = place.run(april);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(has(place.leaves(), "orders_2024_01"));
}

TEST_CASE("a lock that does not come after a partition was created: exit 8, and it says what was done") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders", "[retention]\nkeep = \"1 month\"\n");
    place.folder.write("tripmig.toml", "[migrations]\nlock_timeout = \"100ms\"\nlock_deadline = \"1s\"\n");
    CHECK(place.run(january).exit_code == 0);
    place.database.exec(
        "CREATE TABLE orders_rest PARTITION OF orders DEFAULT;"
        "INSERT INTO orders (at) VALUES ('2024-01-20'), ('2024-03-20')");
    // DEFAULT is locked for the new partitions, and free; the partition that is to go is not.
    const Connection blocker = place.database.connect();
    blocker.exec("SET application_name = 'the blocker'; BEGIN; LOCK TABLE ONLY orders_2024_01 IN ACCESS SHARE MODE");
    const CommandResult result = place.run({"maintain", "--now", "2024-04-15"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 8);
    CHECK(has(result.err, "created public.orders_2024_04"));
    CHECK(has(result.err, "the blocker"));
    CHECK(has(place.leaves(), "orders_2024_04"));
    CHECK(has(place.leaves(), "orders_2024_01"));
}

TEST_CASE("a table that fails does not stop the others") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE carts (at timestamptz)");
    place.policy("a_carts", "carts");
    place.policy("b_nothing", "nothing");
    place.policy("c_orders", "orders");
    CommandResult result = place.run({"maintain", "--now", "2024-01-15", "--json"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 9);
    CHECK(place.leaves() == three_months);
    CHECK(has(result.err, "public.carts is not partitioned yet"));
    CHECK(has(result.err, "to partition it while it is in use: tripmig swap run public.carts"));
    CHECK(has(result.err, "error: public.nothing does not exist"));
    const json tables = json::parse(result.out)["tables"];
    CHECK(tables[0]["code"] == 12);
    CHECK(tables[1]["code"] == 12);
    CHECK(tables[2]["code"] == 0);
    result = place.run({"maintain", "--only", "carts"});
    CHECK(result.exit_code == 12);
    result = place.run({"maintain", "--only", "orders", "--now", "2024-02-15"});
    CHECK(result.exit_code == 0);
    CHECK(place.leaves() == three_months + " orders_2024_04");
}

TEST_CASE("a policy that can't be read concerns its table alone") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    place.write_policy("carts", "table = \"carts\"\nkey = \"at\"\ninterval = \"1 day\"\npremak = 3\n");
    CommandResult result = place.run({"maintain", "--now", "2024-01-15", "--json"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 9);
    CHECK(has(result.err, "carts.toml:4:1: unknown key \"premak\""));
    CHECK(has(result.err, "did you mean premake?"));
    CHECK(place.leaves() == three_months);
    const json tables = json::parse(result.out)["tables"];
    CHECK(tables[1]["table"] == nullptr);
    CHECK(has(tables[1]["policy"].get<std::string>(), "carts.toml"));
    CHECK(tables[1]["code"] == 2);
    result = place.run({"maintain", "--only", "orders", "--now", "2024-02-15"});
    CHECK(result.exit_code == 0);
    CHECK(has(result.err, "carts.toml can't be read"));
    result = place.run({"maintain", "--only", "carts"});
    CHECK(result.exit_code == 2);
    CHECK(place.run({"status", "--exit-code"}).exit_code == 3);
    place.folder.write("partitions/orders.toml", "table = 3\n");
    CHECK(place.run({"maintain"}).exit_code == 2);
}

TEST_CASE("a table whose lock does not come is tried again after the others") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE carts (at timestamptz NOT NULL) PARTITION BY RANGE (at)");
    place.policy("a_orders", "orders");
    place.policy("b_carts", "carts");
    const Connection blocker = place.database.connect();
    blocker.exec("SET application_name = 'the blocker'; BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
    BackgroundCommand maintain(tripmig_command({"partition", "maintain", "--now", "2024-01-15"}), place.surroundings());
    wait_until(place.database, "SELECT count(*) = 3 FROM pg_inherits WHERE inhparent = 'carts'::regclass");
    CHECK(place.leaves().empty());
    blocker.exec("COMMIT");
    const CommandResult result = maintain.wait();
    CHECK(result.exit_code == 0);
    CHECK(has(result.err, "other tables first"));
    CHECK(has(result.err, "the blocker"));
    CHECK(place.leaves() == three_months);
}

TEST_CASE("a foreign server that is away concerns its table's retention alone, and is no lost connection") {
    const Place place;
    Connection super(place.database.superuser_url());
    super.exec(
        "CREATE EXTENSION postgres_fdw; CREATE SERVER gone FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host "
        "'/nonexistent', port '1'); CREATE USER MAPPING FOR PUBLIC SERVER gone OPTIONS (user 'x', password 'x'); GRANT "
        "USAGE ON FOREIGN SERVER gone "
        "TO "
        "PUBLIC");
    place.database.exec(make_orders +
                        "CREATE FOREIGN TABLE orders_archive PARTITION OF orders FOR VALUES FROM ('2020-01-01') TO "
                        "('2023-12-01') SERVER gone;"
                        "CREATE TABLE orders_2023_12 PARTITION OF orders FOR VALUES FROM ('2023-12-01') TO "
                        "('2024-01-01');"
                        "CREATE TABLE carts (at timestamptz NOT NULL) PARTITION BY RANGE (at)");
    place.policy("a_orders", "orders", "[retention]\nkeep = \"1 month\"\n");
    place.policy("b_carts", "carts");
    const CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 9);
    CHECK(has(place.leaves(), "orders_2024_03"));
    CHECK(has(place.leaves("carts"), "carts_2024_03"));
    CHECK(has(result.err, "the server of a foreign table"));
    CHECK(place.run({"status"}).exit_code == 0);
}

TEST_CASE("tables that reference each other: partitions of both come, and go in the other order") {
    const Place place;
    place.database.exec(
        "CREATE TABLE orders (id bigint, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
        "CREATE TABLE lines (order_id bigint, at timestamptz NOT NULL, FOREIGN KEY (order_id, at) REFERENCES orders) "
        "PARTITION BY RANGE (at)");
    place.policy("a_lines", "lines", "[retention]\nkeep = \"1 month\"\n");
    place.policy("b_orders", "orders", "[retention]\nkeep = \"1 month\"\n");
    CHECK(place.run(january).exit_code == 0);
    place.database.exec(
        "INSERT INTO orders VALUES (1, '2024-01-05'), (2, '2024-03-05');"
        "INSERT INTO lines VALUES (1, '2024-01-05'), (2, '2024-03-05')");
    const CommandResult result = place.run({"maintain", "--now", "2024-03-10"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK_FALSE(has(place.leaves(), "orders_2024_01"));
    CHECK_FALSE(has(place.leaves("lines"), "lines_2024_01"));
}
