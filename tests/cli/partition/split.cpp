#include <doctest/doctest.h>

#include <csignal>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

const char* const with_customers = R"(
    CREATE TABLE customers (id bigint PRIMARY KEY);
    INSERT INTO customers SELECT generate_series(0, 49);
    ALTER TABLE orders ADD customer_id bigint NOT NULL DEFAULT 1 CONSTRAINT orders_customer REFERENCES customers (id);
    UPDATE orders SET customer_id = id % 50;
)";

void attach(const SwapFixture& room) {
    (void)room.swap({"run", "orders"});
    (void)room.swap({"finish", "orders", "--yes"});
}

void check_end(const SwapFixture& room) {
    CHECK(room.database.scalar("SELECT count(*) FROM pg_inherits WHERE inhparent = 'orders'::regclass AND inhrelid = "
                               "'orders_past'::regclass") == "0");
    CHECK(room.database.scalar("SELECT count(DISTINCT tableoid) >= 5 FROM orders") == "t");
    // Leaves are like each other, keys are whole, nothing of the work is left.
    CHECK(room.database.scalar("SELECT count(DISTINCT (SELECT count(*) FROM pg_index WHERE indrelid = inhrelid)) FROM "
                               "pg_inherits WHERE inhparent = 'orders'::regclass") == "1");
    CHECK(room.database.scalar("SELECT count(DISTINCT (SELECT count(*) FROM pg_trigger WHERE tgrelid = inhrelid)) FROM "
                               "pg_inherits WHERE inhparent = 'orders'::regclass") == "1");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE NOT convalidated") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE relname LIKE '%tripmig%' OR relname ~ "
                               "'^(log|chunks|touched)_'") == "0");
    CHECK(room.differing_ids() == "0");
}

}  // namespace

TEST_CASE("the past becomes months: parent as before, rows the same, foreign keys hold") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec(with_customers);
    attach(room);
    const std::vector<std::string> without_leaves{"orders_past", "orders_20*"};
    const std::string before = room.dump(without_leaves);
    const std::string rows = room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
    const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
    CHECK_MESSAGE(split.exit_code == 0, split.err);
    check_end(room);
    CHECK(room.dump(without_leaves) == before);
    CHECK(room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o") == rows);
    CHECK(room.database.sqlstate_of("DELETE FROM customers WHERE id = 7") == "23503");
    CHECK(room.database.sqlstate_of("UPDATE orders SET customer_id = 999 WHERE id = 20000") == "23503");
    const CommandResult again = room.tripmig({"partition", "split", "orders_past"});
    CHECK(again.exit_code == 0);
    CHECK(again.err.find("public.orders_past has already been split") != std::string::npos);
    CHECK(room.tripmig({"partition", "split", "customers"}).exit_code == 12);
}

TEST_CASE("split under writers: nothing lost, doubled, stale or raised from the dead") {
    const SwapFixture room;
    fill_for_writers(room);
    room.database.exec(with_customers);
    attach(room);
    const std::string rest = untouched(room);
    Writers writers(room, 3);
    const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
    CHECK_MESSAGE(split.exit_code == 0, split.err);
    writers.stop();
    INFO(writers.failures());
    CHECK(writers.commits() > 50);
    CHECK(writers.wrong_rows() == "0");
    CHECK(untouched(room) == rest);
    check_end(room);
}

TEST_CASE("split, killed as each step begins, then run again; refused while the swap is not finished; aborted") {
    for (const std::string step : {"begin the copy", "load the copy", "index the copy", "ready for the cut-over",
                                   "cut over public.orders_past", "cut over: waited", "analyze"}) {
        CAPTURE(step);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        (void)room.swap({"run", "orders"});
        CHECK(room.tripmig({"partition", "split", "orders_past"}).exit_code == 12);
        (void)room.swap({"finish", "orders", "--yes"});
        const std::string before = room.dump();
        BackgroundCommand command(tripmig_command({"partition", "split", "orders_past"}), room.surroundings());
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        if (step == "ready for the cut-over" && room.swap({"status", "orders_past"})["stage"] == "ready") {
            CHECK(room.swap({"abort", "orders_past"})["stage"] == "aborted");
            CHECK(room.dump() == before);
        }
        const bool is_done = room.swap({"status", "orders_past"})["stage"] == "finished";
        CHECK((is_done || room.tripmig({"partition", "split", "orders_past"}).exit_code == 0));
        check_end(room);
        CHECK(room.database.scalar("SELECT count(*) FROM orders") == "20000");
    }
}

TEST_CASE("what is bound to the leaf itself is refused by name, before any work and before the cut-over") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    attach(room);
    const auto refused = [&](const std::string& name) {
        const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
        CHECK(split.exit_code == 12);
        CHECK_MESSAGE(
            split.err.find("would stay with it when it is no longer a partition: " + name) != std::string::npos,
            split.err);
        CHECK_MESSAGE(split.err.find("bind it to public.orders") != std::string::npos, split.err);
    };
    const std::string before = room.dump();
    const std::vector<std::vector<std::string>> bound{
        {"VIEW old_ones AS SELECT id FROM orders_past", "VIEW old_ones", "view public.old_ones"},
        {"MATERIALIZED VIEW old_sums AS SELECT sum(amount) FROM orders_past", "MATERIALIZED VIEW old_sums",
         "materialized view public.old_sums"},
        {"RULE old_lines AS ON DELETE TO lines DO ALSO UPDATE orders_past SET note = '' WHERE id = OLD.order_id",
         "RULE old_lines ON lines", "rule old_lines on table public.lines"},
        {"FUNCTION old_label(o orders_past) RETURNS text LANGUAGE sql AS 'SELECT o.note'", "FUNCTION old_label",
         "function public.old_label(public.orders_past)"},
        {"RULE own AS ON DELETE TO orders_past DO INSTEAD NOTHING", "RULE own ON orders_past", "its rule own"},
    };
    for (const std::vector<std::string>& each : bound) {
        CAPTURE(each[0]);
        room.database.exec("CREATE " + each[0]);
        refused(each[2]);
        room.database.exec("DROP " + each[1]);
    }
    const Connection superuser(room.database.superuser_url());
    superuser.exec("CREATE PUBLICATION feed FOR TABLE orders_past");
    refused("publication feed");
    superuser.exec("DROP PUBLICATION feed");
    CHECK(room.dump() == before);
    CHECK(room.tripmig({"partition", "split", "orders_past", "--until", "ready"}).exit_code == 0);
    room.database.exec("CREATE VIEW old_ones AS SELECT id FROM orders_past");
    refused("view public.old_ones");
    room.database.exec("DROP VIEW old_ones");
    CHECK(room.tripmig({"partition", "split", "orders_past"}).exit_code == 0);
    check_end(room);
}

TEST_CASE("a split waits where swap run does: ready, a file, a pause; verify and status look at it") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    attach(room);
    const CommandResult ready =
        room.tripmig({"partition", "split", "orders_past", "--until", "ready", "--workers", "2"});
    CHECK_MESSAGE(ready.exit_code == 0, ready.err);
    CHECK(ready.out == "public.orders_past: ready\nto cut over: tripmig partition split public.orders_past\n");
    CHECK(room.database.scalar("SELECT relispartition FROM pg_class WHERE relname = 'orders_past'") == "t");
    CHECK(room.swap({"status", "orders_past"})["stage"] == "ready");
    CHECK(room.swap({"verify", "orders_past"})["equal"] == true);
    CHECK(room.tripmig({"partition", "split", "orders_past", "--postpone-cutover-until", "no-such"}).exit_code == 2);
    const std::filesystem::path file = room.folder.write("not-yet", "");
    BackgroundCommand command(
        tripmig_command({"partition", "split", "orders_past", "--postpone-cutover-until", "not-yet"}),
        room.surroundings());
    command.wait_for_text("postponed until not-yet");
    CHECK(room.swap({"pause", "orders_past"})["paused"] == true);
    std::filesystem::remove(file);
    command.wait_for_text("it is paused");
    CHECK(room.database.scalar("SELECT relispartition FROM pg_class WHERE relname = 'orders_past'") == "t");
    (void)room.swap({"resume", "orders_past"});
    CHECK(command.wait().exit_code == 0);
    check_end(room);
}

TEST_CASE("DEFAULT: its rows get leaves where there are none, an empty DEFAULT is in its place") {
    const SwapFixture room;
    room.database.exec(R"(
        CREATE TABLE customers (id bigint PRIMARY KEY);
        INSERT INTO customers VALUES (1);
        CREATE TABLE orders (id bigint, at timestamp NOT NULL, note text, customer_id bigint DEFAULT 1 REFERENCES customers, PRIMARY KEY (id, at))
            PARTITION BY RANGE (at);
        CREATE INDEX ON orders (note);
        CREATE TABLE orders_2024_03 PARTITION OF orders FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
        CREATE TABLE orders_odd PARTITION OF orders FOR VALUES FROM ('2024-05-10') TO ('2024-05-20');
        CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
        INSERT INTO orders SELECT g, '2024-01-15'::timestamp + g * interval '1 hour', 'n' FROM generate_series(1, 4000) g;
        INSERT INTO orders VALUES (9001, '2030-06-06', 'far off');)");
    room.folder.write(
        "partitions/orders.toml",
        "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\nname = \"{table}_{start:%Y_%m_%d}\"\n");
    const auto rows = [&] {
        return room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
    };
    const auto leaves = [&] {
        return room.database.scalar(
            "SELECT string_agg(inhrelid::regclass::text || ' ' || pg_get_expr(relpartbound, c.oid), E'\n' ORDER BY "
            "inhrelid::regclass::text COLLATE \"C\") "
            "FROM pg_inherits "
            "JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'orders'::regclass AND relkind = 'r'");
    };
    const std::string before = rows();
    BackgroundCommand command(tripmig_command({"partition", "split", "orders_rest", "--until", "ready"}),
                              room.surroundings());
    CHECK_MESSAGE(command.wait().exit_code == 0, command.err());
    // Written meanwhile: a row of a month that nobody thought of, one that goes, one that moves.
    room.database.exec(
        "INSERT INTO orders VALUES (9002, '2031-01-01', 'new'); DELETE FROM orders WHERE id = 9001; "
        "UPDATE orders SET at = '2024-01-31' WHERE id = 1; UPDATE orders SET note = 'x' WHERE id = 2");
    const std::string now = rows();
    CHECK(now != before);
    const CommandResult split = room.tripmig({"partition", "split", "orders_rest"});
    CHECK_MESSAGE(split.exit_code == 0, split.err);
    CHECK(split.out.find("public.orders_rest_before is detached and kept") != std::string::npos);
    CHECK(rows() == now);
    CHECK(room.database.scalar("SELECT count(*) FROM ONLY orders_rest") == "0");
    CHECK(leaves() ==
          "orders_2024_01_01 FOR VALUES FROM ('2024-01-01 00:00:00') TO ('2024-02-01 00:00:00')\n"
          "orders_2024_02_01 FOR VALUES FROM ('2024-02-01 00:00:00') TO ('2024-03-01 00:00:00')\n"
          "orders_2024_03 FOR VALUES FROM ('2024-03-01 00:00:00') TO ('2024-04-01 00:00:00')\n"
          "orders_2024_04_01 FOR VALUES FROM ('2024-04-01 00:00:00') TO ('2024-05-01 00:00:00')\n"
          "orders_2024_05_01 FOR VALUES FROM ('2024-05-01 00:00:00') TO ('2024-05-10 00:00:00')\n"
          "orders_2024_05_20 FOR VALUES FROM ('2024-05-20 00:00:00') TO ('2024-06-01 00:00:00')\n"
          "orders_2024_06_01 FOR VALUES FROM ('2024-06-01 00:00:00') TO ('2024-07-01 00:00:00')\n"
          "orders_2030_06_01 FOR VALUES FROM ('2030-06-01 00:00:00') TO ('2030-07-01 00:00:00')\n"
          "orders_2031_01_01 FOR VALUES FROM ('2031-01-01 00:00:00') TO ('2031-02-01 00:00:00')\n"
          "orders_odd FOR VALUES FROM ('2024-05-10 00:00:00') TO ('2024-05-20 00:00:00')\n"
          "orders_rest DEFAULT");
    CHECK(room.database.scalar(
              "SELECT count(*) FROM pg_constraint WHERE NOT convalidated OR conname LIKE 'tripmig%'") == "0");
    CHECK(room.database.scalar("SELECT count(DISTINCT (SELECT count(*) FROM pg_index WHERE indrelid = inhrelid)) FROM "
                               "pg_inherits WHERE inhparent = 'orders'::regclass") == "1");
    CHECK(room.database.sqlstate_of("DELETE FROM customers") == "23503");
    CHECK(room.database.sqlstate_of("INSERT INTO orders VALUES (1, '2040-01-01', 'rest', 7)") == "23503");
    CHECK(room.database.sqlstate_of("INSERT INTO orders VALUES (1, '2040-01-01', 'rest', 1)").empty());
    CHECK(room.database.scalar("SELECT tableoid::regclass FROM orders WHERE at = '2040-01-01'") == "orders_rest");
}
