// The policy `composite`: referencing tables carry the partition key too.
#include <doctest/doctest.h>

#include <csignal>

#include "cli/swap/composite_fixture.hpp"

using namespace tripmig::test;

TEST_CASE("composite: the key, its column and what fills it, and back") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const CompositeFixture room(strategy);
        room.database.exec(orders_and_lines);
        const std::string before = room.dump();
        const CommandResult plan = room.tripmig({"swap", "plan", "orders", "--sql"});
        CHECK(plan.exit_code == 0);
        for (const char* const text :
             {"becomes (order_id, order_at) REFERENCES public.orders (id, at) ON UPDATE CASCADE ON DELETE CASCADE",
              "ALTER TABLE public.lines ADD COLUMN IF NOT EXISTS order_at timestamp without time zone",
              "--   locks first: ACCESS EXCLUSIVE on public.lines", "fill column order_at of public.lines, in chunks"})
            CHECK_MESSAGE(plan.out.find(text) != std::string::npos, plan.out);
        CHECK(room.dump() == before);

        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.definition("lines_order_id_fkey") ==
              "FOREIGN KEY (order_id, order_at) REFERENCES orders(id, at) ON UPDATE CASCADE ON DELETE CASCADEtrue");
        CHECK(room.wrong_lines() == "0");
        CHECK(room.scalar("SELECT count(order_at) FROM lines") == "10000");
        CHECK(room.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%'") == "0");
        // The service's statements, which know nothing of the column.
        room.database.exec(
            "INSERT INTO lines (order_id, what) VALUES (3, 'new'); UPDATE lines SET order_id = 5 WHERE "
            "order_id = 2; UPDATE orders SET at = at + interval '35 days' WHERE id = 4");
        CHECK(room.wrong_lines() == "0");
        CHECK(room.scalar("SELECT string_agg(order_id::text, ' ' ORDER BY order_id) FROM lines WHERE order_id < 6") ==
              "3 4 5");
        CHECK(room.database.sqlstate_of("INSERT INTO lines (order_id) VALUES (-1)") == "23503");
        CHECK(room.database.sqlstate_of("UPDATE lines SET order_id = -1 WHERE order_id = 3") == "23503");
        CHECK(room.database.sqlstate_of("INSERT INTO lines (order_id, order_at) VALUES (3, '2020-01-01')") == "23503");
        room.database.exec("DELETE FROM orders WHERE id = 4");
        CHECK(room.scalar("SELECT count(*) FROM lines WHERE order_id = 4") == "0");
        // A line may come before its order within one statement, as before.
        room.database.exec(
            "WITH l AS (INSERT INTO lines (order_id) VALUES (50001) RETURNING order_id) INSERT INTO "
            "orders (id) SELECT order_id FROM l");
        CHECK(room.wrong_lines() == "0");
        // Nothing keeps an id unique by itself: such a line must say which.
        room.database.exec("INSERT INTO orders (id, at) SELECT 7, at - interval '1 day' FROM orders WHERE id = 7");
        CHECK(room.database.sqlstate_of("INSERT INTO lines (order_id) VALUES (7)") == "21000");
        room.database.exec(
            "INSERT INTO lines (order_id, order_at) SELECT id, max(at) FROM orders WHERE id = 7 GROUP "
            "BY id; DELETE FROM orders WHERE id = 7");

        room.database.exec("DELETE FROM orders WHERE at > now()");
        CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.left_overs() == "0");
        CHECK(room.dump() == before);
        CHECK(room.scalar("SELECT count(*) FROM lines LEFT JOIN orders o ON o.id = order_id WHERE o.id IS NULL") ==
              "0");
    }
}

TEST_CASE("composite: abort leaves nothing behind, and a column that was there before stays") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const CompositeFixture room(strategy);
        room.database.exec(orders_and_lines);
        if (strategy == "copy")
            room.database.exec(
                "ALTER TABLE lines ADD COLUMN order_at timestamp; UPDATE lines SET order_at = "
                "(SELECT at FROM orders WHERE id = order_id) WHERE id % 3 = 0");
        const std::string before = room.dump();
        CHECK(room.swap({"run", "orders", "--until", "ready"})["stage"] == "ready");
        CHECK(room.wrong_lines() == "0");
        CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
        CHECK(room.dump() == before);
        // What the column holds must be the order's.
        if (strategy == "copy") {
            room.database.exec("UPDATE lines SET order_at = '2020-01-01' WHERE id = 3");
            const CommandResult wrong = room.tripmig({"swap", "run", "orders"});
            CHECK(wrong.exit_code == 12);
            CHECK_MESSAGE(wrong.err.find("order_at") != std::string::npos, wrong.err);
            room.database.exec("UPDATE lines SET order_at = NULL WHERE id = 3");
            CHECK(room.swap({"run", "orders"})["stage"] == "complete");
            CHECK(room.wrong_lines() == "0");
            CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
            CHECK(room.dump() == before);
        }
    }
}

TEST_CASE("composite: keys of several columns, deferred ones, ON DELETE SET NULL, two of one table, odd names") {
    const SwapFixture room;
    room.database.exec(R"(
        CREATE SCHEMA "Shop One";
        CREATE TABLE "Shop One"."Order s" ("Te nant" int, "Id" int, "Day" date, PRIMARY KEY ("Te nant", "Id"));
        CREATE TABLE "Shop One"."li 100%" (candidate int, t int, "order Id" int, other int,
            CONSTRAINT "it's one" FOREIGN KEY (t, "order Id") REFERENCES "Shop One"."Order s" ON DELETE SET NULL,
            CONSTRAINT two FOREIGN KEY (t, other) REFERENCES "Shop One"."Order s" MATCH FULL DEFERRABLE INITIALLY DEFERRED);
        COMMENT ON CONSTRAINT two ON "Shop One"."li 100%" IS 'the other one';
        INSERT INTO "Shop One"."Order s" SELECT 1, g, current_date - g FROM generate_series(1, 500) g;
        INSERT INTO "Shop One"."li 100%" SELECT 0, 1, g, g + 1 FROM generate_series(1, 400) g)");
    const std::string before = room.dump();
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        CHECK(room.swap({"run", "\"Shop One\".\"Order s\"", "--key", "Day", "--strategy", strategy,
                         "--incoming-foreign-keys", "composite"})["stage"] == "complete");
        const std::string lines = "\"Shop One\".\"li 100%\"";
        CHECK(room.database.scalar("SELECT count(*) FROM " + lines +
                                   " l JOIN \"Shop One\".\"Order s\" o ON \"Id\" = \"order Id\" AND \"Day\" = "
                                   "\"order Id_Day\" JOIN \"Shop One\".\"Order s\" p ON p.\"Id\" = other AND p.\"Day\" "
                                   "= \"other_Day\"") == "400");
        CHECK(room.database.scalar("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'two'") ==
              "FOREIGN KEY (t, other, \"other_Day\") REFERENCES \"Shop One\".\"Order s\"(\"Te nant\", \"Id\", "
              "\"Day\") MATCH FULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED");
        // Deferred: the order may come later in the transaction, and must have come at its end.
        room.database.exec("BEGIN; INSERT INTO " + lines + " VALUES (0, 1, 1, 900 + length('" + strategy +
                           "')); INSERT INTO \"Shop One\".\"Order s\" "
                           "VALUES (1, 900 + length('" +
                           strategy + "'), current_date - 3); COMMIT");
        CHECK(room.database.scalar("SELECT \"other_Day\" = current_date - 3 FROM " + lines +
                                   " WHERE other > 900 ORDER BY other DESC LIMIT 1") == "t");
        CHECK(room.database.sqlstate_of("INSERT INTO " + lines + " VALUES (0, 1, 1, -1)") == "23503");
        CHECK(room.database.sqlstate_of("INSERT INTO " + lines + " VALUES (0, 1, -1, 1)") == "23503");
        room.database.exec("INSERT INTO \"Shop One\".\"Order s\" VALUES (2, 1, current_date - 1); INSERT INTO " +
                           lines + " VALUES (7, 2, 1, 1)");
        CHECK(room.database.sqlstate_of("DELETE FROM \"Shop One\".\"Order s\" WHERE \"Te nant\" = 2") == "23503");
        room.database.exec("DELETE FROM " + lines +
                           " WHERE t = 2 OR other > 900; DELETE FROM \"Shop One\".\"Order s\" "
                           "WHERE \"Id\" > 900; DELETE FROM \"Shop One\".\"Order s\" WHERE \"Te nant\" = 2");
        CHECK(room.swap({"revert", "\"Shop One\".\"Order s\""})["stage"] == "reverted");
        CHECK(room.dump() == before);
    }
}

TEST_CASE("composite: an empty table gets all of it at once") {
    const CompositeFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("DELETE FROM orders");
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
    room.database.exec("INSERT INTO orders (id) VALUES (1); INSERT INTO lines (order_id) VALUES (1)");
    CHECK(room.wrong_lines() == "0");
    CHECK(room.scalar("SELECT count(order_at) FROM lines") == "1");
    CHECK(room.definition("lines_order_id_fkey").find("(order_id, order_at)") != std::string::npos);
}

TEST_CASE("composite: finished, new leaves are made, and what DETACH would refuse is refused before any work") {
    const CompositeFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders"});
    CHECK(room.swap({"finish", "orders", "--yes"})["stage"] == "finished");
    const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
    CHECK(split.exit_code == 12);
    CHECK_MESSAGE(split.err.find("rows of public.lines point to its rows") != std::string::npos, split.err);
    const std::string leaves = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'orders'::regclass";
    const int before = std::stoi(room.scalar(leaves));
    room.folder.write("partitions/orders.toml",
                      "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 5\n");
    const CommandResult maintained = room.tripmig({"partition", "maintain"});
    CHECK_MESSAGE(maintained.exit_code == 0, maintained.err);
    CHECK(std::stoi(room.scalar(leaves)) > before);
    room.database.exec(
        "INSERT INTO orders (id, at) VALUES (90001, now() + interval '4 months'); INSERT INTO lines (order_id) VALUES "
        "(90001)");
    CHECK(room.wrong_lines() == "0");
}

TEST_CASE("composite: what it cannot carry is refused by name, with a way on") {
    const CompositeFixture room;
    room.database.exec(orders_and_lines);
    const auto refused = [&](const std::string& text, int exit_code = 12) {
        const std::string before = room.dump();
        const CommandResult plan = room.tripmig({"swap", "plan", "orders"});
        CHECK(plan.exit_code == exit_code);
        CHECK_MESSAGE(plan.out.find(text) != std::string::npos, plan.out);
        CHECK(room.tripmig({"swap", "run", "orders"}).exit_code == exit_code);
        CHECK(room.dump() == before);
    };
    room.database.exec("ALTER TABLE lines ADD COLUMN order_at date");
    refused("public.lines.order_at has type date");
    room.database.exec("ALTER TABLE lines DROP COLUMN order_at, ADD COLUMN order_at timestamp NOT NULL DEFAULT now()");
    refused("public.lines.order_at is NOT NULL");
    room.database.exec(
        "ALTER TABLE lines DROP COLUMN order_at, DROP CONSTRAINT lines_order_id_fkey, ADD CONSTRAINT "
        "moves FOREIGN KEY (order_id) REFERENCES orders ON UPDATE SET NULL");
    refused("public.lines.moves: is ON UPDATE SET NULL");
    room.database.exec(
        "ALTER TABLE lines DROP CONSTRAINT moves, ADD CONSTRAINT late FOREIGN KEY (order_id) REFERENCES "
        "orders NOT VALID");
    refused("public.lines.late: is NOT VALID");
    room.database.exec("ALTER TABLE lines VALIDATE CONSTRAINT late, FORCE ROW LEVEL SECURITY");
    refused("FORCE ROW LEVEL SECURITY");
    room.database.exec(
        "ALTER TABLE lines NO FORCE ROW LEVEL SECURITY; CREATE FUNCTION touched() RETURNS trigger "
        "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER touch BEFORE UPDATE ON lines FOR "
        "EACH ROW EXECUTE FUNCTION touched()");
    const CommandResult noted = room.tripmig({"swap", "plan", "orders"});
    CHECK(noted.exit_code == 0);
    CHECK_MESSAGE(noted.out.find("its triggers fire (touch)") != std::string::npos, noted.out);
    // A table of somebody else.
    const Connection superuser(room.database.superuser_url());
    superuser.exec("ALTER TABLE lines OWNER TO postgres");
    const CommandResult stranger = room.tripmig({"swap", "run", "orders"});
    CHECK(stranger.exit_code == 13);
    CHECK_MESSAGE(stranger.err.find("the role does not own public.lines") != std::string::npos, stranger.err);
    superuser.exec("CREATE ROLE composite_owner; GRANT composite_owner TO CURRENT_USER; GRANT composite_owner TO " +
                   room.scalar("SELECT quote_ident(current_user)") + "; ALTER TABLE lines OWNER TO composite_owner");
    const CommandResult other = room.tripmig({"swap", "run", "orders"});
    superuser.exec("ALTER TABLE lines OWNER TO postgres; DROP ROLE composite_owner");
    CHECK(other.exit_code == 12);
    CHECK_MESSAGE(other.err.find("need one owner") != std::string::npos, other.err);
}

TEST_CASE("composite: a trigger that skips the UPDATE which fills is found, and does no harm") {
    const CompositeFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec(
        "CREATE FUNCTION skipped() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER skip "
        "BEFORE UPDATE ON lines FOR EACH ROW WHEN (OLD.id > 9990) EXECUTE FUNCTION skipped()");
    const CommandResult found = room.tripmig({"swap", "run", "orders"});
    CHECK(found.exit_code == 12);
    CHECK_MESSAGE(found.err.find("public.lines has rows whose order_at stays NULL") != std::string::npos, found.err);
    room.database.exec("DROP TRIGGER skip ON lines");
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
    CHECK(room.wrong_lines() == "0");
}

TEST_CASE("composite: a column that somebody adds after the job began is neither used nor taken away") {
    const CompositeFixture room;
    room.database.exec(orders_and_lines);
    const Connection holder = room.database.connect();
    holder.exec("BEGIN; LOCK TABLE lines IN ROW EXCLUSIVE MODE");  // nobody gives it a column meanwhile
    BackgroundCommand command(tripmig_command({"swap", "run", "orders"}), room.surroundings());
    command.wait_for_text("add column order_at to public.lines");
    command.kill(SIGKILL);
    (void)command.wait();
    holder.exec("ROLLBACK");
    room.database.exec("ALTER TABLE lines ADD COLUMN order_at timestamp DEFAULT '2020-01-01'");
    const CommandResult taken = room.tripmig({"swap", "run", "orders"});
    CHECK(taken.exit_code == 12);
    CHECK_MESSAGE(taken.err.find("public.lines got a column order_at after") != std::string::npos, taken.err);
    CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
    CHECK(room.scalar("SELECT count(*) FROM lines WHERE order_at = '2020-01-01'") == "10000");
}

TEST_CASE("composite: of an empty table too, such a column stays as it is") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const CompositeFixture room(strategy);
        room.database.exec(orders_and_lines);
        room.database.exec("TRUNCATE orders, lines");
        const Connection holder = room.database.connect();
        holder.exec("BEGIN; LOCK TABLE lines IN ROW EXCLUSIVE MODE");
        BackgroundCommand command(tripmig_command({"swap", "run", "orders"}), room.surroundings());
        command.wait_for_text("cut over public.orders waits for");
        command.kill(SIGKILL);
        (void)command.wait();
        holder.exec("ROLLBACK");
        room.database.exec("ALTER TABLE lines ADD COLUMN order_at timestamp DEFAULT '2020-01-01'");
        const std::string before = room.dump();
        const CommandResult taken = room.tripmig({"swap", "run", "orders"});
        CHECK(taken.exit_code == 12);
        CHECK_MESSAGE(taken.err.find("public.lines got a column order_at after") != std::string::npos, taken.err);
        CHECK(room.dump() == before);
        CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
        CHECK(room.dump() == before);
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");  // from the start it may be used
    }
}

TEST_CASE("composite: materialized views of both tables come along, and back") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const CompositeFixture room(strategy);
        room.database.exec(orders_and_lines);
        room.database.exec(
            "CREATE MATERIALIZED VIEW days AS SELECT at::date AS day, count(*) AS n FROM orders GROUP BY 1; CREATE "
            "UNIQUE INDEX ON days (day); CREATE VIEW over_days AS SELECT sum(n) AS n FROM days; CREATE MATERIALIZED "
            "VIEW ordered AS SELECT o.id, count(l) AS n FROM orders o JOIN lines l ON l.order_id = o.id GROUP BY o.id, "
            "o.note; CREATE MATERIALIZED VIEW all_lines AS SELECT * FROM lines");
        const std::string before = room.dump();
        const auto check_refresh = [&] {
            room.database.exec(
                "INSERT INTO lines (order_id) VALUES (20); REFRESH MATERIALIZED VIEW CONCURRENTLY days; REFRESH "
                "MATERIALIZED VIEW ordered; REFRESH MATERIALIZED VIEW all_lines");
            CHECK(room.scalar("SELECT n FROM over_days") == "20000");
            CHECK(room.scalar("SELECT sum(n) = (SELECT count(*) FROM lines) FROM ordered") == "t");
            CHECK(room.scalar("SELECT count(*) = (SELECT count(*) FROM lines) FROM all_lines") == "t");
        };
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.wrong_lines() == "0");
        check_refresh();
        CHECK(room.wrong_lines() == "0");
        CHECK(room.scalar("SELECT count(*) FROM pg_class WHERE relname ~ '^tripmig_(new|former)'") == "0");
        CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.left_overs() == "0");
        CHECK(room.dump() == before);
        check_refresh();
    }
}

TEST_CASE("composite: what others do to the column meanwhile is made good or found") {
    const CompositeFixture room;
    room.database.exec(orders_and_lines);
    CHECK(room.swap({"run", "orders", "--until", "ready"})["stage"] == "ready");
    // A trigger that somebody switched off, and a row that came without it.
    room.database.exec(
        "ALTER TABLE lines DISABLE TRIGGER zz_lines_order_at_fill, DISABLE TRIGGER "
        "\"00_lines_order_at_settle\"; INSERT INTO lines (order_id) VALUES (11)");
    CHECK(room.scalar("SELECT count(*) FROM lines WHERE order_at IS NULL") == "1");
    // A key that was added later is found, and once accepted gets its column too.
    room.database.exec(
        "CREATE TABLE notes (order_id bigint CONSTRAINT notes_order REFERENCES orders, what text); "
        "INSERT INTO notes SELECT id FROM orders");
    const CommandResult found = room.tripmig({"swap", "run", "orders"});
    CHECK(found.exit_code == 12);
    CHECK_MESSAGE(found.err.find("notes_order") != std::string::npos, found.err);
    CHECK(room.swap({"run", "orders", "--accept-changes"})["stage"] == "complete");
    CHECK(room.wrong_lines() == "0");
    CHECK(room.scalar("SELECT count(*) FROM lines WHERE order_at IS NULL") == "0");
    CHECK(room.scalar("SELECT count(*) FROM notes n JOIN orders o ON o.id = n.order_id AND o.at = n.order_at") ==
          "20000");
    // One that went since does not come back, and leaves nothing behind.
    room.database.exec("ALTER TABLE notes DROP CONSTRAINT notes_order");
    CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
    CHECK(room.left_overs() == "0");
    CHECK(room.scalar("SELECT string_agg(conname, ' ') FROM pg_constraint WHERE contype = 'f'") ==
          "lines_order_id_fkey");
}
