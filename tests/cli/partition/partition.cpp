#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>

#include "support/command.hpp"
#include "support/test_database.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

/// A database, a folder of policies, and tripmig on both.
class Place {
  public:
    TestDatabase database;
    TemporaryFolder folder;

    Place() { folder.write("partitions/.keep", ""); }

    void policy(const std::string& file, const std::string& table, const std::string& more = "") const {
        folder.write("partitions/" + file + ".toml", "table = \"" + table +
                                                         "\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 2\n"
                                                         "name = \"{table}_{start:%Y_%m}\"\n" +
                                                         more);
    }

    [[nodiscard]] Surroundings surroundings() const { return {{{"DATABASE_URL", database.url()}}, folder.path(), {}}; }

    [[nodiscard]] CommandResult run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "partition");
        return run_tripmig(arguments, surroundings());
    }

    [[nodiscard]] std::string leaves(const std::string& table = "orders") const {
        return database.scalar(
            "SELECT coalesce(string_agg(inhrelid::regclass::text, ' ' ORDER BY inhrelid::regclass::text), '') "
            "FROM pg_inherits WHERE inhparent = $1::regclass",
            {table});
    }
};

const std::string make_orders =
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL) PARTITION BY RANGE (at);";
const std::vector<std::string> january{"maintain", "--now", "2024-01-15"};
const std::string three_months = "orders_2024_01 orders_2024_02 orders_2024_03";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string someone_waits =
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass)";
const std::string nobody_maintains =
    "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
    "'tripmig%')";

}  // namespace

TEST_CASE("maintain makes the months, again and again the same, and says what it did") {
    const Place place;
    place.database.exec(make_orders);
    place.policy("orders", "orders");
    CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.out.empty());
    CHECK(has(result.err, "created public.orders_2024_02 [2024-02-01, 2024-03-01)"));
    CHECK(has(result.err, "1 table: 3 leaves changed"));
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
          json{{"leaf", "public.orders_2024_02"}, {"from", "2024-02-01"}, {"to", "2024-03-01"}});
    CHECK(document["tables"][0]["errors"].empty());
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

TEST_CASE("a table that fails does not stop the others") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE carts (at timestamptz)");
    place.policy("a_carts", "carts");
    place.policy("b_nothing", "nothing");
    place.policy("c_orders", "orders");
    CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 9);
    CHECK(place.leaves() == three_months);
    CHECK(has(result.err, "public.carts is not partitioned yet"));
    CHECK(has(result.err, "`tripmig swap run public.carts` makes it so"));
    CHECK(has(result.err, "there is no table public.nothing"));
    result = place.run({"maintain", "--only", "carts"});
    CHECK(result.exit_code == 12);
    result = place.run({"maintain", "--only", "orders", "--now", "2024-02-15"});
    CHECK(result.exit_code == 0);
    CHECK(place.leaves() == three_months + " orders_2024_04");
}

TEST_CASE("mistakes are told in one clear message, with their exit code") {
    const Place place;
    place.policy("orders", "orders");
    CommandResult result = place.run({"maintain", "--only", "oders"});
    CHECK(result.exit_code == 2);
    CHECK(has(result.err, "--only public.oders: no policy in"));
    CHECK(has(result.err, "did you mean public.orders?"));
    result = place.run({"maintain", "--now", "tomorrow"});
    CHECK(result.exit_code == 2);
    CHECK(has(result.err, "--now tomorrow: that is no time"));
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
              "public.orders has no partitions for [2024-09-01, 2034-01-01), and would need more than 5 for "
              "its gaps; the time is 2034-01-15 00:00:00"));
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
    place.policy("orders", "orders");
    place.folder.write("tripmig.toml", "[migrations]\nlock_timeout = \"100ms\"\nlock_deadline = \"1s\"\n");
    CHECK(place.run(january).exit_code == 0);
    // The parent can be locked for the new partition; the ANALYZE that follows waits for one of the others.
    const Connection blocker = place.database.connect();
    blocker.exec(
        "SET application_name = 'the blocker'; BEGIN; LOCK TABLE orders_2024_01 IN SHARE UPDATE EXCLUSIVE MODE");
    const CommandResult result = place.run({"maintain", "--now", "2024-02-15"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 8);
    CHECK(has(result.err, "created public.orders_2024_04"));
    CHECK(has(result.err, "the blocker"));
    CHECK(has(place.leaves(), "orders_2024_04"));
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

TEST_CASE("status shows leaves, gaps and what is left, and tells by its exit code") {
    const Place place;
    place.database.exec(
        make_orders +
        "CREATE TABLE orders_2020_01 PARTITION OF orders FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');"
        "CREATE TABLE orders_2020_03 PARTITION OF orders FOR VALUES FROM ('2020-03-01') TO ('2020-04-01');"
        "INSERT INTO orders (at) SELECT timestamptz '2020-01-05' FROM generate_series(1, 1234)");
    place.policy("orders", "orders", "max_create = 600\n");
    CommandResult result = place.run({"status", "--exit-code"});
    CAPTURE(result.out);
    CHECK(result.exit_code == 3);
    CHECK(has(result.out, "public.orders: 0 of 2 leaves ahead, and none for the present"));
    CHECK(has(result.out, "1,234"));
    CHECK(has(result.out, "gap: no leaf holds [2020-02-01, 2020-03-01)"));
    CHECK(place.run({"status"}).exit_code == 0);
    CHECK(place.run({"maintain"}).exit_code == 0);
    result = place.run({"status", "--exit-code", "--json"});
    CHECK(result.exit_code == 0);
    const json table = json::parse(result.out)["tables"][0];
    CHECK(table["leaves_ahead"] == 2);
    CHECK(table["ok"] == true);
    CHECK(table["gaps"].empty());
    CHECK(table["days_left"] > 57);
    CHECK(table["leaves"][0]["leaf"] == "public.orders_2020_01");
    CHECK(table["leaves"][0]["rows"] == 1234);
    CHECK(table["leaves"][0]["exact"] == true);
}

TEST_CASE("status counts the rows of a DEFAULT partition, and knows tables that are not there yet") {
    const Place place;
    place.database.exec(make_orders +
                        "CREATE TABLE orders_rest PARTITION OF orders DEFAULT;"
                        "INSERT INTO orders (at) VALUES ('1999-01-01'), ('1999-01-02')");
    place.policy("a_orders", "orders");
    place.policy("b_nothing", "nothing");
    const CommandResult result = place.run({"status", "--exit-code"});
    CHECK(result.exit_code == 3);
    CHECK(has(result.out, "2 rows have no leaf and sit in public.orders_rest"));
    CHECK(has(result.out, "public.nothing: there is no table public.nothing"));
}
