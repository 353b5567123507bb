// Materialized views of the table: built anew beside, in the old one's place after the cut-over, and back.
#include <doctest/doctest.h>

#include <csignal>

#include "cli/swap/rich_table.hpp"

using namespace tripmig::test;

namespace {

const char* const matviews = R"(
    GRANT CREATE, USAGE ON SCHEMA public TO carry_owner;
    GRANT SELECT ON orders TO carry_owner;
    ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO carry_default;
    CREATE MATERIALIZED VIEW "Totals; it's" WITH (fillfactor = 70, autovacuum_enabled = off) AS
        SELECT at::date AS day, count(*) AS n, max(amount) AS most, string_agg(note, ', ' ORDER BY id) AS notes FROM orders GROUP BY 1;
    ALTER MATERIALIZED VIEW "Totals; it's" RENAME COLUMN notes TO "All Notes";
    ALTER MATERIALIZED VIEW "Totals; it's" ALTER day SET STATISTICS 321, ALTER n SET (n_distinct = 50), ALTER "All Notes" SET STORAGE external,
        ALTER "All Notes" SET COMPRESSION pglz;
    CREATE UNIQUE INDEX totals_day ON "Totals; it's" (day) WITH (fillfactor = 60);
    CREATE INDEX totals_most ON "Totals; it's" (most DESC, (n * 2)) WHERE n > 0;
    ALTER INDEX totals_most ALTER COLUMN 2 SET STATISTICS 200;
    ALTER MATERIALIZED VIEW "Totals; it's" CLUSTER ON totals_day;
    COMMENT ON MATERIALIZED VIEW "Totals; it's" IS 'by day; it''s';
    COMMENT ON COLUMN "Totals; it's".n IS 'how many';
    COMMENT ON INDEX totals_most IS 'the most';
    GRANT SELECT ON "Totals; it's" TO carry_reader WITH GRANT OPTION;
    GRANT SELECT (day, n) ON "Totals; it's" TO carry_writer;
    REVOKE ALL ON "Totals; it's" FROM carry_default;
    CREATE VIEW over_totals WITH (security_barrier = true) AS SELECT sum(n) AS n, max(most) AS most FROM "Totals; it's";
    GRANT SELECT ON over_totals TO carry_reader;
    COMMENT ON VIEW over_totals IS 'stands on it';
    CREATE VIEW beside AS SELECT o.id, t.n FROM orders o JOIN "Totals; it's" t ON t.day = o.at::date;
    CREATE MATERIALIZED VIEW of_another AS SELECT count(*) AS n, max(at) AS newest FROM orders;
    COMMENT ON MATERIALIZED VIEW of_another IS 'whose';
    ALTER MATERIALIZED VIEW of_another OWNER TO carry_owner;
    CREATE MATERIALIZED VIEW unfilled AS SELECT id FROM orders WHERE amount > 5 WITH NO DATA;
    CREATE INDEX unfilled_id ON unfilled (id);
    CREATE VIEW small AS SELECT id, amount FROM orders WHERE amount < 10;
    CREATE MATERIALIZED VIEW through_view AS SELECT count(*) AS n FROM small;
)";

struct MatviewCase : CarriedOrders {
    explicit MatviewCase(const std::string& what = "", const std::string& more = "")
        : CarriedOrders(what + matviews + more) {}
    /// Nothing is left under a name of the swap's.
    void check_clean() const {
        CHECK(scalar("SELECT coalesce(string_agg(relname, ' '), 'none') FROM pg_class WHERE relname ~ "
                     "'^tripmig_(new|former|reverted)'") == "none");
    }
    void check_swapped() const {
        CHECK(now() == catalog);
        check_clean();
    }
    void check_reverted() const {
        CHECK(room.dump() == dump);
        check_clean();
    }
};

/// REFRESH, by the session's role and by the owner's, sees what is written now: also into a leaf that came later.
void check_refresh(const MatviewCase& test) {
    const std::string before = test.scalar("SELECT n FROM over_totals");
    test.room.database.exec("INSERT INTO orders (at, amount) VALUES (now() + interval '20 days', 77777), (now(), 3)");
    CHECK(test.scalar("SELECT n FROM over_totals") == before);
    test.room.database.exec("REFRESH MATERIALIZED VIEW CONCURRENTLY \"Totals; it's\"");
    test.room.database.exec("REFRESH MATERIALIZED VIEW of_another; REFRESH MATERIALIZED VIEW through_view");
    const std::string rows = test.scalar("SELECT count(*) FROM orders");
    CHECK(test.scalar("SELECT n || ' ' || most FROM over_totals") == rows + " 77777");
    CHECK(test.scalar("SELECT n FROM of_another") == rows);
    CHECK(test.scalar("SELECT newest > now() FROM of_another") == "t");
    CHECK(test.scalar("SELECT (SELECT n FROM through_view) = (SELECT count(*) FROM small)") == "t");
    CHECK(test.scalar("SELECT max(n) = (SELECT max(n) FROM \"Totals; it's\") FROM beside") == "t");
    CHECK(test.room.database.connect().sqlstate_of("SELECT * FROM unfilled") == "55000");
    test.room.database.exec("DELETE FROM orders WHERE at > now() + interval '10 days'");
}

}  // namespace

TEST_CASE("materialized views come along and back") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const MatviewCase test;
        const std::string rows =
            test.scalar("SELECT md5(string_agg(t::text, ',' ORDER BY day)) FROM \"Totals; it's\" t");
        CHECK(test.room.swap({"run", "orders", "--strategy", strategy})["stage"] == "complete");
        test.check_swapped();
        CHECK(test.scalar("SELECT md5(string_agg(t::text, ',' ORDER BY day)) FROM \"Totals; it's\" t") == rows);
        CHECK(test.scalar(
                  "SELECT string_agg(relname || relispopulated, ' ' ORDER BY relname) FROM pg_class WHERE relkind "
                  "= 'm'") == "Totals; it'strue of_anothertrue through_viewtrue unfilledfalse");
        check_refresh(test);
        CHECK(test.room.swap({"revert", "orders"})["stage"] == "reverted");
        test.check_reverted();
        check_refresh(test);
    }
}

TEST_CASE("materialized views of an empty table") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const MatviewCase test("TRUNCATE orders, lines;");
        CHECK(test.room.swap({"run", "orders", "--strategy", strategy})["stage"] == "complete");
        test.check_swapped();
        CHECK(test.scalar("SELECT count(*) FROM pg_class WHERE relname ~ '^orders_(past|before)'") == "0");
        check_refresh(test);
    }
}

TEST_CASE("of a copy that is finished: nothing reads the old table any more") {
    const MatviewCase test;
    (void)test.room.swap({"run", "orders", "--strategy", "copy"});
    (void)test.room.swap({"finish", "orders", "--yes"});
    CHECK(test.scalar("SELECT count(*) FROM pg_class WHERE relname = 'orders_before'") == "0");
    test.check_swapped();
    check_refresh(test);
}

TEST_CASE("the end of the process, or of its backend, again and again: run again") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const MatviewCase test;
        const Connection superuser(test.room.database.superuser_url());
        bool is_killed = false;
        std::vector<const char*> steps{"rebuild materialized view", "put materialized view",
                                       "rebuild materialized view", "put materialized view"};
        if (strategy == std::string("attach"))
            steps.push_back("analyze public.orders");  // a copy is analyzed before its cut-over
        for (const char* const step : steps) {
            CAPTURE(step);
            BackgroundCommand command(tripmig_command({"swap", "run", "orders", "--strategy", strategy}),
                                      test.room.surroundings());
            command.wait_for_text(step);
            is_killed = !is_killed;
            if (is_killed)
                command.kill(SIGKILL);
            else
                superuser.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                               test.room.database.name() + "' AND application_name LIKE 'tripmig swap%'");
            (void)command.wait();
        }
        CHECK(test.room.swap({"run", "orders", "--strategy", strategy})["stage"] == "complete");
        test.check_swapped();
    }
}

TEST_CASE("killed between build and exchange, and reverted from there") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const MatviewCase test;
        const Connection reader = test.room.database.connect();
        reader.exec("BEGIN; SELECT * FROM over_totals");
        BackgroundCommand command(tripmig_command({"swap", "run", "orders", "--strategy", strategy}),
                                  test.room.surroundings());
        // The reader keeps the exchange waiting, and nothing before it: the build is committed.
        command.wait_for_text("put materialized view public.\"Totals; it's\" in its place waits for");
        command.kill(SIGKILL);
        (void)command.wait();
        CHECK(test.scalar("SELECT count(*) FROM pg_class WHERE relname = 'tripmig_new_Totals; it''s'") == "1");
        reader.exec("COMMIT");
        CHECK(test.room.swap({"status", "orders"})["stage"] == "cut_over");
        CHECK(test.room.swap({"revert", "orders"})["stage"] == "reverted");
        test.check_reverted();
        check_refresh(test);
    }
}

TEST_CASE("a revert that is killed goes on where it was") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const MatviewCase test;
        (void)test.room.swap({"run", "orders", "--strategy", strategy});
        for (const char* const step : {"put public.orders back", "rebuild materialized view", "put materialized view",
                                       "drop public.tripmig_reverted_orders"}) {
            CAPTURE(step);
            BackgroundCommand command(tripmig_command({"swap", "revert", "orders"}), test.room.surroundings());
            command.wait_for_text(step);
            command.kill(SIGKILL);
            (void)command.wait();
        }
        if (test.room.swap({"status", "orders"})["stage"] != "reverted")  // else it was quicker than the signal
            CHECK(test.room.swap({"revert", "orders"})["stage"] == "reverted");
        test.check_reverted();
    }
}

TEST_CASE("one that cannot be rebuilt: named, the others come along, and the same command goes on") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const MatviewCase test(
            "",
            "CREATE MATERIALIZED VIEW quotient AS SELECT sum(1000 / (amount - 30000)) AS n FROM orders; CREATE TABLE "
            "rates AS SELECT 1 AS rate; CREATE MATERIALIZED VIEW rated AS SELECT count(*) * max(rate) AS n FROM "
            "orders, rates; GRANT SELECT ON rates TO carry_owner; ALTER MATERIALIZED VIEW rated OWNER TO carry_owner;");
        const std::string quotient = test.scalar("SELECT n FROM quotient");
        const auto fails = [&](const std::string& command, int exit_code, const std::string& text) {
            const CommandResult result = test.room.tripmig({"swap", command, "orders"});
            CHECK(result.exit_code == exit_code);
            CHECK_MESSAGE(result.err.find(text) != std::string::npos, result.err);
            CHECK_MESSAGE(result.err.find("run the same command again") != std::string::npos, result.err);
        };
        const std::string no_number = "materialized view public.quotient cannot be rebuilt: division by zero";
        const std::string no_right =
            "materialized view public.rated cannot be rebuilt: permission denied for table rates";
        test.room.database.exec(
            "UPDATE orders SET amount = 30000 WHERE id = 7; REVOKE SELECT ON rates FROM carry_owner");
        test.room.folder.write("partitions/orders.toml",
                               "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 2\n"
                               "[swap]\nincoming_foreign_keys = \"registry\"\nstrategy = \"" +
                                   std::string(strategy) + "\"\n");
        fails("run", 12, no_number);
        fails("run", 12, no_right);  // as a warning, beside the first
        CHECK(test.room.swap({"status", "orders"})["stage"] == "cut_over");
        CHECK(test.scalar("SELECT n FROM quotient") == quotient);
        check_refresh(test);
        test.room.database.exec("UPDATE orders SET amount = 8 WHERE id = 7");
        fails("run", 13, no_right);
        CHECK(test.room.tripmig({"swap", "finish", "orders", "--yes"}).exit_code == 12);
        test.room.database.exec("GRANT SELECT ON rates TO carry_owner");
        CHECK(test.room.swap({"run", "orders"})["stage"] == "complete");
        test.check_swapped();
        test.room.database.exec("UPDATE orders SET amount = 30000 WHERE id = 7");
        fails("revert", 12, no_number);
        CHECK(test.room.swap({"status", "orders"})["stage"] == "reverting");
        fails("revert", 12, no_number);
        test.room.database.exec("UPDATE orders SET amount = 8 WHERE id = 7");
        CHECK(test.room.swap({"revert", "orders"})["stage"] == "reverted");
        test.check_reverted();
        check_refresh(test);
    }
}

TEST_CASE("dropped or altered while it is carried") {
    const MatviewCase test;
    const Connection reader = test.room.database.connect();
    reader.exec("BEGIN; SELECT * FROM over_totals");
    BackgroundCommand command(tripmig_command({"swap", "run", "orders"}), test.room.surroundings());
    command.wait_for_text("put materialized view public.\"Totals; it's\" in its place waits for");
    SUBCASE("a right more: it is built anew") {
        test.room.database.exec("GRANT SELECT (most) ON \"Totals; it's\" TO carry_writer");
        reader.exec("COMMIT");
        CHECK(command.wait().exit_code == 0);
        CHECK(test.scalar("SELECT has_column_privilege('carry_writer', '\"Totals; it''s\"', 'most', 'SELECT')") == "t");
    }
    SUBCASE("dropped by its owner: nothing of it is left") {
        command.kill(SIGKILL);
        (void)command.wait();
        reader.exec("COMMIT");
        test.room.database.exec("DROP MATERIALIZED VIEW \"Totals; it's\" CASCADE");
        CHECK(test.room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(test.scalar("SELECT count(*) FROM pg_matviews WHERE matviewname ~ 'Totals'") == "0");
    }
    test.check_clean();
}

TEST_CASE("what stands on a materialized view is refused by name") {
    const MatviewCase test(

        "CREATE TABLE tripmig_new_unfilled (n int);");
    test.room.database.exec(R"(
        CREATE MATERIALIZED VIEW stands AS SELECT n FROM of_another;
        CREATE STATISTICS together ON day, n FROM "Totals; it's";
        CREATE FUNCTION one() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT n FROM of_another; END;
        CREATE VIEW whole AS SELECT t FROM "Totals; it's" t;
        REVOKE CREATE ON SCHEMA public FROM carry_owner;)");
    const CommandResult refused = test.room.tripmig({"swap", "run", "orders"});
    CHECK(refused.exit_code != 0);
    for (const char* const told :
         {"materialized view public.of_another: must be rebuilt, and function public.one(), materialized",
          "view public.stands depends on it", "statistics object public.together", "column t of view public.whole",
          "materialized view public.unfilled: is rebuilt under a temporary name that is taken: tripmig_new_unfilled"})
        CHECK_MESSAGE(refused.err.find(told) != std::string::npos, refused.err);
    // Before PostgreSQL 15 everybody may create in public.
    const bool may_create =
        test.room.database.scalar("SELECT has_schema_privilege('carry_owner', 'public', 'CREATE')") == "t";
    const char* const told =
        "materialized view public.of_another: the role or the view's owner may not create in schema public";
    CHECK_MESSAGE((refused.err.find(told) == std::string::npos) == may_create, refused.err);
}

TEST_CASE("a materialized view that comes or goes meanwhile is found before the cut-over") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const MatviewCase test;
        (void)test.room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
        const std::vector<std::string> command{"swap", "cutover", "orders", "--strategy", strategy};
        test.room.database.exec("CREATE MATERIALIZED VIEW more AS SELECT max(id) AS id FROM orders");
        const CommandResult refused = test.room.tripmig(command);
        CHECK(refused.exit_code == 12);
        CHECK_MESSAGE(refused.err.find("new: materialized view public.more") != std::string::npos, refused.err);
        std::vector<std::string> accepting = command;
        accepting.emplace_back("--accept-changes");
        CHECK(test.room.tripmig(accepting).exit_code == 0);
        test.room.database.exec("INSERT INTO orders (amount) VALUES (1); REFRESH MATERIALIZED VIEW more");
        CHECK(test.scalar("SELECT id = (SELECT max(id) FROM orders) FROM more") == "t");
    }
}
