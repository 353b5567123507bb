#include "partition/retention/retention.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "db/catalog/table_catalog.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/registry/registry_steps.hpp"
#include "room.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace {

/// Leaves of January to April 2024, a row in each month.
const std::string orders =
    "CREATE TABLE orders (id bigint NOT NULL, at timestamp NOT NULL, note text, CONSTRAINT orders_pkey PRIMARY KEY "
    "(id, at)) "
    "PARTITION BY RANGE (at);"
    "CREATE TABLE orders_2024_01 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
    "CREATE TABLE orders_2024_02 PARTITION OF orders FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');"
    "CREATE TABLE orders_2024_03 PARTITION OF orders FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');"
    "CREATE TABLE orders_2024_04 PARTITION OF orders FOR VALUES FROM ('2024-04-01') TO ('2024-05-01');"
    "INSERT INTO orders SELECT n, timestamp '2024-01-10' + (n - 1) * interval '1 month' FROM generate_series(1, 4) AS "
    "n;";

config::PartitionPolicy keeping(std::string_view keep, bool cascade = false) {
    config::PartitionPolicy policy = monthly();
    policy.premake = 0;
    policy.retention = config::RetentionPolicy{};
    policy.retention->keep = parse_interval(keep).value();
    policy.retention->cascade = cascade;
    return policy;
}

/// Ids that are unique across leaves, as a swap leaves them behind, and a table whose rows reference them.
void add_registry(const Room& room, const std::string& on_delete) {
    db::Session session = room.session();
    const auto table = db::read_table(session, {"public", "orders"});
    ddl::Registry registry = ddl::registry_of(*table, "at");
    for (const auto& steps : {ddl::create_registry_table(registry), ddl::index_registry(registry),
                              ddl::create_registry_functions(registry), ddl::create_registry_triggers(registry)})
        for (const Step& step : steps)
            room.database.exec(step.sql);
    for (const std::string leaf : {"orders_2024_01", "orders_2024_02", "orders_2024_03", "orders_2024_04"})
        for (const Step& step : ddl::create_leaf_truncate_trigger(registry, {"public", leaf}))
            room.database.exec(step.sql);
    room.database.exec(
        "INSERT INTO orders_ids (id, at) SELECT id, at FROM orders;"
        "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders_ids (id) " +
        on_delete + ")");
}

std::string registered(const Room& room) {
    return room.database.scalar("SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM orders_ids");
}

std::string is_leaf(const Room& room, const std::string& table) {
    return room.database.scalar("SELECT relispartition FROM pg_class WHERE oid = $1::regclass", {table});
}

}  // namespace

TEST_CASE("a leaf goes when all of it is older than what is kept, and stays as a table") {
    Room room;
    room.database.exec(orders);
    const auto outcome = room.maintain(keeping("2 months"), "2024-04-20");
    CHECK(messages(outcome.errors).empty());
    CHECK(names(outcome.detached) == "orders_2024_01");
    CHECK(room.leaves() == "orders_2024_02 orders_2024_03 orders_2024_04");
    CHECK(room.database.scalar("SELECT count(*) FROM orders_2024_01") == "1");
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "3");
    CHECK(room.told.has("partition.detached"));
    CHECK(room.plan(keeping("2 months"), "2024-04-20").acts.empty());
    // To the moment: at midnight of May 1 February is two months old, not before.
    CHECK(room.plan(keeping("2 months"), "2024-04-30 23:59:59").acts.empty());
    CHECK(names(room.maintain(keeping("2 months"), "2024-05-01").detached) == "orders_2024_02");
}

TEST_CASE("the newest leaf never goes") {
    Room room;
    room.database.exec(orders);
    config::PartitionPolicy policy = keeping("1 month");
    auto snapshot = room.inspect(policy, "2024-04-20");
    snapshot.now = parse_timestamp("2044-01-01").value();
    const auto expired = partition::expired_leaves(snapshot, policy);
    REQUIRE(expired.size() == 3);
    CHECK(expired.back().leaf.name.name == "orders_2024_03");
}

TEST_CASE("more leaves than max_drop: the oldest go, the rest the next time") {
    Room room;
    room.database.exec(orders);
    room.limits.max_drop = 1;
    const auto outcome = room.maintain(keeping("1 month"), "2024-05-20");
    CHECK(messages(outcome.errors).empty());
    CHECK(names(outcome.created) == "orders_2024_05");
    CHECK(names(outcome.detached) == "orders_2024_01");
    CHECK(names(room.maintain(keeping("1 month"), "2024-05-20").detached) == "orders_2024_02");
}

TEST_CASE("a clock far beyond the newest row retires nothing, and its partitions are created") {
    Room room;
    room.database.exec(orders);
    config::PartitionPolicy policy = keeping("1 month");
    const auto outcome = room.maintain(policy, "2034-05-20");
    CHECK(names(outcome.created) == "orders_2034_05 orders_2034_04");  // the present one first
    CHECK(outcome.detached.empty());
    CHECK(messages(outcome.errors) ==
          "public.orders: 3 partitions are older than 1 month, but none is detached: the time is 2034-05-20 00:00:00, "
          "and the newest row of public.orders_2024_04 is from 2024-04-10\n");
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "4");
    policy.retention->idle = true;
    CHECK(names(room.maintain(policy, "2034-05-20").detached) == "orders_2024_01 orders_2024_02 orders_2024_03");
    CHECK(room.leaves() == "orders_2024_04 orders_2034_04 orders_2034_05");
}

TEST_CASE("the newest row: future-dated ones don't count, DEFAULT's do, and hidden ones are known by their file") {
    Room room;
    room.database.exec(orders);
    const config::PartitionPolicy policy = keeping("1 month");
    room.database.exec(
        "CREATE TABLE orders_2090_01 PARTITION OF orders FOR VALUES FROM ('2090-01-01') TO ('2090-02-01');"
        "INSERT INTO orders VALUES (9, '2090-01-05')");
    CHECK(room.inspect(policy, "2034-05-20").coverage.is_beyond_rows);
    room.database.exec(
        "ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        "ALTER TABLE orders_2024_04 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY");
    CHECK(room.inspect(policy, "2034-05-20").coverage.is_beyond_rows);
    CHECK_FALSE(room.inspect(policy, "2024-06-20").coverage.is_beyond_rows);
    room.database.exec(
        "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY;"
        "ALTER TABLE orders_2024_04 NO FORCE ROW LEVEL SECURITY;"
        "CREATE TABLE orders_rest PARTITION OF orders DEFAULT; INSERT INTO orders VALUES (10, '2034-04-30')");
    const partition::Snapshot snapshot = room.inspect(policy, "2034-05-20");
    CHECK_FALSE(snapshot.coverage.is_beyond_rows);
    REQUIRE(snapshot.newest_row);
    CHECK(snapshot.newest_row->partition.name == "orders_rest");
    CHECK_FALSE(room.inspect(keeping("900 months"), "2024-05-20").newest_row);  // nothing to retire: not looked for
}

TEST_CASE("by id: keep is measured from the newest one") {
    Room room;
    room.database.exec(
        "CREATE TABLE orders (at bigint PRIMARY KEY) PARTITION BY RANGE (at);"
        "CREATE TABLE orders_0 PARTITION OF orders FOR VALUES FROM (0) TO (1000);"
        "CREATE TABLE orders_1000 PARTITION OF orders FOR VALUES FROM (1000) TO (2000);"
        "CREATE TABLE orders_2000 PARTITION OF orders FOR VALUES FROM (2000) TO (3000)");
    config::PartitionPolicy policy = keeping("1 month");
    policy.interval = std::int64_t{1000};
    policy.name = "{table}_{start}";
    policy.start = "0";
    policy.retention->keep = std::int64_t{1500};
    CHECK(room.maintain(policy, "2024-01-15").detached.empty());  // no row yet
    room.database.exec("INSERT INTO orders VALUES (5), (2499)");
    CHECK(room.maintain(policy, "2024-01-15").detached.empty());
    room.database.exec("INSERT INTO orders VALUES (2500)");
    CHECK(names(room.maintain(policy, "2024-01-15").detached) == "orders_0");
    CHECK(room.database.scalar("SELECT count(*) FROM orders_0") == "1");
}

TEST_CASE("one id far beyond all others retires none of those") {
    Room room;
    room.database.exec(
        "CREATE TABLE orders (at bigint PRIMARY KEY) PARTITION BY RANGE (at);"
        "CREATE TABLE orders_0 PARTITION OF orders FOR VALUES FROM (0) TO (1000);"
        "CREATE TABLE orders_1000 PARTITION OF orders FOR VALUES FROM (1000) TO (2000);"
        "CREATE TABLE orders_rest PARTITION OF orders FOR VALUES FROM (2000) TO (MAXVALUE);"
        "INSERT INTO orders VALUES (5), (1500), (9223372036854775806)");
    config::PartitionPolicy policy = keeping("1 month");
    policy.interval = std::int64_t{1000};
    policy.retention->keep = std::int64_t{1500};
    auto outcome = room.maintain(policy, "2024-01-15");
    CHECK(outcome.detached.empty());
    CHECK(messages(outcome.errors) ==
          "public.orders: partitions are older than 1500, but none is detached: the newest row has "
          "9223372036854775806, and the one before it is in public.orders_1000, below 2000\n");
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "3");
    policy.retention->idle = true;
    CHECK(names(room.maintain(policy, "2024-01-15").detached) == "orders_0 orders_1000");
}

TEST_CASE("a leaf whose rows are referenced directly is refused and named, the others go") {
    Room room;
    room.database.exec(
        orders +
        "CREATE TABLE lines (order_id bigint, order_at timestamp, CONSTRAINT lines_order FOREIGN KEY (order_id, "
        "order_at) REFERENCES orders (id, at) ON DELETE CASCADE);"
        "INSERT INTO lines VALUES (1, '2024-01-10')");
    const auto outcome = room.maintain(keeping("1 month"), "2024-04-20");
    CHECK(names(outcome.detached) == "orders_2024_02");
    REQUIRE(outcome.errors.size() == 1);
    CHECK(
        outcome.errors[0].message() ==
        "partition public.orders_2024_01 is not detached: its rows are referenced by rows of public.lines (constraint "
        "lines_order)");
    CHECK(is_leaf(room, "orders_2024_01") == "t");
    CHECK(room.database.scalar("SELECT count(*) FROM lines") == "1");
    CHECK(names(room.maintain(keeping("1 month", true), "2024-04-20").detached) == "orders_2024_01");
    CHECK(room.database.scalar("SELECT count(*) FROM lines") == "0");
}

TEST_CASE("the ids of a leaf leave the registry with it") {
    Room room;
    room.database.exec(orders);
    add_registry(room, "ON DELETE CASCADE");
    room.database.exec("INSERT INTO lines VALUES (10, 1), (30, 3)");
    const auto outcome = room.maintain(keeping("1 month"), "2024-04-20");
    CHECK(names(outcome.detached) == "orders_2024_02");
    REQUIRE(outcome.errors.size() == 1);
    CHECK(
        outcome.errors[0].message() ==
        "partition public.orders_2024_01 is not detached: its rows are referenced by rows of public.lines (constraint "
        "lines_order_id_fkey)");
    CHECK(registered(room) == "1 3 4");
    CHECK(room.database.scalar("SELECT count(*) FROM lines") == "2");
    // The detached table is nobody's business any more: no trigger of the registry is left on it.
    CHECK(room.database.scalar(
              "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'orders_2024_02'::regclass AND NOT tgisinternal") ==
          "0");
    room.database.exec("TRUNCATE orders_2024_02");
    CHECK(registered(room) == "1 3 4");
}

TEST_CASE("cascade = true: what references the leaf goes with it, whatever the foreign key says") {
    for (const std::string on_delete : {"ON DELETE CASCADE", "", "ON DELETE SET NULL"}) {
        CAPTURE(on_delete);
        Room room;
        room.database.exec(orders);
        add_registry(room, on_delete);
        room.database.exec("INSERT INTO lines VALUES (10, 1), (20, 2), (30, 3)");
        const auto outcome = room.maintain(keeping("1 month", true), "2024-04-20");
        CHECK(messages(outcome.errors).empty());
        CHECK(names(outcome.detached) == "orders_2024_01 orders_2024_02");
        CHECK(registered(room) == "3 4");
        CHECK(room.database.scalar("SELECT string_agg(id::text, ' ') FROM lines") == "30");
    }
}

TEST_CASE("a reference that comes between look and deed stops it: nothing is cascaded, the leaf stays") {
    Room room;
    room.database.exec(orders);
    add_registry(room, "ON DELETE CASCADE");
    const auto plan = room.plan(keeping("2 months"), "2024-04-20");
    room.database.exec("INSERT INTO lines VALUES (10, 1)");
    const auto errors = room.run(plan);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].code() == ExitCode::refused);
    CHECK(registered(room) == "1 2 3 4");
    CHECK(room.database.scalar("SELECT count(*) FROM lines") == "1");
    CHECK(is_leaf(room, "orders_2024_01") == "t");
}

TEST_CASE("a large leaf leaves the registry in batches") {
    Room room;
    room.database.exec(
        orders +
        "ALTER TABLE orders ALTER note SET STORAGE plain;"
        "INSERT INTO orders SELECT n, '2024-01-20', repeat('x', 4000) FROM generate_series(100, 4200) AS n");
    add_registry(room, "ON DELETE CASCADE");
    const auto plan = room.plan(keeping("2 months"), "2024-04-20");
    REQUIRE(plan.acts.size() == 2);
    CHECK(plan.acts[0].units.size() == 6);  // three batches, detach, triggers, late rows
    CHECK(messages(room.run(plan)).empty());
    CHECK(registered(room) == "2 3 4");
}

TEST_CASE("an interrupted DETACH CONCURRENTLY is finished before the next one") {
    Room room;
    room.database.exec(orders);
    const Connection reader = room.database.connect();
    reader.exec("BEGIN; SELECT * FROM orders");
    const Connection other = room.database.connect();
    other.exec("SET statement_timeout = '200ms'");
    CHECK(other.sqlstate_of("ALTER TABLE orders DETACH PARTITION orders_2024_01 CONCURRENTLY") == "57014");
    REQUIRE(room.database.scalar(
                "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'orders_2024_01'::regclass") == "t");
    reader.exec("COMMIT");
    const auto outcome = room.maintain(keeping("1 month"), "2024-04-20");
    CHECK(messages(outcome.errors).empty());
    CHECK(names(outcome.detached) == "orders_2024_01 orders_2024_02");
    CHECK(room.leaves() == "orders_2024_03 orders_2024_04");
}

TEST_CASE("with a DEFAULT partition the DETACH is a plain one, under the lock budget") {
    Room room;
    room.database.exec(orders + "CREATE TABLE orders_rest PARTITION OF orders DEFAULT");
    const auto plan = room.plan(keeping("2 months"), "2024-04-20");
    const Unit& detach = plan.acts.front().units.front();
    CHECK(detach.transaction == Transaction::inside);
    CHECK(detach.lock_budget == std::chrono::milliseconds(100));
    REQUIRE(detach.lock_first.size() == 3);
    CHECK(detach.lock_first[0].relation.name == "orders");
    const Connection reader = room.database.connect();
    reader.exec("BEGIN; SELECT * FROM orders");
    const auto blocked = room.maintain(keeping("2 months"), "2024-04-20");
    REQUIRE(blocked.errors.size() == 1);
    CHECK(blocked.errors[0].code() == ExitCode::lock_deadline);
    CHECK(blocked.errors[0].message().find("no lock within 5 s in ") != std::string::npos);
    CHECK(blocked.errors[0].message().find("it waited for ") != std::string::npos);
    CHECK(is_leaf(room, "orders_2024_01") == "t");
    reader.exec("COMMIT");
    CHECK(names(room.maintain(keeping("2 months"), "2024-04-20").detached) == "orders_2024_01");
}

TEST_CASE("readers and writers go on while a detach waits for an old transaction") {
    Room room;
    room.database.exec(orders);
    const Connection reader = room.database.connect();
    reader.exec("BEGIN; SELECT * FROM orders");
    std::thread detaching(
        [&] { CHECK(names(room.maintain(keeping("2 months"), "2024-04-20").detached) == "orders_2024_01"); });
    const std::string pending = "SELECT count(*) FROM pg_inherits WHERE inhdetachpending";
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (room.database.scalar(pending) != "1" && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    CHECK(room.database.scalar(pending) == "1");
    const Connection writer = room.database.connect();
    writer.exec("SET statement_timeout = '5s'; INSERT INTO orders VALUES (99, '2024-04-11')");
    CHECK(writer.scalar("SELECT count(*) FROM orders") == "4");  // without January's
    reader.exec("COMMIT");
    detaching.join();
}
