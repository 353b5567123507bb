#include <doctest/doctest.h>

#include <string>

#include "place.hpp"

using namespace tripmig::test;

TEST_CASE("a new partition is partitioned as its newest sibling is: LIST, HASH, RANGE") {
    const Place place;
    place.database.exec(R"(
        CREATE TABLE orders (id int, region int NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
        CREATE INDEX orders_region ON orders (region);
        CREATE TABLE orders_2024_01 PARTITION OF orders FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00') PARTITION BY LIST (region);
        CREATE TABLE orders_2024_01_1 PARTITION OF orders_2024_01 FOR VALUES IN (1) WITH (fillfactor = 70);
        CREATE TABLE orders_2024_01_2 PARTITION OF orders_2024_01 FOR VALUES IN (2) PARTITION BY HASH (id);
        CREATE TABLE orders_2024_01_2_a PARTITION OF orders_2024_01_2 FOR VALUES WITH (modulus 2, remainder 0);
        CREATE TABLE orders_2024_01_2_b PARTITION OF orders_2024_01_2 FOR VALUES WITH (modulus 2, remainder 1);
        CREATE TABLE days (at timestamptz NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE days_2024_01 PARTITION OF days FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00') PARTITION BY RANGE (at);
    )");
    place.database.exec(
        "DO $$ BEGIN FOR day IN 1..31 LOOP EXECUTE format('CREATE TABLE days_2024_01_%s PARTITION OF days_2024_01 FOR "
        "VALUES FROM (%L) TO (%L)', day, timestamptz '2024-01-01 00:00+00' + (day - 1) * interval '1 day', timestamptz "
        "'2024-01-01 00:00+00' + day * interval '1 day'); END LOOP; END $$");
    place.policy("orders", "orders");
    place.policy("days", "days");
    const CommandResult result = place.run(january);
    CAPTURE(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(place.leaves("orders_2024_02") == "orders_2024_02_1 orders_2024_02_2");
    CHECK(place.leaves("orders_2024_02_2") == "orders_2024_02_2_a orders_2024_02_2_b");
    CHECK(place.bounds("orders_2024_03_2_b") == "FOR VALUES WITH (modulus 2, remainder 1)");
    CHECK(place.database.scalar("SELECT reloptions FROM pg_class WHERE relname = 'orders_2024_02_1'") ==
          "{fillfactor=70}");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_partition_tree('days_2024_02') WHERE isleaf") == "29");
    CHECK(place.database.scalar("SELECT bool_and(indisvalid) FROM pg_index") == "t");
    place.database.exec(
        "INSERT INTO orders VALUES (1, 1, '2024-03-05'), (2, 2, '2024-03-05');"
        "INSERT INTO days VALUES ('2024-02-29 12:00+00')");
    CHECK(place.database.scalar("SELECT tableoid::regclass FROM orders WHERE region = 1") == "orders_2024_03_1");
    CHECK(place.bounds(place.database.scalar("SELECT tableoid::regclass FROM days")) ==
          "FOR VALUES FROM ('2024-02-29 00:00:00+00') TO ('2024-03-01 00:00:00+00')");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname = 'tripmig_bounds'") == "0");
    CHECK(has(place.run(january).err, "2 tables: nothing to do"));
    CHECK(has(place.run({"status"}).out, "public.orders_2024_02 (partitioned)"));
}

TEST_CASE("persistence, TOAST options, indexes and replica identity of its own come from the sibling") {
    const Place place;
    place.database.exec(R"(
        CREATE TABLE orders (id int, at timestamptz NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE UNLOGGED TABLE orders_2024_01 PARTITION OF orders FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00')
            WITH (fillfactor = 80, toast.autovacuum_enabled = false);
        CREATE UNIQUE INDEX orders_2024_01_note ON orders_2024_01 (note);
        CREATE INDEX orders_2024_01_lower ON orders_2024_01 (lower(note)) WHERE id > 5;
    )");
    place.policy("orders", "orders");
    const CommandResult result = place.run(january);
    CAPTURE(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(place.database.scalar("SELECT relpersistence FROM pg_class WHERE relname = 'orders_2024_02'") == "u");
    CHECK(place.database.scalar("SELECT t.reloptions FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE "
                                "c.relname = 'orders_2024_03'") == "{autovacuum_enabled=false}");
    CHECK(place.database.scalar("SELECT pg_get_indexdef('orders_2024_03_lower'::regclass)") ==
          "CREATE INDEX orders_2024_03_lower ON public.orders_2024_03 USING btree (lower(note)) WHERE (id > 5)");
    CHECK(place.database.scalar(
              "SELECT indisunique FROM pg_index WHERE indexrelid = 'orders_2024_02_note'::regclass") == "t");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_index WHERE indrelid = 'orders_2024_02'::regclass") == "3");
}

TEST_CASE("the replica identity comes from the sibling where the table has none: what is published can be updated") {
    const Place place;
    const std::string january_2024 = " FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00');";
    place.database.exec(
        "CREATE TABLE whole (id int NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE whole_2024_01 PARTITION OF whole" +
        january_2024 +
        "ALTER TABLE whole_2024_01 REPLICA IDENTITY FULL;"
        "CREATE TABLE own (id int NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE own_2024_01 PARTITION OF own" +
        january_2024 +
        "CREATE UNIQUE INDEX own_2024_01_id ON own_2024_01 (id);"
        "ALTER TABLE own_2024_01 REPLICA IDENTITY USING INDEX own_2024_01_id;"
        "CREATE TABLE both_have (id int NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "CREATE UNIQUE INDEX ON both_have (at, id);"
        "CREATE TABLE both_have_2024_01 PARTITION OF both_have" +
        january_2024 + "ALTER TABLE both_have_2024_01 REPLICA IDENTITY USING INDEX both_have_2024_01_at_id_idx");
    for (const char* table : {"whole", "own", "both_have"})
        place.policy(table, table);
    const CommandResult result = place.run(january);
    CAPTURE(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(place.database.scalar("SELECT relreplident FROM pg_class WHERE relname = 'whole_2024_03'") == "f");
    CHECK(place.database.scalar("SELECT indexrelid::regclass FROM pg_index WHERE indisreplident AND indrelid = "
                                "'own_2024_03'::regclass") == "own_2024_03_id");
    CHECK(place.database.scalar("SELECT count(*) FROM pg_index WHERE indrelid = 'own_2024_03'::regclass") == "1");
    CHECK(place.database.scalar("SELECT string_agg(indisreplident::text, ' ') FROM pg_index WHERE indrelid = "
                                "'both_have_2024_03'::regclass") == "true");
}

TEST_CASE("a template says what new partitions are made like") {
    const Place place;
    place.database.exec(make_orders +
                        "CREATE TABLE orders_2024_01 PARTITION OF orders FOR VALUES FROM ('2024-01-01 00:00+00') TO "
                        "('2024-02-01 00:00+00') WITH (fillfactor = 50);"
                        "CREATE TABLE model (id bigint, at timestamptz NOT NULL) WITH (fillfactor = 90);"
                        "CREATE UNIQUE INDEX model_id ON model (id)");
    place.policy("orders", "orders", "template = \"model\"\n");
    CHECK(place.run(january).exit_code == 0);
    CHECK(place.database.scalar("SELECT reloptions FROM pg_class WHERE relname = 'orders_2024_02'") ==
          "{fillfactor=90}");
    CHECK(place.database.scalar("SELECT indisunique FROM pg_index WHERE indrelid = 'orders_2024_02'::regclass") == "t");
    place.policy("orders", "orders", "template = \"nothing\"\n");
    const CommandResult result = place.run({"maintain", "--now", "2024-02-15"});
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "the template table public.nothing does not exist"));
}
