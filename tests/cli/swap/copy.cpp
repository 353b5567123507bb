#include <doctest/doctest.h>

#include <csignal>

#include "cli/swap/rich_table.hpp"
#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

std::vector<std::string> copy(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"run", "orders", "--strategy", "copy"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

/// Nothing but the state itself in the state schema.
void check_clean(const SwapFixture& room) {
    CHECK(room.database.scalar(tables_of_work) == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_proc WHERE pronamespace = 'tripmig'::regnamespace") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE relname LIKE '%tripmig%'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'tripmig%'") == "0");
}

}  // namespace

TEST_CASE("ANALYZE of a table with many leaves tells of the table, not of each leaf") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("DROP TABLE lines");  // no registry, which is analyzed in the same step
    // Slow enough to be looked at: a pause for each block that is read.
    room.database.exec("ALTER DATABASE " + room.database.name() + " SET vacuum_cost_delay = '5ms'; ALTER DATABASE " +
                       room.database.name() + " SET vacuum_cost_limit = 1");
    const CommandResult result = room.tripmig({"swap", "run", "orders", "--strategy", "copy", "--until", "ready"});
    REQUIRE_MESSAGE(result.exit_code == 0, result.err);
    const std::string table = "analyze public.tripmig_new_orders, ";
    CHECK_MESSAGE(result.err.find(table + "sampling") != std::string::npos, result.err);
    for (std::size_t at = result.err.find(table); at != std::string::npos; at = result.err.find(table, at + 1))
        CHECK_MESSAGE(result.err.compare(at, table.size() + 8, table + "sampling") == 0, result.err);
}

TEST_CASE("every row is in its month, keys and indexes are there, finish leaves nothing of the work") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string rows = room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
    const auto result = room.swap(copy());
    CHECK(result["stage"] == "complete");
    CHECK(result["strategy"] == "copy");
    CHECK(room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o") == rows);
    CHECK(room.database.scalar("SELECT count(DISTINCT tableoid) BETWEEN 5 AND 7 FROM orders") == "t");
    CHECK(room.database.scalar("SELECT count(*) FROM orders_before") == "20000");
    CHECK(room.differing_ids() == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE NOT convalidated") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "0");
    // Analyzed as a whole, before anybody planned by it.
    CHECK(room.database.scalar("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'orders' AND inherited") == "t");
    CHECK(room.database.scalar("INSERT INTO orders (note) VALUES ('new') RETURNING id") == "20001");
    // Run again, it brings the old table up to the new one.
    room.database.exec("UPDATE orders SET note = 'since' WHERE id = 5");
    CHECK(room.swap({"status", "orders"})["backlog"] == 2);
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
    CHECK(room.database.scalar("SELECT note FROM orders_before WHERE id = 5") == "since");
    CHECK(room.swap({"status", "orders"})["backlog"] == 0);
    CHECK(room.tripmig({"swap", "finish", "orders"}).exit_code == 12);
    CHECK(room.swap({"finish", "orders", "--yes"})["stage"] == "finished");
    CHECK(room.database.scalar("SELECT to_regclass('orders_before') IS NULL") == "t");
    check_clean(room);
    CHECK(room.swap({"run", "orders"})["stage"] == "partitioned");
}

TEST_CASE("autovacuum leaves new leaves alone until they are ready, and then only where it does so with the table") {
    const std::string off = "autovacuum_enabled=off";
    for (const std::string& option : {std::string("fillfactor=80"), off}) {
        CAPTURE(option);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        room.database.exec("ALTER TABLE orders SET (" + option + ")");
        BackgroundCommand command(tripmig_command({"swap", "run", "orders", "--strategy", "copy"}),
                                  room.surroundings());
        command.wait_for_text("load the copy");
        command.kill(SIGKILL);
        (void)command.wait();
        CHECK(room.database.scalar("SELECT bool_and(reloptions @> '{autovacuum_enabled=false}') FROM pg_class JOIN "
                                   "pg_inherits ON inhrelid = pg_class.oid WHERE inhparent = "
                                   "'tripmig_new_orders'::regclass") == "t");
        (void)room.swap({"run", "orders", "--until", "ready"});
        CHECK(room.database.scalar("SELECT string_agg(DISTINCT reloptions::text, ' ') FROM pg_class JOIN pg_inherits "
                                   "ON inhrelid = pg_class.oid WHERE inhparent = 'tripmig_new_orders'::regclass") ==
              "{" + option + "}");
        CHECK(room.database.scalar("SELECT reloptions IS NULL FROM pg_class WHERE oid = 'orders_ids'::regclass") ==
              "t");
    }
}

TEST_CASE("what was loaded is vacuumed and frozen before the cut-over: autovacuum has nothing to do there") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"run", "orders", "--strategy", "copy", "--until", "ready"},
          std::vector<std::string>{"run", "orders", "--until", "ready"}}) {
        (void)room.swap(command);
        CHECK(
            room.database.scalar("SELECT bool_and(relallvisible = relpages) AND sum(relpages) > 0 FROM pg_class WHERE "
                                 "oid = 'orders_ids'::regclass OR oid IN (SELECT inhrelid FROM pg_inherits WHERE "
                                 "inhparent = to_regclass('tripmig_new_orders'))") == "t");
        (void)room.swap({"abort", "orders"});
    }
}

TEST_CASE(
    "the new table and each leaf have full statistics before the cut-over, each with the targets of the old one") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec(
        "ALTER TABLE orders ALTER note SET STATISTICS 37; CREATE INDEX orders_length ON orders (length(note)); "
        "ALTER DATABASE " +
        room.database.name() + " SET default_statistics_target = 60");
    (void)room.swap(copy({"--until", "ready"}));
    const std::string bounds = "array_length(histogram_bounds::text::text[], 1)";
    CHECK(room.database.scalar("SELECT string_agg(attname || ' ' || " + bounds +
                               ", ', ' ORDER BY attname) FROM pg_stats WHERE tablename = 'tripmig_new_orders' AND "
                               "inherited") == "amount 61, at 61, id 61, note 38");
    // 138 days: of at least three months all.
    CHECK(room.database.scalar("SELECT count(*) >= 3 FROM pg_stats WHERE attname = 'amount' AND " + bounds +
                               " = 61 AND tablename ~ '^orders_20'") == "t");
    CHECK(room.database.scalar("SELECT count(*) >= 3 FROM pg_stats WHERE attname = 'note' AND " + bounds +
                               " = 38 AND tablename ~ '^orders_20'") == "t");
    CHECK(room.database.scalar("SELECT count(*) >= 3 FROM pg_stats WHERE attname = 'length' AND tablename ~ "
                               "'^orders_20.*length$'") == "t");
    CHECK(room.database.scalar("SELECT string_agg(DISTINCT attname || ' ' || COALESCE(attstattarget, -1), ', ') FROM "
                               "pg_attribute JOIN pg_class ON attrelid = pg_class.oid WHERE attnum > 0 AND (relname = "
                               "'tripmig_new_orders' OR relname ~ '^orders_20' AND relkind = 'r')") ==
          "amount -1, at -1, id -1, note 37");
}

TEST_CASE("extended statistics are there after the cut-over") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("CREATE STATISTICS orders_together (dependencies) ON at, note FROM orders");
    (void)room.swap(copy());
    CHECK(room.database.scalar("SELECT count(*) > 0 FROM pg_stats_ext WHERE tablename = 'orders' AND statistics_name = "
                               "'orders_together'") == "t");
}

TEST_CASE("copy ends in the same schema as attach but for the leaves") {
    const std::vector<std::string> without_leaves{"orders_past", "orders_20*"};
    const SwapFixture attached;
    attached.database.exec(orders_and_lines);
    (void)attached.swap({"run", "orders"});
    const SwapFixture copied;
    copied.database.exec(orders_and_lines);
    (void)copied.swap(copy());
    (void)copied.swap({"finish", "orders", "--yes"});
    CHECK(copied.dump(without_leaves) == attached.dump(without_leaves));
    // What `maintain` would make tomorrow is like what is there.
    CHECK(
        copied.database.scalar("SELECT count(DISTINCT (SELECT count(*) FROM pg_index WHERE indrelid = inhrelid)) FROM "
                               "pg_inherits WHERE inhparent = 'orders'::regclass") == "1");
}

TEST_CASE("everything comes along with copy") {
    const CarryRoom carry;
    const std::string before = carry.scalar(portrait);
    (void)carry.room.swap(copy());
    for (const char* own : {"", "key_", "delete_", "truncate_"})
        carry.room.database.exec(std::string("DROP TRIGGER tripmig_capture_") + own + "1 ON orders");
    CHECK(carry.scalar(portrait) == before);
}

TEST_CASE("revert takes everything back, with what was written since, TRUNCATE too") {
    const CarryRoom carry;
    const std::string dump = carry.room.dump();
    (void)carry.room.swap(copy());
    carry.room.database.exec(
        "INSERT INTO orders (at, customer_id, amount, code) VALUES (now() + interval '1 month', 1, 42, 'new'); "
        "DELETE FROM orders WHERE amount = 7; UPDATE orders SET at = at - interval '40 days' WHERE amount = 9");
    SUBCASE("rows") {
    }
    SUBCASE("truncated") {
        carry.room.database.exec(
            "TRUNCATE lines; GRANT TRUNCATE ON orders TO CURRENT_USER; TRUNCATE orders; "
            "REVOKE TRUNCATE ON orders FROM CURRENT_USER; INSERT INTO orders (customer_id, amount) VALUES (3, 33)");
    }
    const std::string rows = carry.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
    CHECK(carry.room.swap({"revert", "orders"})["stage"] == "reverted");
    CHECK(carry.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o") == rows);
    CHECK(carry.room.dump() == dump);
    check_clean(carry.room);
}

TEST_CASE("a plan of copy touches nothing; what was altered meanwhile is told before the cut-over") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string before = room.dump();
    const auto plan = room.swap({"plan", "orders", "--strategy", "copy"});
    CHECK(plan["strategy"] == "copy");
    CHECK(plan["units"].size() > 10);
    CHECK(room.dump() == before);
    (void)room.swap(copy({"--until", "ready"}));
    room.database.exec("ALTER TABLE orders ADD COLUMN colour text");
    const CommandResult refused = room.tripmig({"swap", "cutover", "orders"});
    CHECK(refused.exit_code == 12);
    CHECK(refused.err.find("new: column colour text") != std::string::npos);
    room.database.exec("ALTER TABLE orders DROP COLUMN colour; ALTER TABLE orders ADD CHECK (id > 0)");
    CHECK(room.tripmig({"swap", "run", "orders"}).err.find("orders_id_check") != std::string::npos);
    room.database.exec("ALTER TABLE orders DROP CONSTRAINT orders_id_check");
    CHECK(room.swap({"cutover", "orders"})["stage"] == "complete");
}

TEST_CASE("whatever stands on a writer's search_path, its changes are captured") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap(copy({"--until", "ready"}));
    room.database.exec(
        "CREATE SCHEMA other; CREATE TABLE other.log_1 (id bigint); "
        "CREATE FUNCTION other.equal(bigint, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; "
        "CREATE OPERATOR other.= (FUNCTION = other.equal, LEFTARG = bigint, RIGHTARG = bigint); "
        "CREATE FUNCTION other.equal(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; "
        "CREATE OPERATOR other.= (FUNCTION = other.equal, LEFTARG = text, RIGHTARG = text)");
    room.database.exec(
        "SET search_path = other, pg_catalog; "
        "INSERT INTO public.orders (note) VALUES ('inserted'); "
        "UPDATE public.orders SET id = 900000 + id WHERE note LIKE '%4321'; "
        "DELETE FROM public.orders WHERE note LIKE '%1234'; "
        "RESET search_path");
    const std::string rows = room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
    CHECK(room.swap({"cutover", "orders", "--strategy", "copy"})["stage"] == "complete");
    CHECK(room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o") == rows);
}

TEST_CASE("verify names the keys that differ, exit 10, before and after the cut-over") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap(copy({"--until", "ready"}));
    CHECK(room.tripmig({"swap", "verify", "orders"}).exit_code == 0);
    room.database.exec("UPDATE tripmig_new_orders SET note = 'wrong' WHERE id = 77");
    const CommandResult verify = room.tripmig({"--json", "swap", "verify", "orders"});
    CHECK(verify.exit_code == 10);
    const auto document = nlohmann::json::parse(verify.out);
    CHECK(document["differences"].size() == 1);
    CHECK(document["differences"][0]["keys"][0] == "77");
    room.database.exec("UPDATE tripmig_new_orders SET note = 'order 77' WHERE id = 77");
    (void)room.swap(copy());
    CHECK(room.tripmig({"swap", "verify", "orders"}).exit_code == 0);
    room.database.exec("DELETE FROM orders_before WHERE id = 78");
    const CommandResult after = room.tripmig({"swap", "verify", "orders"});
    CHECK(after.exit_code == 10);
    CHECK(after.out.find("78") != std::string::npos);
}

TEST_CASE("abort leaves nothing behind, TRUNCATE and VACUUM FULL meanwhile are loaded again") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string before = room.dump();
    CHECK(room.swap(copy({"--until", "ready"}))["stage"] == "ready");
    SUBCASE("abort") {
        CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
        CHECK(room.dump() == before);
        check_clean(room);
        return;
    }
    SUBCASE("truncated") {
        room.database.exec(
            "TRUNCATE orders, lines; INSERT INTO orders (note) SELECT 'again' FROM generate_series(1, 500)");
    }
    SUBCASE("rewritten") {
        room.database.exec("DELETE FROM orders WHERE id > 10000");
        room.database.exec("VACUUM FULL orders");
    }
    SUBCASE("a month that has no leaf yet") {
        room.database.exec(
            "UPDATE orders SET at = at - interval '3 years' WHERE id = 20000; "
            "INSERT INTO orders (at) SELECT now() + interval '9 months'");
    }
    const std::string rows = room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
    CHECK(room.swap({"cutover", "orders", "--strategy", "copy"})["stage"] == "complete");
    CHECK(room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o") == rows);
}
