// An event trigger of a superuser's fires for all that is created here, and may change or refuse it.
#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

const char* const plain_orders = R"(
    CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp NOT NULL, note text);
    INSERT INTO orders SELECT g, (now() AT TIME ZONE 'utc') - g * interval '6 hours', 'x' FROM generate_series(1, 400) g;
)";

/// `body`: of the function, with r.object_identity for each table that CREATE TABLE made.
void add_event_trigger(const SwapFixture& room, const std::string& body) {
    Connection(room.database.superuser_url())
        .exec(
            "CREATE FUNCTION public.guard() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ DECLARE r "
            "record; BEGIN FOR r IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' "
            "AND "
            "schema_name = 'public' LOOP " +
            body +
            " END LOOP; END $$; CREATE EVENT TRIGGER watches ON ddl_command_end WHEN tag IN ('CREATE TABLE') "
            "EXECUTE FUNCTION public.guard()");
}

void drop_event_trigger(const SwapFixture& room) {
    Connection(room.database.superuser_url()).exec("DROP EVENT TRIGGER watches");
}

std::string tables_with_row_security(const SwapFixture& room) {
    return room.database.scalar(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND "
        "(relrowsecurity OR relforcerowsecurity)");
}

std::string partitions(const SwapFixture& room) {
    return room.database.scalar("SELECT count(*) FROM pg_inherits WHERE inhparent = 'orders'::regclass");
}

void check_refused(const CommandResult& result) {
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(result.err.find("event trigger watches (at ddl_command_end, function public.guard) does not allow it: no") !=
          std::string::npos);
    CHECK(result.err.find("ALTER EVENT TRIGGER watches DISABLE") != std::string::npos);
}

}  // namespace

TEST_CASE("row security that an event trigger switches on is off again: swap, maintain, split") {
    const SwapFixture room;
    room.database.exec(plain_orders);
    add_event_trigger(room,
                      "EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', "
                      "r.object_identity);");
    std::string strategy;
    SUBCASE("attach") {
        strategy = "attach";
    }
    SUBCASE("copy") {
        strategy = "copy";
    }
    const CommandResult plan = room.tripmig({"swap", "plan", "orders", "--strategy", strategy});
    CHECK_MESSAGE(plan.out.find("event trigger watches") != std::string::npos, plan.out);
    CHECK(plan.out.find("public.guard runs at ddl_command_end of CREATE TABLE") != std::string::npos);
    CHECK(room.swap({"run", "orders", "--strategy", strategy})["stage"] == "complete");
    CHECK(room.swap({"finish", "orders", "--yes"})["stage"] == "finished");
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "400");
    CHECK(tables_with_row_security(room) == "0");
    const CommandResult maintain = room.tripmig({"partition", "maintain", "--now", "2099-01-01"});
    CHECK_MESSAGE(maintain.exit_code == 0, maintain.err);
    CHECK(room.database.scalar("SELECT to_regclass('orders_2099_04') IS NOT NULL") == "t");
    CHECK(tables_with_row_security(room) == "0");
    if (strategy == "attach") {
        const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
        CHECK_MESSAGE(split.exit_code == 0, split.err);
        CHECK(tables_with_row_security(room) == "0");
    }
}

TEST_CASE("what an event trigger grants on the new table, or adds to it, stops the cut-over, which names it") {
    const SwapFixture room;
    room.database.exec(plain_orders);
    std::string difference;
    SUBCASE("a grant") {
        add_event_trigger(room, "EXECUTE format('GRANT SELECT ON %s TO PUBLIC', r.object_identity);");
        difference = "public.orders: granted: PUBLIC SELECT";
    }
    SUBCASE("a trigger") {
        room.database.exec(
            "CREATE FUNCTION noticed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$");
        add_event_trigger(room,
                          "EXECUTE format('CREATE TRIGGER audit AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION "
                          "public.noticed()', r.object_identity);");
        difference = "public.orders: trigger audit was added";
    }
    const CommandResult run = room.tripmig({"swap", "run", "orders"});
    CAPTURE(run.err);
    CHECK(run.exit_code == 12);
    CHECK(run.err.find(difference) != std::string::npos);
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "r");
    drop_event_trigger(room);
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
}

TEST_CASE("an error raised in an event trigger's function is a refusal that names it: swap, maintain, split, up") {
    const SwapFixture room;
    room.database.exec(plain_orders);
    const std::string refuse = "RAISE EXCEPTION 'no';";
    add_event_trigger(room, refuse);
    check_refused(room.tripmig({"swap", "run", "orders"}));
    CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
    check_refused(room.tripmig({"swap", "run", "orders", "--strategy", "copy"}));
    CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
    room.folder.write("migrations/V1__a.sql", "CREATE TABLE other (id int PRIMARY KEY);\n");
    check_refused(room.tripmig({"up"}));
    drop_event_trigger(room);
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
    CHECK(room.swap({"finish", "orders", "--yes"})["stage"] == "finished");
    Connection(room.database.superuser_url())
        .exec("CREATE EVENT TRIGGER watches ON ddl_command_end EXECUTE FUNCTION public.guard()");
    const std::string before = partitions(room);
    check_refused(room.tripmig({"partition", "maintain", "--now", "2099-01-01"}));
    CHECK(partitions(room) == before);
    check_refused(room.tripmig({"partition", "split", "orders_past"}));
    CHECK(partitions(room) == before);
}
