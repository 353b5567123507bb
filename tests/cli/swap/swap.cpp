#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

TEST_CASE("run, and run again: partitioned, every row there, a second run has nothing to do") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string rows = room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
    const auto result = room.swap({"run", "orders"});
    CHECK(result["stage"] == "complete");
    CHECK(result["strategy"] == "attach");
    CHECK(result["table"] == "public.orders");
    CHECK(result["attempts"] >= 1);
    CHECK(result["lock_held_ms"] > 0.0);
    CHECK(result["lock_wait_ms"] >= 0.0);
    CHECK(result["cut"].get<std::string>() > "2026");
    CHECK(room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o") == rows);
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "p");
    CHECK(room.database.scalar("SELECT count(*) FROM ONLY orders") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM orders_past") == "20000");
    CHECK(room.database.scalar("SELECT count(*) FROM orders_ids") == "20000");
    // Nothing of the work is left, and nothing waits to be validated.
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE relname LIKE '%tripmig%'") == "0");
    CHECK(room.database.scalar(
              "SELECT count(*) FROM pg_constraint WHERE NOT convalidated OR conname LIKE '%tripmig%'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE relname LIKE 'log\\_%'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_proc WHERE pronamespace = 'tripmig'::regnamespace") == "0");
    const std::string dump = room.dump();
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
    CHECK(room.dump() == dump);
    CHECK(room.tripmig({"swap", "finish", "orders"}).exit_code == 12);  // no terminal to ask on
    CHECK(room.swap({"finish", "orders", "--yes"})["stage"] == "finished");
    CHECK(room.swap({"run", "orders"})["stage"] == "partitioned");
    CHECK(room.swap({"status", "orders"})["stage"] == "finished");
    const CommandResult late = room.tripmig({"swap", "revert", "orders"});
    CHECK(late.exit_code == 12);
    CHECK_MESSAGE(late.err.find("the last one is finished") != std::string::npos, late.err);
}

TEST_CASE("finish says what is missing before it asks, and the status what comes next") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const auto says = [&](const std::vector<std::string>& command, const std::string& text) {
        const CommandResult result = room.tripmig(command);
        const std::string said = result.out + result.err;
        CHECK_MESSAGE(contains(said, text), said);
        return result.exit_code;
    };
    CHECK(says({"swap", "finish", "orders"}, "hint: to see what one would do: tripmig swap plan public.orders") == 12);
    CHECK(says({"swap", "run", "orders", "--until", "ready"}, "to cut over: tripmig swap cutover public.orders\n") ==
          0);
    CHECK(says({"swap", "finish", "orders"}, "the swap of public.orders is not complete (ready)") == 12);
    CHECK(says({"swap", "status", "orders"}, "to cut over: tripmig swap cutover public.orders\n") == 0);
    CHECK(says({"status", "--allow-empty", "--migrations", "."},
               "swap of public.orders: ready, no process works on it\n  hint: tripmig swap status public.orders\n") ==
          0);
    CHECK(says({"swap", "cutover", "orders"}, "to close it: tripmig swap finish public.orders\n") == 0);
    CHECK(says({"swap", "finish", "orders"}, "it cannot be reverted afterwards") == 12);
}

TEST_CASE("the sequence goes on, new rows find their leaf, children their parent") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders"});
    CHECK(room.database.scalar("INSERT INTO orders (note) VALUES ('new') RETURNING id") == "20001");
    CHECK(room.database.sqlstate_of("INSERT INTO lines (order_id) VALUES (20001)").empty());
    CHECK(room.database.sqlstate_of("INSERT INTO lines (order_id) VALUES (777777)") == "23503");
    room.database.exec("UPDATE orders SET at = at + interval '1 month' WHERE id = 20001");
    CHECK(room.database.scalar("SELECT count(*) FROM lines WHERE order_id = 20001") == "1");
    CHECK(room.database.sqlstate_of("INSERT INTO orders (id, at) VALUES (20001, now())") == "23505");
    room.database.exec("DELETE FROM orders WHERE id = 20001");
    CHECK(room.database.scalar("SELECT count(*) FROM lines WHERE order_id = 20001") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM orders_ids") == "20000");
}

TEST_CASE("revert puts everything back, byte for byte, with what was written since") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string before = room.dump();
    (void)room.swap({"run", "orders"});
    const std::string after = room.dump();
    CHECK(after != before);
    room.database.exec(
        "INSERT INTO orders (note) VALUES ('since'); INSERT INTO lines (order_id) VALUES (20001); "
        "DELETE FROM orders WHERE id = 4; UPDATE orders SET note = 'changed' WHERE id = 5");
    CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
    CHECK(room.dump() == before);
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "20000");
    CHECK(room.database.scalar("SELECT note FROM orders WHERE id = 5") == "changed");
    CHECK(room.database.scalar("SELECT count(*) FROM lines WHERE order_id = 20001") == "1");
    CHECK(room.database.scalar("INSERT INTO orders (note) VALUES ('next') RETURNING id") == "20002");
    (void)room.swap({"run", "orders"});
    CHECK(room.dump() == after);
}

TEST_CASE("after the cut there is no way back by catalog work, and nothing is touched") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders"});
    room.database.exec("INSERT INTO orders (at) SELECT (now() AT TIME ZONE 'utc') + interval '2 months'");
    const std::string dump = room.dump();
    const CommandResult result = room.tripmig({"swap", "revert", "orders"});
    CHECK(result.exit_code == 12);
    CHECK(result.err.find("give these rows an earlier key") != std::string::npos);
    CHECK(room.dump() == dump);
    room.database.exec("UPDATE orders SET at = now() AT TIME ZONE 'utc' WHERE at > now() AT TIME ZONE 'utc'");
    CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
}

TEST_CASE("an empty table is partitioned directly and ends in the same schema but for the leaves") {
    const std::vector<std::string> without_leaves{"orders_past", "orders_20*"};
    const SwapFixture full;
    full.database.exec(orders_and_lines);
    (void)full.swap({"run", "orders"});
    const SwapFixture empty;
    empty.database.exec(orders_and_lines);
    empty.database.exec("TRUNCATE orders, lines RESTART IDENTITY");
    const auto result = empty.swap({"run", "orders"});
    CHECK(result["was_empty"] == true);
    CHECK(result["stage"] == "complete");
    CHECK(empty.dump(without_leaves) == full.dump(without_leaves));
    CHECK(empty.database.scalar(
              "SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'orders'::regclass") ==
          "orders_2026_01");
    CHECK(empty.database.scalar("SELECT to_regclass('orders_past') IS NULL") == "t");
    CHECK(empty.database.scalar("INSERT INTO orders DEFAULT VALUES RETURNING id") == "1");
    const CommandResult revert = empty.tripmig({"swap", "revert", "orders"});
    CHECK(revert.exit_code == 12);
    CHECK(revert.err.find("was empty") != std::string::npos);
}

TEST_CASE("until ready, then cutover; abort leaves nothing behind") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string before = room.dump();
    CHECK(room.tripmig({"swap", "cutover", "orders"}).exit_code == 12);
    CHECK(room.swap({"run", "orders", "--until", "ready"})["stage"] == "ready");
    // No CHECK keeps rows of months to come out while nobody cuts over.
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%'") == "0");
    room.database.exec("UPDATE orders SET note = 'meanwhile' WHERE id <= 5000");
    CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
    CHECK(room.dump() == before);
    CHECK(room.database.scalar(
              "SELECT count(*) FROM pg_class c WHERE relnamespace = 'tripmig'::regnamespace AND relname LIKE 'log%'") ==
          "0");
    CHECK(room.tripmig({"swap", "abort", "orders"}).exit_code == 12);
    CHECK(room.swap({"run", "orders", "--until", "ready"})["stage"] == "ready");
    CHECK(room.swap({"run", "orders", "--until", "ready"})["stage"] == "ready");
    room.database.exec(
        "DELETE FROM orders WHERE id <= 100; UPDATE orders SET at = at - interval '1 day' WHERE id <= 5000");
    CHECK(room.swap({"cutover", "orders"})["stage"] == "complete");
    CHECK(room.differing_ids() == "0");
    CHECK(room.tripmig({"swap", "abort", "orders"}).exit_code == 12);
}

TEST_CASE("TRUNCATE and VACUUM FULL while the registry follows") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders", "--until", "ready"});
    SUBCASE("truncated") {
        room.database.exec(
            "TRUNCATE orders, lines; INSERT INTO orders (note) SELECT 'again' FROM generate_series(1, 500)");
    }
    SUBCASE("rewritten") {
        room.database.exec("DELETE FROM orders WHERE id > 10000");
        room.database.exec("VACUUM FULL orders");
    }
    SUBCASE("emptied") {
        room.database.exec("TRUNCATE orders, lines");
    }
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
    CHECK(room.differing_ids() == "0");
}

TEST_CASE("plan touches nothing, and says everything") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string before = room.dump();
    const auto plan = room.swap({"plan", "orders"});
    CHECK(room.dump() == before);
    CHECK(room.database.scalar("SELECT to_regnamespace('tripmig') IS NULL") == "t");
    CHECK(plan["units"].size() > 8);
    bool has_cut_over = false;
    for (const auto& unit : plan["units"])
        if (unit["name"] == "cut over public.orders") {
            has_cut_over = true;
            CHECK(unit["lock_first"].size() >= 2);
            CHECK(unit["steps"].size() > 20);
        }
    CHECK(has_cut_over);
    const std::string short_plan = room.tripmig({"swap", "plan", "orders"}).out;
    CHECK_MESSAGE(
        short_plan.find("swap of public.orders, strategy attach\n  what     partitions of 1 month by at") == 0,
        short_plan);
    CHECK_MESSAGE(short_plan.find("\n  locks    ACCESS EXCLUSIVE on public.orders\n") != std::string::npos, short_plan);
    CHECK_MESSAGE(short_plan.find("CREATE UNIQUE INDEX") == std::string::npos, short_plan);
    const std::string statements = room.tripmig({"swap", "plan", "orders", "--sql"}).out;
    CHECK_MESSAGE(statements.find("-- swap of public.orders, strategy attach\n") == 0, statements);
    CHECK_MESSAGE(statements.find("CREATE UNIQUE INDEX CONCURRENTLY") != std::string::npos, statements);
    CHECK_MESSAGE(statements.find(".jobs") == std::string::npos, statements);
}

TEST_CASE("flags stand in for a policy file, and win over it") {
    const SwapFixture room;
    room.database.exec(
        "CREATE TABLE events (id int, seen date NOT NULL); INSERT INTO events SELECT g, current_date - g FROM "
        "generate_series(1, 100) g");
    const CommandResult lost = room.tripmig({"swap", "run", "events"});
    CHECK(lost.exit_code == 2);
    CHECK(lost.err.find("--key") != std::string::npos);
    CHECK(room.tripmig({"swap", "run", "events", "--key", "seen", "--interval", "soon"}).exit_code == 2);
    CHECK(room.swap({"run", "events", "--key", "seen", "--interval", "7 days"})["interval"] == "7 days");
    CHECK(room.database.scalar("SELECT count(*) FROM events") == "100");
    room.database.exec(orders_and_lines);
    const CommandResult plan = room.tripmig({"swap", "plan", "orders", "--incoming-foreign-keys", "composite"});
    if (std::stoi(room.database.scalar("SHOW server_version_num")) < 150000) {
        CHECK(plan.exit_code == 12);
        CHECK((plan.out + plan.err).find("composite needs PostgreSQL 15") != std::string::npos);
        return;
    }
    CHECK(plan.exit_code == 0);
    CHECK(plan.out.find("becomes (order_id, order_at)") != std::string::npos);
}

TEST_CASE("foreign keys that are given up come back with revert") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string before = room.dump();
    const CommandResult plan = room.tripmig({"swap", "plan", "orders", "--incoming-foreign-keys", "drop"});
    CHECK(plan.exit_code == 0);
    CHECK(plan.out.find("will be dropped (your choice): public.lines.lines_order_id_fkey") != std::string::npos);
    const std::string again =
        "tripmig swap run public.orders --incoming-foreign-keys drop --drop-foreign-keys "
        "lines_order_id_fkey";
    CHECK_MESSAGE(plan.out.find("To confirm: " + again) != std::string::npos, plan.out);
    // The policy alone, another key's name, and the name without the policy are not enough.
    const CommandResult once = room.tripmig({"swap", "run", "orders", "--incoming-foreign-keys", "drop"});
    CHECK(once.exit_code == 12);
    CHECK_MESSAGE(once.err.find(again) != std::string::npos, once.err);
    CHECK(room.tripmig({"swap", "run", "orders", "--incoming-foreign-keys", "drop", "--drop-foreign-keys",
                        "lines_order_id_fkey,lines_pkey"})
              .exit_code == 12);
    CHECK(room.tripmig({"swap", "run", "orders", "--drop-foreign-keys", "lines_order_id_fkey"}).exit_code == 12);
    CHECK(room.dump() == before);

    const std::vector<std::string> run{
        "swap", "run", "orders", "--incoming-foreign-keys", "drop", "--drop-foreign-keys", "lines_order_id_fkey"};
    std::vector<std::string> ready = run;
    ready.insert(ready.end(), {"--until", "ready"});
    CHECK(room.tripmig(ready).exit_code == 0);
    // One that was added later was not named.
    room.database.exec("ALTER TABLE lines ADD CONSTRAINT lines_late FOREIGN KEY (order_id) REFERENCES orders (id)");
    std::vector<std::string> accepting = run;
    accepting.emplace_back("--accept-changes");
    const CommandResult late = room.tripmig(accepting);
    CHECK(late.exit_code == 12);
    CHECK_MESSAGE(late.err.find("lines_late") != std::string::npos, late.err);
    room.database.exec("ALTER TABLE lines DROP CONSTRAINT lines_late");
    const CommandResult result = room.tripmig(accepting);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(room.database.scalar(
              "SELECT count(*) FROM pg_constraint WHERE conrelid = 'lines'::regclass AND contype = 'f'") == "0");
    CHECK(room.database.scalar("SELECT to_regclass('orders_ids') IS NULL") == "t");
    (void)room.swap({"revert", "orders"});
    CHECK(room.dump() == before);
}

TEST_CASE("what is not there, or not ours, is said plainly") {
    const SwapFixture room;
    CHECK(room.tripmig({"swap", "run", "orders"}).exit_code == 12);
    CHECK(room.tripmig({"swap", "status", "orders"}).exit_code == 12);
    room.database.exec(orders_and_lines);
    CHECK(room.swap({"status", "orders"})["stage"] == "none");
    CHECK(room.tripmig({"swap", "finish", "orders", "--yes"}).exit_code == 12);
    CHECK(room.tripmig({"swap"}).exit_code == 2);
    CHECK(room.tripmig({"swap", "run"}).exit_code == 2);
    room.database.exec("CREATE ROLE swap_stranger LOGIN");
    const std::string stranger = room.database.url_as("swap_stranger");
    Surroundings around = room.surroundings();
    around.environment["DATABASE_URL"] = stranger;
    const CommandResult result = run_tripmig({"swap", "plan", "orders"}, around);
    CHECK(result.exit_code == 13);
    INFO(result.err);
    CHECK(result.out.find("is not the owner") != std::string::npos);
    room.database.exec("DROP ROLE swap_stranger");
}
