#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "place.hpp"

using namespace tripmig::test;

TEST_CASE("no writer is refused while a reader keeps DEFAULT from being locked, whatever the attempts") {
    const Place place;
    place.database.exec(make_orders +
                        "CREATE TABLE orders_2024_01 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO "
                        "('2024-02-01'); CREATE TABLE orders_rest PARTITION OF orders DEFAULT;"
                        "INSERT INTO orders (at) SELECT timestamptz '2020-01-01' + n * interval '1 minute' FROM "
                        "generate_series(1, 20000) AS n");
    place.policy("orders", "orders", "[default]\npartition = \"watch\"\n");
    place.folder.write("tripmig.toml", "[migrations]\nlock_deadline = \"9s\"\n");
    const Connection reader = place.database.connect();
    reader.exec("SET application_name = 'the reader'; BEGIN; SELECT count(*) FROM orders WHERE at = '2020-01-01'");
    std::atomic<bool> goes_on{true};
    std::atomic<int> written{0};
    std::atomic<int> refused{0};
    // A booking for March that is taken away again: DEFAULT takes it.
    std::thread writer([&] {
        const Connection session = place.database.connect();
        while (goes_on) {
            session.exec("BEGIN");
            refused += session.sqlstate_of("INSERT INTO orders (at) VALUES ('2024-03-05')").empty() ? 0 : 1;
            session.exec("ROLLBACK");
            ++written;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    });
    CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 11);
    CHECK(has(result.err, "the reader"));
    CHECK(has(result.err, "attempt 3 in "));
    CHECK(place.leaves() == "orders_2024_01 orders_rest");
    reader.exec("COMMIT");
    result = place.run(january);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    goes_on = false;
    writer.join();
    CHECK(refused == 0);
    CHECK(written > 100);
    CHECK(place.leaves() == three_months + " orders_rest");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders_rest'::regclass") == "0");
}

TEST_CASE("a DEFAULT too large for its lock: nothing is attached, exit 12, and the hint says what to do") {
    const Place place;
    place.database.exec(make_orders +
                        "CREATE TABLE orders_rest PARTITION OF orders DEFAULT;"
                        "INSERT INTO orders (at) SELECT timestamptz '2020-01-01' + n * interval '1 second' FROM "
                        "generate_series(1, 900000) AS n");
    place.policy("orders", "orders", "[default]\npartition = \"watch\"\n");
    place.folder.write("tripmig.toml", "[swap]\nmax_lock_hold = \"1ms\"\n");
    CommandResult result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "would read all of the DEFAULT partition public.orders_rest under ACCESS EXCLUSIVE"));
    CHECK(has(result.err, "tripmig partition split public.orders_rest"));
    CHECK(place.leaves() == "orders_rest");
    place.database.exec("INSERT INTO orders (at) VALUES ('2024-02-05')");  // nobody is refused
    place.folder.write("tripmig.toml", "[swap]\nmax_lock_hold = \"60s\"\n");
    result = place.run(january);
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "1 row of [2024-02-01, 2024-03-01) is in the DEFAULT partition"));
    CHECK(place.leaves() == "orders_2024_01 orders_2024_03 orders_rest");
}

TEST_CASE("rows that come to DEFAULT after they were counted keep their own partition from being created, no other") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE orders_rest PARTITION OF orders DEFAULT");
    place.policy("orders", "orders", "[default]\npartition = \"watch\"\n");
    const Connection writer = place.database.connect();
    writer.exec("SET application_name = 'the writer'; BEGIN; INSERT INTO orders (at) VALUES ('2024-02-05')");
    BackgroundCommand maintain(tripmig_command({"partition", "maintain", "--now", "2024-01-15"}), place.surroundings());
    maintain.wait_for_text("the writer");
    writer.exec("COMMIT");
    const CommandResult result = maintain.wait();
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "rows of [2024-02-01, 2024-03-01) arrived in the DEFAULT partition public.orders_rest"));
    CHECK(place.leaves() == "orders_2024_01 orders_2024_03 orders_rest");
}

TEST_CASE("a CHECK that an older version left on DEFAULT is dropped and reported") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE orders_rest PARTITION OF orders DEFAULT");
    place.policy("orders", "orders", "[default]\npartition = \"watch\"\n");
    CHECK(place.run(january).exit_code == 0);
    place.database.exec("ALTER TABLE orders_rest ADD CONSTRAINT tripmig_default_guard CHECK (at < '2020-01-01')");
    const CommandResult result = place.run(january);
    CHECK(result.exit_code == 0);
    CHECK(has(result.err, "dropped a CHECK of public.orders_rest that refused rows"));
    place.database.exec("INSERT INTO orders (at) VALUES ('2023-05-05')");
}
