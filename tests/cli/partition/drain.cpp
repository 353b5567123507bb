// Rows of a DEFAULT partition are moved into partitions of their own while the table is in use.
#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

/// A month with its partition, and a DEFAULT with four others, a row far off, and one at infinity.
const char* const with_default = R"(
    CREATE TABLE customers (id bigint PRIMARY KEY);
    INSERT INTO customers VALUES (1);
    CREATE TABLE orders (id bigint, at timestamp NOT NULL, note text, customer_id bigint DEFAULT 1 REFERENCES customers,
                         PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE INDEX ON orders (note);
    CREATE TABLE orders_2024_03 PARTITION OF orders FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
    CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
    INSERT INTO orders SELECT g, '2024-01-15'::timestamp + g * interval '1 hour', 'n' FROM generate_series(1, 3000) g;
    INSERT INTO orders VALUES (9001, '2030-06-06', 'far off'), (9002, 'infinity', 'never');
)";

void write_policy(const SwapFixture& room, const std::string& more = "") {
    room.folder.write("partitions/orders.toml",
                      "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 0\nname = "
                      "\"{table}_{start:%Y_%m}\"\n" +
                          more);
}

std::string all_rows(const SwapFixture& room) {
    return room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
}

std::string partitions(const SwapFixture& room) {
    return room.database.scalar(
        "SELECT string_agg(inhrelid::regclass::text, ' ' ORDER BY inhrelid::regclass::text) FROM pg_inherits "
        "JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'orders'::regclass AND c.relkind = 'r'");
}

void check_drained(const SwapFixture& room) {
    CHECK(room.database.scalar("SELECT count(DISTINCT (SELECT count(*) FROM pg_index WHERE indrelid = inhrelid)) FROM "
                               "pg_inherits WHERE inhparent = 'orders'::regclass") == "1");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE NOT convalidated OR conname LIKE "
                               "'tripmig%'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE relname LIKE '%tripmig%' OR relname ~ "
                               "'^(log|chunks|touched)_'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'tripmig%'") == "0");
}

}  // namespace

TEST_CASE("drain: the oldest ranges get partitions, the other rows stay in a DEFAULT of the same name") {
    const SwapFixture room;
    room.database.exec(with_default);
    write_policy(room);
    const std::string rows = all_rows(room);
    const CommandResult plan = room.tripmig({"--json", "partition", "drain", "orders", "--limit", "2", "--plan"});
    REQUIRE_MESSAGE(plan.exit_code == 0, plan.err);
    const nlohmann::json document = nlohmann::json::parse(plan.out);
    CHECK(document["kind"] == "drain");
    REQUIRE(document["targets"].size() == 2);
    CHECK(document["targets"][1]["table"] == "public.orders_2024_02");
    const CommandResult drain = room.tripmig({"partition", "drain", "orders", "--limit", "2"});
    REQUIRE_MESSAGE(drain.exit_code == 0, drain.err);
    CHECK(partitions(room) == "orders_2024_01 orders_2024_02 orders_2024_03 orders_rest");
    CHECK(all_rows(room) == rows);
    CHECK(room.database.scalar("SELECT min(at) FROM ONLY orders_rest") == "2024-04-01 00:00:00");
    check_drained(room);
    // Without a limit all that a partition can hold.
    const CommandResult all = room.tripmig({"partition", "drain", "orders_rest", "--keep-old"});
    REQUIRE_MESSAGE(all.exit_code == 0, all.err);
    CHECK(all.out.find("public.orders_rest_before is detached and kept") != std::string::npos);
    CHECK(partitions(room) ==
          "orders_2024_01 orders_2024_02 orders_2024_03 orders_2024_04 orders_2024_05 orders_2030_06 orders_rest");
    CHECK(room.database.scalar("SELECT string_agg(note, '') FROM ONLY orders_rest") == "never");
    CHECK(all_rows(room) == rows);
    check_drained(room);
    CHECK(room.database.sqlstate_of("DELETE FROM customers") == "23503");
    CHECK(room.database.sqlstate_of("INSERT INTO orders VALUES (1, '2040-01-01', 'rest', 7)") == "23503");
    CHECK(room.database.sqlstate_of("INSERT INTO orders VALUES (1, '2040-01-01', 'rest', 1)").empty());
    room.database.exec("DELETE FROM orders WHERE id = 1 AND at > '2039-01-01'");
    const CommandResult nothing = room.tripmig({"partition", "drain", "orders"});
    CHECK(nothing.exit_code == 0);
    CHECK(nothing.err.find("nothing to do") != std::string::npos);
}

TEST_CASE("drain follows what writers do to DEFAULT, and reads it nowhere under the locks") {
    const SwapFixture room;
    room.database.exec(with_default);
    write_policy(room);
    const CommandResult ready = room.tripmig({"partition", "drain", "orders", "--limit", "2", "--until", "ready"});
    REQUIRE_MESSAGE(ready.exit_code == 0, ready.err);
    room.database.exec(
        "INSERT INTO orders VALUES (9003, '2024-02-02', 'new'), (9004, '2050-01-01', 'later'); "
        "DELETE FROM orders WHERE id = 9001; UPDATE orders SET at = '2024-01-31' WHERE id = 2900; "
        "UPDATE orders SET at = '2024-03-31' WHERE id = 2901; UPDATE orders SET note = 'x' WHERE id IN (2, 2902)");
    const std::string rows = all_rows(room);
    // What maintain creates meanwhile is in the replacement's CHECK as well.
    room.database.exec("CREATE TABLE orders_2060 PARTITION OF orders FOR VALUES FROM ('2060-01-01') TO ('2061-01-01')");
    const CommandResult drain = room.tripmig({"partition", "drain", "orders"});
    REQUIRE_MESSAGE(drain.exit_code == 0, drain.err);
    CHECK(all_rows(room) == rows);
    CHECK(room.database.scalar("SELECT count(*) FROM ONLY orders_rest WHERE at < '2024-04-01'") == "0");
    CHECK(room.database.scalar("SELECT tableoid::regclass FROM orders WHERE id = 9004") == "orders_rest");
    check_drained(room);
}

TEST_CASE("a drain, killed as each step begins, then run again; aborted, it leaves nothing") {
    for (const std::string step : {"begin the copy", "load the copy", "index the copy", "ready for the cut-over",
                                   "cut over public.orders_rest", "cut over: waited", "analyze", "close the drain"}) {
        CAPTURE(step);
        const SwapFixture room;
        room.database.exec(with_default);
        write_policy(room);
        const std::string before = room.dump();
        const std::string rows = all_rows(room);
        BackgroundCommand command(tripmig_command({"partition", "drain", "orders", "--limit", "3"}),
                                  room.surroundings());
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        if (step == "ready for the cut-over" && room.swap({"status", "orders_rest"})["stage"] == "ready") {
            CHECK(room.swap({"abort", "orders_rest"})["stage"] == "aborted");
            CHECK(room.dump() == before);
        }
        const bool is_done = room.swap({"status", "orders_rest"})["stage"] == "finished";
        const CommandResult again = room.tripmig({"partition", "drain", "orders", "--limit", "3"});
        CHECK_MESSAGE((is_done || again.exit_code == 0), again.err);
        CHECK(all_rows(room) == rows);
        CHECK(room.database.scalar(
                  "SELECT count(*) FROM pg_class WHERE relname IN ('orders_rest_before', 'orders_rest_drained')") ==
              "0");
        check_drained(room);
    }
}

TEST_CASE("maintain drains where the policy says so, and a range that DEFAULT had rows of is no failure") {
    const SwapFixture room;
    room.database.exec(with_default);
    write_policy(room, "[default]\npartition = \"drain\"\n");
    const std::string rows = all_rows(room);
    const CommandResult maintain = room.tripmig({"--json", "partition", "maintain", "--now", "2024-05-05"});
    REQUIRE_MESSAGE(maintain.exit_code == 0, maintain.err);
    CHECK(nlohmann::json::parse(maintain.out)["tables"][0]["health"]["default_rows"] == 1);
    CHECK(partitions(room) ==
          "orders_2024_01 orders_2024_02 orders_2024_03 orders_2024_04 orders_2024_05 orders_2030_06 orders_rest");
    CHECK(all_rows(room) == rows);
    check_drained(room);
    CHECK(room.tripmig({"partition", "maintain", "--now", "2024-05-05"}).exit_code == 0);
}

TEST_CASE("what can't be drained is refused by name: a view on DEFAULT, no DEFAULT") {
    const SwapFixture room;
    room.database.exec(with_default);
    write_policy(room);
    room.database.exec("CREATE VIEW rest AS SELECT id FROM orders_rest");
    const CommandResult bound = room.tripmig({"partition", "drain", "orders", "--plan"});
    CHECK(bound.exit_code == 12);
    CHECK(bound.out.find("view public.rest") != std::string::npos);
    room.database.exec("DROP VIEW rest; DROP TABLE orders_rest");
    const CommandResult none = room.tripmig({"partition", "drain", "orders"});
    CHECK(none.exit_code == 12);
    CHECK(none.err.find("public.orders has no DEFAULT partition") != std::string::npos);
}
