#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>

#include "place.hpp"

using namespace tripmig::test;
using nlohmann::json;

TEST_CASE("maintain makes the months, again and again the same, and says what it did") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.out.empty());
    CHECK(has(result.err, "created public.orders_2024_02 [2024-02-01, 2024-03-01)"));
    CHECK(has(result.err, "1 table: 3 partitions created"));
    CHECK(has(result.err, "public.orders: created 3 partitions in "));
    CHECK(has(result.err, " ms; held SHARE UPDATE EXCLUSIVE on public.orders for at most "));
    CHECK(place.leaves() == three_months);
    result = place.run(january);
    CHECK(result.exit_code == 0);
    CHECK(has(result.err, "1 table: nothing to do"));
}

TEST_CASE("--json is one document on stdout") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    CommandResult result = place.run({"maintain", "--now", "2024-01-15", "--json"});
    json document = json::parse(result.out);
    CHECK(result.exit_code == 0);
    REQUIRE(document["tables"].size() == 1);
    CHECK(document["tables"][0]["created"][1] ==
          json{{"partition", "public.orders_2024_02"}, {"from", "2024-02-01"}, {"to", "2024-03-01"}});
    CHECK(document["tables"][0]["errors"].empty());
    CHECK(document["tables"][0]["code"] == 0);
    CHECK(document["tables"][0]["health"]["ahead"] == 2);
    REQUIRE(document["tables"][0]["done"].size() == 3);
    CHECK(document["tables"][0]["done"][0]["locks"][0]["mode"] == "SHARE UPDATE EXCLUSIVE");
    CHECK(document["tables"][0]["done"][0]["locks_held_ms"] > 0);
    result = place.run({"maintain", "--now", "2024-01-15", "--json"});
    CHECK(json::parse(result.out)["tables"][0]["created"].empty());
}

TEST_CASE("--dry-run prints what would run, and changes nothing") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    CommandResult result = place.run({"maintain", "--now", "2024-01-15", "--dry-run"});
    CHECK(result.exit_code == 0);
    CHECK(place.leaves().empty());
    CHECK(has(result.out,
              "ALTER TABLE public.orders ATTACH PARTITION public.orders_2024_01 FOR VALUES FROM ('2024-01-01 "
              "00:00:00+00') TO ('2024-02-01 00:00:00+00');"));
    CHECK(has(result.out, "SHARE UPDATE EXCLUSIVE on public.orders"));
    // What it prints is what runs: psql takes it, and maintain finds nothing left.
    place.folder.write("plan.sql", result.out);
    const CommandResult psql = run_command({"psql", "-X", "-v", "ON_ERROR_STOP=1", "-f",
                                            (place.folder.path() / "plan.sql").string(), place.database.url()});
    CAPTURE(psql.err);
    CHECK(psql.exit_code == 0);
    CHECK(place.leaves() == three_months);
    result = place.run({"maintain", "--now", "2024-01-15", "--dry-run"});
    CHECK(result.out == "-- public.orders: nothing to do\n\n");
    result = place.run({"maintain", "--now", "2024-02-15", "--dry-run", "--json"});
    const json document = json::parse(result.out);
    CHECK(document["now"] == "2024-02-15T00:00:00Z");
    CHECK(document["tables"][0]["units"][0]["name"] == "create partition public.orders_2024_04");
    CHECK(document["tables"][0]["units"][0]["transaction"] == true);
}

TEST_CASE("mistakes are told in one clear message, with their exit code") {
    const Place place;
    place.policy("orders", "orders");
    CommandResult result = place.run({"maintain", "--only", "oders"});
    CHECK(result.exit_code == 2);
    CHECK(has(result.err, "no policy in"));
    CHECK(has(result.err, "is for public.oders"));
    CHECK(has(result.err, "did you mean public.orders?"));
    result = place.run({"maintain", "--now", "tomorrow"});
    CHECK(result.exit_code == 2);
    CHECK(has(result.err, "--now tomorrow is not a valid time"));
    place.folder.write("partitions/orders.toml", "table = \"orders\"\nkey = \"at\"\nintervall = \"1 month\"\n");
    result = place.run({"maintain"});
    CHECK(result.exit_code == 2);
    CHECK(has(result.err, "orders.toml:3:1"));
    CHECK(has(result.err, "interval"));
    result = place.run({"maintain", "--partitions", "elsewhere"});
    CHECK(result.exit_code == 2);
    CHECK(has(result.err, "elsewhere"));
    result =
        run_tripmig({"partition", "maintain", "--url", "postgresql:///nowhere?host=/nowhere"}, place.surroundings());
    CHECK(result.exit_code == 2);  // the policy is read first
    place.policy("orders", "orders");
    result =
        run_tripmig({"partition", "maintain", "--url", "postgresql:///nowhere?host=/nowhere"}, place.surroundings());
    CHECK(result.exit_code == 6);
}

TEST_CASE("more gaps than max_create are refused, the present partition and premake are created all the same") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders", "max_create = 5\n");
    CHECK(place.run(january).exit_code == 0);
    const CommandResult result = place.run({"maintain", "--now", "2034-01-15"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err,
              "public.orders has no partitions for [2024-09-01, 2034-01-01): its gaps need more than 5 (max_create); "
              "the time is 2034-01-15 00:00:00"));
    CHECK(place.run({"maintain", "--now", "2034-01-15", "--max-create", "200"}).exit_code == 0);
    CHECK(has(place.leaves(), "orders_2034_01 orders_2034_02 orders_2034_03"));
}

TEST_CASE("a clock ahead of the rows: partitions are created, and none that holds rows is detached") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders", "[retention]\nkeep = \"3 months\"\n");
    CHECK(place.run(january).exit_code == 0);
    place.database.exec("INSERT INTO orders (at) VALUES ('2024-01-20'), ('2024-02-20')");
    const CommandResult result = place.run({"maintain", "--now", "2034-01-15"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "the newest row of public.orders_2024_02 is from 2024-02-20"));
    CHECK(has(result.err, "idle = true"));
    CHECK(has(place.leaves(), three_months));
    CHECK(has(place.leaves(), "orders_2034_03"));
    CHECK(place.database.scalar("SELECT count(*) FROM orders") == "2");
}

TEST_CASE("a role that owns nothing is told so") {
    const Place place;
    const std::string role = "stranger_" + place.database.name();
    Connection(place.database.superuser_url())
        .exec("CREATE ROLE " + role + " LOGIN; GRANT CREATE ON SCHEMA public TO " + role);
    place.database.exec(make_orders + "GRANT SELECT ON orders TO " + role);
    place.policy("orders", "orders");
    Surroundings surroundings = place.surroundings();
    surroundings.environment["DATABASE_URL"] = place.database.url_as(role);
    const CommandResult result = run_tripmig({"partition", "maintain"}, surroundings);
    CAPTURE(result.err);
    CHECK(result.exit_code == 13);
    CHECK(has(result.err, "orders"));
    CHECK(place.leaves().empty());
    Connection(place.database.superuser_url()).exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("whoever holds the lock is named while it waits, and nobody waits behind it for long") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    const Connection blocker = place.database.connect();
    blocker.exec("SET application_name = 'the blocker'; BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
    BackgroundCommand maintain(tripmig_command({"partition", "maintain", "--now", "2024-01-15"}), place.surroundings());
    maintain.wait_for_text("the blocker");
    blocker.exec("COMMIT");
    CHECK(maintain.wait().exit_code == 0);
}

TEST_CASE("killed in the middle: nothing is left over, and the same command again gets it done") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    const Connection blocker = place.database.connect();
    blocker.exec("BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
    BackgroundCommand maintain(tripmig_command({"partition", "maintain", "--now", "2024-01-15"}), place.surroundings());
    wait_until(place.database, someone_waits);
    maintain.kill(SIGKILL);
    CHECK(maintain.wait().exit_code == 128 + SIGKILL);
    blocker.exec("COMMIT");
    wait_until(place.database, nobody_maintains);
    CHECK(place.database.scalar(
              "SELECT count(*) FROM pg_class WHERE relname LIKE 'orders_2024%' AND NOT relispartition") == "0");
    CHECK(place.run(january).exit_code == 0);
    CHECK(place.leaves() == three_months);
}

TEST_CASE("SIGTERM ends it clean") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    const Connection blocker = place.database.connect();
    blocker.exec("BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
    BackgroundCommand maintain(tripmig_command({"partition", "maintain", "--now", "2024-01-15"}), place.surroundings());
    wait_until(place.database, someone_waits);
    maintain.kill(SIGTERM);
    CHECK(maintain.wait().exit_code == 143);
    blocker.exec("COMMIT");
    CHECK(place.leaves().empty());
}

TEST_CASE("a lock that never comes free: exit 11, nothing changed, the holder named") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    place.folder.write("tripmig.toml", "[migrations]\nlock_timeout = \"1s\"\nlock_deadline = \"2s\"\n");
    const Connection blocker = place.database.connect();
    blocker.exec("SET application_name = 'the blocker'; BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
    const CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 11);
    CHECK(result.err.find("pid " + blocker.scalar("SELECT pg_backend_pid()") + " (") != std::string::npos);
    CHECK(result.err.find("the blocker") != std::string::npos);
    CHECK(place.leaves().empty());
}
