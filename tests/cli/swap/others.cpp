// What others do meanwhile, as a role of which the swap may see no more than that it is there (no pg_read_all_stats).
#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

/// Orders with an outgoing key and unique ids, and a role of the service's own.
class OthersRoom : public SwapFixture {
  public:
    OthersRoom() : m_role("others_" + database.name()) {
        Connection(database.superuser_url()).exec("CREATE ROLE " + m_role + " LOGIN");
        (void)folder.write("partitions/orders.toml",
                           "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = "
                           "1\n[swap]\nunique_ids = true\n");
        database.exec(
            "CREATE TABLE customers (id bigint PRIMARY KEY); INSERT INTO customers SELECT generate_series(0, 9);"
            "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp NOT NULL, customer bigint REFERENCES customers);"
            "INSERT INTO orders SELECT g, now() - g % 60 * interval '1 day', g % 10 FROM generate_series(1, 3000) AS g;"
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO " +
            m_role);
    }
    [[nodiscard]] Connection other() const { return Connection(database.url_as(m_role)); }

  private:
    std::string m_role;
};

const std::vector<std::string> copy_orders{"swap", "run", "orders", "--strategy", "copy"};

}  // namespace

TEST_CASE("copy and its way back wait for a snapshot of another role: it would see rows as they were long ago") {
    const OthersRoom room;
    {
        const Connection reader = room.other();
        reader.exec("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT");
        BackgroundCommand run = room.start(copy_orders);
        run.wait_for_text("waits for older snapshots");
        CHECK(reader.scalar("SELECT count(*) FROM orders") == "3000");
        reader.exec("COMMIT");
        const CommandResult result = run.wait();
        CHECK_MESSAGE(result.exit_code == 0, result.err);
    }
    room.database.exec("UPDATE orders SET customer = 5");
    const Connection reader = room.other();
    reader.exec("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT");
    BackgroundCommand revert = room.start({"swap", "revert", "orders"});
    revert.wait_for_text("waits for older snapshots");
    CHECK(reader.scalar("SELECT count(*) FROM orders WHERE customer = 5") == "3000");
    reader.exec("COMMIT");
    const CommandResult result = revert.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE customer = 5") == "3000");
}

TEST_CASE("a table that others use all the time, in short transactions of unknown age, is cut over all the same") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const OthersRoom room;
        std::atomic<bool> stop{false};
        std::atomic<int> failures{0};
        std::vector<std::thread> readers;
        for (int number = 0; number < 4; ++number)
            readers.emplace_back([&] {
                const Connection session = room.other();
                while (!stop)
                    if (!session.sqlstate_of("BEGIN; SELECT count(*) FROM orders; SELECT pg_sleep(0.05); COMMIT")
                             .empty())
                        ++failures;
            });
        const CommandResult run = room.tripmig({"swap", "run", "orders", "--strategy", strategy});
        stop = true;
        for (std::thread& reader : readers)
            reader.join();
        CHECK_MESSAGE(run.exit_code == 0, run.err);
        CHECK(failures == 0);
    }
}

TEST_CASE("TRUNCATE while the cut-over waits: it is loaded again, in the same run") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const OthersRoom room;
        const Connection reader = room.other();
        reader.exec("BEGIN; SELECT count(*) FROM customers");
        BackgroundCommand run = room.start({"swap", "run", "orders", "--strategy", strategy});
        run.wait_for_text("cut over public.orders waits for");
        room.database.exec("TRUNCATE orders; INSERT INTO orders VALUES (7, now(), 7)");
        reader.exec("COMMIT");
        const CommandResult result = run.wait();
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(result.err.find("was truncated meanwhile") != std::string::npos);
        CHECK(room.database.scalar("SELECT count(*) FROM orders") == "1");
        CHECK(room.database.scalar("SELECT string_agg(id::text, ' ') FROM orders_ids") == "7");
    }
}

TEST_CASE("a cut-over whose answer was lost commits while the run that sent it tidies up: it stays") {
    const OthersRoom room;
    (void)room.folder.write("tripmig.toml", "[swap]\nlock_budget = \"5s\"\n");
    const Connection reader = room.other();
    reader.exec("BEGIN; SELECT count(*) FROM customers");
    BackgroundCommand run = room.start({"swap", "run", "orders"});
    run.wait_for_text("cut over public.orders waits for");
    // In the place of the lost session: its locks, and what it says of the job.
    const Connection lost(room.database.url());
    lost.exec("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; UPDATE tripmig.jobs SET stage = 'cut_over'");
    run.kill(SIGTERM);
    wait_until(room.database,
               "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND "
               "application_name LIKE '%swap-cleanup%' AND wait_event_type = 'Lock'");
    lost.exec("COMMIT");
    CHECK(run.wait().exit_code == 143);
    CHECK(room.database.scalar("SELECT stage FROM tripmig.jobs") == "cut_over");
    reader.exec("COMMIT");
}

TEST_CASE("TRUNCATE after copy's cut-over: no difference is made up, and run brings the old table up") {
    const OthersRoom room;
    REQUIRE(room.tripmig(copy_orders).exit_code == 0);
    room.database.exec("TRUNCATE orders; INSERT INTO orders VALUES (7, now(), 7)");
    const CommandResult verify = room.tripmig({"swap", "verify", "orders"});
    CHECK(verify.exit_code == 12);
    CHECK(verify.err.find("was truncated") != std::string::npos);
    CHECK(room.tripmig({"swap", "run", "orders"}).exit_code == 0);
    CHECK(room.tripmig({"swap", "verify", "orders"}).exit_code == 0);
    CHECK(room.database.scalar("SELECT string_agg(id::text, ' ') FROM orders_before") == "7");
}
