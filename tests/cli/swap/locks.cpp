#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

TEST_CASE("a transaction that stays open is waited for, named, and the deadline is exit 11 with nothing changed") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string before = room.dump();
    (void)room.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"1s\"\n");
    const Connection blocker = room.database.connect();
    blocker.exec("SET application_name = 'nightly report'; BEGIN; SELECT count(*) FROM lines");
    const CommandResult result = room.tripmig({"swap", "run", "orders"});
    CHECK(result.exit_code == 11);
    CHECK(result.err.find("nightly report") != std::string::npos);
    CHECK(result.err.find("SELECT count(*) FROM lines") != std::string::npos);
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "r");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%'") == "0");
    blocker.exec("COMMIT");
    CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
    CHECK(room.dump() == before);
}

TEST_CASE("the cut-over goes through as soon as the blocker is gone") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const Connection blocker = room.database.connect();
    blocker.exec("BEGIN; UPDATE orders SET note = 'held' WHERE id = 1");
    BackgroundCommand command(tripmig_command({"--json", "swap", "run", "orders"}), room.surroundings());
    command.wait_for_text("waits for");
    blocker.exec("COMMIT");
    const CommandResult result = command.wait();
    CHECK(result.exit_code == 0);
    CHECK(room.database.scalar("SELECT note FROM orders WHERE id = 1") == "held");
}

TEST_CASE("writers who hold a referencing table and then want the table do not keep the cut-over from its locks") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"20s\"\n");
    std::atomic<bool> is_over{false};
    std::vector<std::thread> writers;
    for (int number = 0; number < 4; ++number)
        writers.emplace_back([&] {
            const Connection connection = room.database.connect();
            while (!is_over)
                connection.exec(
                    "BEGIN; UPDATE lines SET what = 'written' WHERE false; SELECT pg_sleep(0.02); "
                    "INSERT INTO lines (order_id) VALUES (1); COMMIT");
        });
    const CommandResult result = room.tripmig({"swap", "run", "orders"});
    is_over = true;
    for (std::thread& writer : writers)
        writer.join();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "p");
}

TEST_CASE("nobody queues for long behind an attempt that does not get its locks") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    // Young enough to be leapt at, and never gone for longer than a moment.
    (void)room.folder.write("tripmig.toml",
                            "[swap]\ncutover_deadline = \"2s\"\nblocker_age = \"1h\"\nlock_budget = \"50ms\"\n");
    const Connection blocker = room.database.connect();
    blocker.exec("BEGIN; SELECT count(*) FROM orders");
    BackgroundCommand command(tripmig_command({"swap", "run", "orders"}), room.surroundings());
    command.wait_for_text("attempt 2");
    const Connection reader = room.database.connect();
    double longest = 0;
    while (command.is_running()) {
        const auto began = std::chrono::steady_clock::now();
        (void)reader.scalar("SELECT count(*) FROM orders WHERE id = 1");
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
        longest = std::max(longest, took.count());
    }
    const CommandResult result = command.wait();
    CHECK(result.exit_code == 11);
    CHECK_MESSAGE(result.err.find("attempts") != std::string::npos, result.err);
    CHECK(result.err.find("its locks are held by pid") != std::string::npos);
    CHECK(longest < 1000);  // 50 ms of budget, and a loaded machine
    blocker.exec("COMMIT");
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
}

TEST_CASE("copy: what came while the locks were waited for is caught up first when it is much, as often as it takes") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("CREATE VIEW all_orders AS SELECT * FROM orders");
    (void)room.folder.write("tripmig.toml",
                            "[swap]\ncutover_deadline = \"60s\"\nblocker_age = \"1h\"\nfinal_keys = 1\n"
                            "lock_budget = \"20s\"\n");
    (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
    // Views are locked first: whoever reads one lets others write the table.
    const auto is_waited_for = [&](const std::string& mode) {
        return room.database.scalar(
                   "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = "
                   "'all_orders'::regclass AND mode = '" +
                   mode + "'") == "1";
    };
    const std::string read = "BEGIN; SELECT count(*) FROM all_orders";
    Connection reader = room.database.connect();
    reader.exec(read);
    BackgroundCommand command(tripmig_command({"swap", "run", "orders", "--strategy", "copy"}), room.surroundings());
    for (int round = 1; round <= 2; ++round) {
        CHECK(comes_true([&] { return is_waited_for("AccessExclusiveLock") || !command.is_running(); }));
        room.database.exec("UPDATE orders SET note = 'round ' || " + std::to_string(round) + " WHERE id <= 50");
        Connection next = room.database.connect();
        std::thread behind([&] { next.exec(round == 1 ? read : "SELECT 1"); });
        CHECK(comes_true([&] { return round != 1 || is_waited_for("AccessShareLock") || !command.is_running(); }));
        reader.exec("COMMIT");
        behind.join();
        reader = std::move(next);
    }
    const CommandResult result = command.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    const std::string again = "there are more changes than can be applied under the locks: planned again";
    const std::size_t first = result.err.find(again);
    REQUIRE_MESSAGE(first != std::string::npos, result.err);
    CHECK_MESSAGE(result.err.find(again, first + 1) != std::string::npos, result.err);
    CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE note = 'round 2'") == "50");
    CHECK(room.swap({"verify", "orders"})["equal"] == true);
}

TEST_CASE("a session in a prepared transaction is named as what it is") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const Connection superuser(room.database.superuser_url());
    if (superuser.scalar("SHOW max_prepared_transactions") == "0")
        return;  // this server has none
    (void)room.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"1s\"\n");
    room.database.exec("BEGIN; UPDATE orders SET note = 'prepared' WHERE id = 1; PREPARE TRANSACTION 'swap_locks'");
    const CommandResult result = room.tripmig({"swap", "run", "orders"});
    CHECK(result.exit_code == 11);
    CHECK(result.err.find("prepared transaction") != std::string::npos);
    room.database.exec("ROLLBACK PREPARED 'swap_locks'");
}

TEST_CASE("readers through a view do not make the cut-over fail for ever") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("CREATE VIEW big_orders AS SELECT * FROM orders WHERE amount > 10000");
    std::atomic<bool> stop{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            const Connection reader = room.database.connect();
            while (!stop)
                (void)reader.scalar("SELECT count(*) FROM big_orders");
        });
    const auto result = room.swap({"run", "orders"});
    stop = true;
    for (std::thread& reader : readers)
        reader.join();
    CHECK(result["stage"] == "complete");
    room.database.exec(
        "INSERT INTO orders (at, amount) SELECT (now() AT TIME ZONE 'utc') + interval '2 months', 99999");
    CHECK(room.database.scalar("SELECT count(*) FROM big_orders WHERE amount = 99999") == "1");
}

TEST_CASE("what others alter between preflight and cut-over is carried, or stops it") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders", "--until", "ready"});
    SUBCASE("an index, a column and a child more") {
        room.database.exec(
            "CREATE INDEX orders_amount ON orders (amount); ALTER TABLE orders ADD COLUMN extra text DEFAULT 'x'; "
            "CREATE TABLE notes (order_id bigint REFERENCES orders (id))");
        const CommandResult refused = room.tripmig({"swap", "cutover", "orders"});
        CHECK(refused.exit_code == 12);
        CHECK_MESSAGE(refused.err.find("new: column extra text DEFAULT") != std::string::npos, refused.err);
        CHECK(refused.err.find("new: index orders_amount USING btree (amount)") != std::string::npos);
        CHECK(refused.err.find("new: foreign key notes_order_id_fkey of public.notes") != std::string::npos);
        CHECK(room.swap({"cutover", "orders", "--accept-changes"})["stage"] == "complete");
        CHECK(room.database.scalar(
                  "SELECT count(*) FROM pg_indexes WHERE tablename = 'orders' AND indexname = 'orders_amount'") == "1");
        CHECK(room.database.scalar(
                  "SELECT confrelid::regclass FROM pg_constraint WHERE conrelid = 'notes'::regclass") == "orders_ids");
        CHECK(room.database.scalar("SELECT count(*) FROM orders_past WHERE extra = 'x'") == "20000");
    }
    SUBCASE("something that cannot be carried") {
        room.database.exec("CREATE TABLE holds (one orders)");
        const CommandResult result = room.tripmig({"swap", "cutover", "orders"});
        CHECK(result.exit_code == 12);
        CHECK(result.err.find("new: table public.holds (uses the row type)") != std::string::npos);
        const CommandResult accepted = room.tripmig({"swap", "cutover", "orders", "--accept-changes"});
        CHECK(accepted.exit_code == 12);
        CHECK(accepted.err.find("table public.holds (uses the row type): refers to the table") != std::string::npos);
        CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig_bound%'") == "0");
        room.database.exec("DROP TABLE holds");
        CHECK(room.swap({"cutover", "orders", "--accept-changes"})["stage"] == "complete");
    }
}
