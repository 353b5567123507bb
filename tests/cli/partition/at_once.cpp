// Two runs of maintain, up, swap and pg_dump at the same time, while one session reads for long, another is idle in its
// transaction, and writers go on.

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>

#include "place.hpp"

using namespace tripmig::test;

namespace {

const std::string make_events =
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE carts (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE events (id bigint, at timestamptz NOT NULL, PRIMARY KEY (id, at));"
    "INSERT INTO events SELECT n, timestamptz '2024-01-01' + n * interval '5 minutes' FROM generate_series(1, 20000) "
    "AS n";
const std::vector<std::string> mid_april{"partition", "maintain", "--now",  "2024-04-15",
                                         "--only",    "orders",   "--only", "carts"};

/// Sessions that wait for a lock that somebody of tripmig holds, or has asked for before them: for how long, in ms.
const std::string longest_wait =
    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart) * 1000), 0)::bigint FROM pg_locks AS l "
    "JOIN "
    "pg_stat_activity AS a USING (pid) WHERE NOT l.granted AND a.application_name = 'the writer' AND EXISTS (SELECT "
    "FROM "
    "unnest(pg_blocking_pids(l.pid)) AS p JOIN pg_stat_activity AS b ON b.pid = p WHERE b.application_name LIKE "
    "'tripmig%')";

/// Writes to both tables until the end, and looks how long writers are kept.
class SteadyWriters {
  public:
    explicit SteadyWriters(const TestDatabase& database) {
        for (const std::string table : {"orders", "carts"})
            m_threads.emplace_back([this, &database, table] {
                const Connection session = database.connect();
                session.exec("SET application_name = 'the writer'");
                while (m_goes_on) {
                    m_failed +=
                        session.sqlstate_of("INSERT INTO " + table + " (at) VALUES ('2024-04-10')").empty() ? 0 : 1;
                    ++m_written;
                    std::this_thread::sleep_for(std::chrono::milliseconds(5));
                }
            });
        m_threads.emplace_back([this, &database] {
            const Connection session = database.connect();
            while (m_goes_on) {
                m_longest = std::max(m_longest.load(), std::stol(session.scalar(longest_wait)));
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        });
    }

    ~SteadyWriters() { stop(); }
    SteadyWriters(const SteadyWriters&) = delete;
    SteadyWriters& operator=(const SteadyWriters&) = delete;

    void stop() {
        m_goes_on = false;
        for (std::thread& thread : m_threads)
            if (thread.joinable())
                thread.join();
    }

    std::atomic<long> m_written{0};
    std::atomic<long> m_failed{0};
    std::atomic<long> m_longest{0};

  private:
    std::atomic<bool> m_goes_on{true};
    std::vector<std::thread> m_threads;
};

void make_place(const Place& place) {
    place.database.exec(make_events);
    place.policy("orders", "orders");
    place.policy("carts", "carts");
    place.write_policy("events", "table = \"events\"\nkey = \"at\"\ninterval = \"1 month\"\n");
    place.folder.write("migrations/V1__note.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    for (const std::string day : {"2024-01-15", "2024-04-10"})
        CHECK(place.run({"maintain", "--now", day, "--only", "orders", "--only", "carts"}).exit_code == 0);
    for (const std::string table : {"orders", "carts"})
        place.database.exec("INSERT INTO " + table + " (at) VALUES ('2024-01-20'), ('2024-04-10')");
    place.database.exec("DROP TABLE orders_2024_06, carts_2024_06");
    for (const std::string table : {"orders", "carts"})
        place.policy(table, table, "[retention]\nkeep = \"2 months\"\n");
}

}  // namespace

TEST_CASE(
    "two maintain, up, swap and pg_dump at once, beside long transactions: no deadlock, no long wait, the right end") {
    const Place place;
    make_place(place);
    const Connection reader = place.database.connect();
    reader.exec(
        "SET application_name = 'the reader'; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM orders");
    const Connection idle = place.database.connect();
    idle.exec("SET application_name = 'the idle one'; BEGIN; INSERT INTO carts (at) VALUES ('2024-02-20')");
    BackgroundCommand dump({"pg_dump", "-f", (place.folder.path() / "dump").string(), place.database.url()});
    wait_until(
        place.database,
        "SELECT count(*) > 0 FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE a.application_name = "
        "'pg_dump' AND l.relation = 'events'::regclass AND l.granted");
    dump.kill(SIGSTOP);
    SteadyWriters writers(place.database);
    BackgroundCommand first(tripmig_command(mid_april), place.surroundings());
    BackgroundCommand second(tripmig_command(mid_april), place.surroundings());
    BackgroundCommand up(tripmig_command({"up"}), place.surroundings());
    BackgroundCommand swap(tripmig_command({"swap", "run", "events"}), place.surroundings());
    // All of them have met somebody by then: without a budget the writers would have waited for as long.
    std::this_thread::sleep_for(std::chrono::seconds(5));
    CHECK(first.is_running());
    dump.kill(SIGCONT);
    CHECK(dump.wait().exit_code == 0);
    reader.exec("COMMIT");
    idle.exec("COMMIT");
    for (BackgroundCommand* command : {&first, &second, &up, &swap}) {
        const CommandResult result = command->wait(std::chrono::seconds(180));
        CHECK_MESSAGE(result.exit_code == 0, result.err);
    }
    writers.stop();
    CHECK(writers.m_failed.load() == 0);
    CHECK(writers.m_written.load() > 50);
    CHECK(writers.m_longest.load() < 2500);  // ms
    place.database.exec("SELECT pg_stat_force_next_flush()");
    CHECK(place.database.scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == "0");
    for (const std::string table : {"orders", "carts"}) {
        std::string expected;
        for (const std::string month : {"02", "03", "04", "05", "06"})
            expected += (expected.empty() ? "" : " ") + table + "_2024_" + month;
        CHECK(place.leaves(table) == expected);
        CHECK(place.database.scalar("SELECT count(*) FROM " + table + "_2024_01") == "1");
        CHECK(place.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname = 'tripmig_bounds'") == "0");
    }
    CHECK(place.database.scalar("SELECT count(*) FROM carts WHERE at = '2024-02-20'") == "1");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_attribute WHERE attname = 'note' AND attrelid = "
                                "'orders_2024_06'::regclass") == "1");
    CHECK(place.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'events'::regclass") == "p");
    CHECK(place.database.scalar("SELECT count(*) FROM events") == "20000");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_inherits WHERE inhdetachpending") == "0");
    const CommandResult again = run_tripmig(mid_april, place.surroundings());
    CHECK(has(again.err, "2 tables: nothing to do"));
}
