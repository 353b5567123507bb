#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

TEST_CASE("keys of other types: date, timestamptz with odd names, uuid version 7, a primary key of several columns") {
    const SwapFixture room;
    SUBCASE("date, composite key, schema and names that need quotes") {
        room.database.exec(R"(
            CREATE SCHEMA "Shop One";
            CREATE TABLE "Shop One"."Order s" ("Te nant" int, "Id" int, "Day" date, PRIMARY KEY ("Te nant", "Id"));
            CREATE TABLE "Shop One".line (t int, i int, FOREIGN KEY (t, i) REFERENCES "Shop One"."Order s" ON DELETE CASCADE);
            INSERT INTO "Shop One"."Order s" SELECT 1, g, current_date - g FROM generate_series(1, 500) g;
            INSERT INTO "Shop One".line SELECT 1, g FROM generate_series(1, 500) g)");
        const std::string before = room.dump();
        const std::vector<std::string> flags{"\"Shop One\".\"Order s\"", "--key", "Day", "--incoming-foreign-keys",
                                             "registry"};
        std::vector<std::string> run{"run"};
        run.insert(run.end(), flags.begin(), flags.end());
        CHECK(room.swap(run)["stage"] == "complete");
        room.database.exec(
            "DELETE FROM \"Shop One\".\"Order s\" WHERE \"Id\" = 7; UPDATE \"Shop One\".\"Order s\" SET \"Day\" = "
            "current_date + 40 WHERE \"Id\" = 8");
        CHECK(room.database.scalar("SELECT count(*) FROM \"Shop One\".line") == "499");
        CHECK(room.database.sqlstate_of("INSERT INTO \"Shop One\".\"Order s\" VALUES (1, 8, current_date)") == "23505");
        room.database.exec("DELETE FROM \"Shop One\".\"Order s\" WHERE \"Id\" = 8");
        CHECK(room.swap({"revert", "\"Shop One\".\"Order s\""})["stage"] == "reverted");
        CHECK(room.dump() == before);
    }
    SUBCASE("uuid version 7 as key and primary key") {
        room.database.exec(R"(
            CREATE TABLE events (id uuid PRIMARY KEY, what text);
            INSERT INTO events SELECT (lpad(to_hex((extract(epoch FROM now() - g * interval '1 day') * 1000)::bigint), 12, '0') || '7000800000000000' || lpad(to_hex(g), 4, '0'))::uuid, 'x'
            FROM generate_series(1, 200) g)");
        CHECK(room.swap({"run", "events", "--key", "id"})["stage"] == "complete");
        CHECK(room.database.scalar("SELECT count(*) FROM events_past") == "200");
        CHECK(room.database.scalar("SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass") >= "3");
        room.database.exec(
            "INSERT INTO events SELECT (lpad(to_hex((extract(epoch FROM now() + interval '40 days') * 1000)::bigint), "
            "12, '0') || '70008000000000000000')::uuid, 'later'");
        CHECK(room.swap({"status", "events"})["stage"] == "complete");
    }
    SUBCASE("no primary key at all") {
        room.database.exec(
            "CREATE TABLE logs (at timestamptz, line text); INSERT INTO logs SELECT now() - g * interval '1 day', 'x' "
            "FROM generate_series(1, 100) g");
        const std::string before = room.dump();
        CHECK(room.swap({"run", "logs", "--key", "at"})["stage"] == "complete");
        CHECK(room.database.scalar("SELECT count(*) FROM logs") == "100");
        CHECK(room.swap({"revert", "logs"})["stage"] == "reverted");
        CHECK(room.dump() == before);  // the key may be null again
    }
}

namespace {

std::string leaves_of(const SwapFixture& room, const std::string& table) {
    return room.database.scalar(
        "SELECT string_agg(inhrelid::regclass || ' ' || pg_get_expr(relpartbound, inhrelid), '; ' ORDER BY "
        "inhrelid::regclass::text) "
        "FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = '" +
        table + "'::regclass");
}

}  // namespace

TEST_CASE("numbers as keys: the newest one is the present") {
    const SwapFixture room;
    room.database.exec(
        "CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text); "
        "INSERT INTO events (what) SELECT 'x' FROM generate_series(1, 2500) g");
    const std::string before = room.dump();
    SUBCASE("attach: the cut is the next bound, further when that is near") {
        CHECK(room.swap({"run", "events", "--key", "id", "--interval", "1000"})["stage"] == "complete");
        CHECK(leaves_of(room, "events").find("events_past FOR VALUES FROM (MINVALUE) TO ('3000')") !=
              std::string::npos);
        CHECK(leaves_of(room, "events").find("events_3000 FOR VALUES FROM ('3000') TO ('4000')") != std::string::npos);
        room.database.exec("INSERT INTO events (what) SELECT 'y' FROM generate_series(1, 100) g");
        CHECK(room.swap({"revert", "events"})["stage"] == "reverted");
        CHECK(room.dump() == before);
        room.database.exec("INSERT INTO events (what) SELECT 'z' FROM generate_series(1, 200) g");
        CHECK(room.swap({"run", "events", "--key", "id", "--interval", "1000"})["stage"] == "complete");
        CHECK(leaves_of(room, "events").find("events_past FOR VALUES FROM (MINVALUE) TO ('4000')") !=
              std::string::npos);
    }
    SUBCASE("attach: numbers that come near the cut meanwhile push it on") {
        CHECK(room.swap({"run", "events", "--key", "id", "--interval", "1000", "--until", "ready"})["stage"] ==
              "ready");
        room.database.exec("INSERT INTO events (what) SELECT 'y' FROM generate_series(1, 450) g");
        CHECK(room.swap({"run", "events", "--key", "id", "--interval", "1000"})["stage"] == "complete");
        CHECK(leaves_of(room, "events").find("events_past FOR VALUES FROM (MINVALUE) TO ('4000')") !=
              std::string::npos);
    }
    SUBCASE("copy, below zero as well") {
        room.database.exec("INSERT INTO events OVERRIDING SYSTEM VALUE VALUES (-5, 'below'), (4100, 'ahead')");
        CHECK(room.swap({"run", "events", "--key", "id", "--interval", "1000", "--strategy", "copy"})["stage"] ==
              "complete");
        CHECK(room.database.scalar("SELECT count(*) FROM events_minus_1000") == "1");
        CHECK(room.database.scalar("SELECT count(*) FROM events_2000") == "501");
        CHECK(room.database.scalar("SELECT count(*) FROM events_7000") == "0");
        room.database.exec("INSERT INTO events OVERRIDING SYSTEM VALUE VALUES (4999, 'later')");
        CHECK(room.swap({"revert", "events"})["stage"] == "reverted");
        CHECK(room.database.scalar("SELECT count(*) FROM events") == "2503");
        CHECK(room.dump() == before);
    }
    SUBCASE("an empty table has no present of its own") {
        room.database.exec("TRUNCATE events");
        const CommandResult none = room.tripmig({"swap", "run", "events", "--key", "id", "--interval", "1000"});
        CHECK(none.exit_code == 12);
        CHECK(none.err.find("start = 0") != std::string::npos);
        room.folder.write("partitions/events.toml",
                          "table = \"events\"\nkey = \"id\"\ninterval = 1000\npremake = 2\nstart = \"0\"\n");
        CHECK(room.swap({"run", "events"})["stage"] == "complete");
        CHECK(room.database.scalar("SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass") == "3");
    }
}

TEST_CASE("infinite keys: leaves of their own for copy, refused for attach") {
    const SwapFixture room;
    std::string type;
    SUBCASE("date") {
        type = "date";
    }
    SUBCASE("timestamp") {
        type = "timestamp";
    }
    SUBCASE("timestamptz") {
        type = "timestamptz";
    }
    room.database.exec("CREATE TABLE orders (id text COLLATE \"C\", at " + type +
                       ", PRIMARY KEY (id)); "
                       "INSERT INTO orders SELECT 'n' || g, current_date - g FROM generate_series(1, 50) g");
    room.database.exec("INSERT INTO orders VALUES ('always', 'infinity'), ('ever', '-infinity')");
    const std::string before = room.dump();
    const CommandResult attach = room.tripmig({"swap", "run", "orders", "--strategy", "attach"});
    CHECK(attach.exit_code == 12);
    CHECK(attach.err.find("--strategy copy") != std::string::npos);
    CHECK(room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"})["stage"] == "ready");
    room.database.exec(
        "DELETE FROM orders_infinity WHERE id = 'always'; DELETE FROM orders_minus_infinity WHERE id = 'ever'");
    const CommandResult differs = room.tripmig({"swap", "verify", "orders"});
    const std::string told = differs.out + differs.err;
    INFO(told);
    CHECK(differs.exit_code == 10);
    CHECK(told.find("keys: always") != std::string::npos);
    CHECK(told.find("keys: ever") != std::string::npos);
    room.database.exec(
        "INSERT INTO orders_infinity VALUES ('always', 'infinity'); INSERT INTO orders_minus_infinity VALUES ('ever', "
        "'-infinity')");
    // A text key of another collation than the database's, changed while its rows are copied.
    room.database.exec(
        "UPDATE orders SET at = 'infinity' WHERE id = 'n7'; DELETE FROM orders WHERE id = 'n8'; "
        "INSERT INTO orders VALUES ('n99', '-infinity')");
    CHECK(room.swap({"run", "orders", "--strategy", "copy"})["stage"] == "complete");
    CHECK(room.database.scalar("SELECT count(*) FROM orders_infinity") == "2");
    CHECK(room.database.scalar("SELECT count(*) FROM orders_minus_infinity") == "2");
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "52");
    CHECK(leaves_of(room, "orders").find("orders_infinity FOR VALUES FROM ('infinity') TO (MAXVALUE)") !=
          std::string::npos);
    CHECK(leaves_of(room, "orders").find("orders_minus_infinity FOR VALUES FROM (MINVALUE) TO (") != std::string::npos);
    CHECK(room.tripmig({"swap", "verify", "orders"}).exit_code == 0);
    room.database.exec("UPDATE orders SET at = now() WHERE id = 'always'; DELETE FROM orders WHERE id = 'n9'");
    CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "51");
    CHECK(room.dump() == before);
}

TEST_CASE("keys that are null are counted; copy wants something that tells rows apart") {
    const SwapFixture room;
    room.database.exec(
        "CREATE TABLE orders (at timestamp, note text); "
        "INSERT INTO orders SELECT CASE WHEN g > 3 THEN localtimestamp END, 'x' FROM generate_series(1, 20) g");
    for (const char* const strategy : {"attach", "copy"}) {
        const CommandResult nulls = room.tripmig({"swap", "run", "orders", "--strategy", strategy});
        CHECK(nulls.exit_code == 12);
        CHECK(nulls.err.find("is NULL in 3 rows") != std::string::npos);
    }
    room.database.exec("DELETE FROM orders WHERE at IS NULL");
    const CommandResult apart = room.tripmig({"swap", "run", "orders", "--strategy", "copy"});
    CHECK(apart.exit_code == 12);
    CHECK(apart.err.find("nothing identifies its rows") != std::string::npos);
    room.database.exec(
        "ALTER TABLE orders ADD n int NOT NULL GENERATED ALWAYS AS IDENTITY; "
        "CREATE UNIQUE INDEX orders_n_at ON orders (n, at); ALTER TABLE orders ALTER at SET NOT NULL");
    CHECK(room.swap({"run", "orders", "--strategy", "copy"})["stage"] == "complete");
    room.database.exec("UPDATE orders SET note = 'y' WHERE n = 9; DELETE FROM orders WHERE n = 10");
    CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
    CHECK(room.database.scalar("SELECT count(*) || ' ' || count(*) FILTER (WHERE note = 'y') FROM orders") == "16 1");
}
