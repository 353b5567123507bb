#include <doctest/doctest.h>

#include <csignal>

#include "swap_writers.hpp"

using namespace tripmig::test;

namespace {

const char* const with_customers = R"(
    CREATE TABLE customers (id bigint PRIMARY KEY);
    INSERT INTO customers SELECT generate_series(0, 49);
    ALTER TABLE orders ADD customer_id bigint NOT NULL DEFAULT 1 CONSTRAINT orders_customer REFERENCES customers (id);
    UPDATE orders SET customer_id = id % 50;
)";

void attach(const SwapRoom& room) {
    (void)room.swap({"run", "orders"});
    (void)room.swap({"finish", "orders", "--yes"});
}

void check_end(const SwapRoom& room) {
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
    CHECK(room.database.scalar("SELECT count(*) FROM orders a FULL JOIN orders_ids b USING (id, at) WHERE a.id IS NULL "
                               "OR b.id IS NULL") == "0");
}

}  // namespace

TEST_CASE("the past becomes months: parent as before, rows the same, foreign keys hold") {
    const SwapRoom room;
    room.database.exec(orders_and_lines);
    room.database.exec(with_customers);
    attach(room);
    const std::vector<std::string> without_leaves{"--exclude-table=orders_past", "--exclude-table=orders_20*"};
    const std::string before = room.dump(without_leaves);
    const std::string rows = room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
    const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
    CHECK_MESSAGE(split.exit_code == 0, split.err);
    check_end(room);
    CHECK(room.dump(without_leaves) == before);
    CHECK(room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o") == rows);
    CHECK(room.database.sqlstate_of("DELETE FROM customers WHERE id = 7") == "23503");
    CHECK(room.database.sqlstate_of("UPDATE orders SET customer_id = 999 WHERE id = 20000") == "23503");
    CHECK(room.tripmig({"partition", "split", "orders_past"}).exit_code == 12);  // no leaf any more
}

TEST_CASE("split under writers: nothing lost, doubled, stale or raised from the dead") {
    const SwapRoom room;
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
        const SwapRoom room;
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
