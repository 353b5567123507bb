#include <doctest/doctest.h>

#include "swap_room.hpp"

using namespace tripmig::test;

TEST_CASE("keys of other types: date, timestamptz with odd names, uuid version 7, a primary key of several columns") {
    const SwapRoom room;
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
        CHECK(room.database.scalar("SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass") >= "4");
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
