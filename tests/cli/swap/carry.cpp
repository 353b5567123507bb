#include <doctest/doctest.h>

#include "cli/swap/rich_table.hpp"

using namespace tripmig::test;

namespace {

void check_bound_to_the_whole(const CarryRoom& carry) {
    // Rows of months to come are seen through views and functions.
    carry.room.database.exec(
        "INSERT INTO orders (at, customer_id, amount) SELECT now() + interval '2 months', 1, 42; "
        "UPDATE orders SET feeling = 'good' WHERE amount = 42");
    CHECK(carry.scalar("SELECT newest() = (SELECT max(id) FROM orders)") == "t");
    CHECK(carry.scalar("SELECT newest() > (SELECT max(id) FROM orders_past)") == "t");
    CHECK(carry.scalar("SELECT count(*) FROM good_orders WHERE amount = 42") == "2");
    CHECK(carry.scalar("SELECT count(*) FROM view_of_view") == "3001");
    carry.room.database.exec("DELETE FROM orders WHERE at > now() + interval '20 days'");
}

void check_leaves(const CarryRoom& carry) {
    CHECK(carry.scalar("SELECT reloptions::text FROM pg_class WHERE relname = 'orders_past'") ==
          "{fillfactor=80,autovacuum_vacuum_scale_factor=0.02}");
    CHECK(carry.scalar("SELECT count(DISTINCT relacl::text) FROM pg_class WHERE relname LIKE 'orders\\_20__\\___' OR "
                       "relname IN ('orders', 'orders_past')") == "1");
    CHECK(carry.scalar("SELECT count(*) FROM pg_class WHERE relname LIKE 'orders\\_20__\\___' AND reloptions::text <> "
                       "'{fillfactor=80,autovacuum_vacuum_scale_factor=0.02}'") == "0");
    CHECK(carry.scalar("SELECT count(*) FROM pg_index i WHERE indrelid = 'orders_past'::regclass AND NOT EXISTS "
                       "(SELECT FROM pg_inherits WHERE inhrelid = indexrelid)") == "0");
    CHECK(carry.scalar("SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders_past'::regclass AND contype = "
                       "'f'") == "1");
    CHECK(carry.scalar("SELECT relacl IS NULL OR relacl::text NOT LIKE '%carry%' FROM pg_class WHERE relname = "
                       "'orders_ids'") == "t");
}

}  // namespace

TEST_CASE("everything comes along, and back") {
    const CarryRoom carry;
    const std::string before = carry.scalar(portrait);
    const std::string dump = carry.room.dump();
    REQUIRE(before.size() > 4000);
    (void)carry.room.swap({"run", "orders"});
    CHECK(carry.scalar(portrait) == before);
    check_leaves(carry);
    check_bound_to_the_whole(carry);
    const std::string numbers =
        carry.scalar("SELECT string_agg(s::text, ' ') FROM pg_sequences s WHERE schemaname = 'public'");
    (void)carry.room.swap({"revert", "orders"});
    CHECK(carry.scalar("SELECT string_agg(s::text, ' ') FROM pg_sequences s WHERE schemaname = 'public'") == numbers);
    CHECK(carry.room.dump() == dump);
}

TEST_CASE("a table of another owner, of whom the role is a member") {
    const CarryRoom carry;
    carry.room.database.exec(
        "ALTER TABLE orders OWNER TO carry_owner; ALTER TABLE lines OWNER TO carry_owner; "
        "ALTER VIEW good_orders OWNER TO carry_owner; GRANT SELECT, REFERENCES ON customers TO carry_owner");
    const std::string before = carry.scalar(portrait);
    const std::string dump = carry.room.dump();
    (void)carry.room.swap({"run", "orders"});
    CHECK(carry.scalar(portrait) == before);
    CHECK(carry.scalar("SELECT string_agg(DISTINCT relowner::regrole::text, ' ') FROM pg_class WHERE relname ~ "
                       "'^orders' AND relkind IN ('r', 'p')") == "carry_owner");
    CHECK(carry.scalar("SELECT count(*) FROM pg_proc WHERE proname LIKE 'orders_ids%' AND proowner = "
                       "'carry_owner'::regrole") == "3");
    carry.room.database.exec(
        "INSERT INTO orders (at, customer_id, amount) SELECT now() + interval '2 months', 1, 42; "
        "DELETE FROM orders WHERE amount = 42");
    (void)carry.room.swap({"revert", "orders"});
    CHECK(carry.room.dump() == dump);
}

TEST_CASE("replica identity by an index, and indexes of one definition, get their names back") {
    const SwapFixture room;
    room.database.exec(R"(
        CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp NOT NULL, note text);
        CREATE UNIQUE INDEX orders_identity ON orders (id, at);
        ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_identity;
        CREATE INDEX b_note ON orders (note);
        CREATE INDEX a_note ON orders (note);
        COMMENT ON INDEX b_note IS 'the first';
        INSERT INTO orders SELECT g, localtimestamp - g * interval '1 day', 'x' FROM generate_series(1, 50) g)");
    const std::string before = room.dump();
    for (const char* const strategy : {"attach", "copy"}) {
        CHECK(room.swap({"run", "orders", "--strategy", strategy})["stage"] == "complete");
        CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.dump() == before);
    }
}

namespace {

/// Half of the rows violate the CHECK, which looks at new ones only.
const char* const half_checked = R"(
    CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp NOT NULL, email text NOT NULL);
    INSERT INTO orders SELECT g, localtimestamp - g * interval '6 hours', CASE WHEN g % 2 = 0 THEN 'a@b' ELSE 'none' END
    FROM generate_series(1, 400) g;
    ALTER TABLE orders ADD CONSTRAINT has_at CHECK (email LIKE '%@%') NOT VALID;
    COMMENT ON CONSTRAINT has_at ON orders IS 'for those that come')";

/// As before: old rows stay, new ones must meet it, in leaves of the past and of the months to come.
void check_half_checked(const SwapFixture& room) {
    const TestDatabase& database = room.database;
    const std::string checks = "SELECT string_agg(DISTINCT pg_get_constraintdef(c.oid), ' ') FROM pg_constraint c ";
    CHECK(database.scalar(checks + "WHERE conrelid = 'orders'::regclass AND conname = 'has_at'") ==
          "CHECK ((email ~~ '%@%'::text)) NOT VALID");
    CHECK(database.scalar("SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conrelid = "
                          "'orders'::regclass AND conname = 'has_at'") == "for those that come");
    CHECK(database.scalar("SELECT count(*) FROM pg_inherits i WHERE inhparent = 'orders'::regclass AND NOT EXISTS "
                          "(SELECT FROM pg_constraint WHERE conrelid = inhrelid AND conname = 'has_at')") == "0");
    CHECK(database.scalar("SELECT count(*) FROM orders WHERE email = 'none'") == "198");
    for (const std::string at : {"localtimestamp - interval '40 days'", "localtimestamp + interval '2 months'"})
        CHECK(database.sqlstate_of("INSERT INTO orders VALUES (1000, " + at + ", 'none')") == "23514");
    CHECK(database.sqlstate_of("UPDATE orders SET at = at WHERE id = 5") == "23514");
}

}  // namespace

TEST_CASE("a CHECK that is NOT VALID comes along as it is, with the rows that violate it") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        room.database.exec(half_checked);
        const std::string before = room.dump();
        (void)room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
        room.database.exec(
            "DELETE FROM orders WHERE id = 1; UPDATE orders SET email = 'c@d' WHERE id = 3; INSERT INTO orders VALUES "
            "(500, localtimestamp, 'e@f')");
        (void)room.swap({"cutover", "orders"});
        check_half_checked(room);
        CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.dump() == before);
        CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE email = 'none'") == "198");
    }
    const SwapFixture room;
    room.database.exec(half_checked);
    room.database.exec("DELETE FROM orders WHERE id = 1; UPDATE orders SET email = 'c@d' WHERE id = 3");
    (void)room.swap({"run", "orders"});
    (void)room.swap({"finish", "orders", "--yes"});
    const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
    CHECK_MESSAGE(split.exit_code == 0, split.err);
    check_half_checked(room);
    CHECK(room.database.scalar("SELECT count(DISTINCT tableoid) >= 4 FROM orders") == "t");
}
