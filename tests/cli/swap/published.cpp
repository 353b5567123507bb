// Under a publication of all tables PostgreSQL refuses UPDATE and DELETE of every table without a replica identity:
// the log, the copy's leaves before they are indexed, the registry.
#include <doctest/doctest.h>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

/// `of_schema`: that of the schema alone, which PostgreSQL 14 does not have.
void publish_everything(const SwapFixture& room, bool of_schema = false) {
    const bool can = std::stoi(room.database.scalar("SHOW server_version_num")) >= 150000;
    const Connection superuser(room.database.superuser_url());
    superuser.exec(std::string("CREATE PUBLICATION feed FOR ") +
                   (of_schema && can ? "TABLES IN SCHEMA public" : "ALL TABLES") +
                   " WITH (publish_via_partition_root = true)");
}

/// The identities of the table's leaves, or its own while it has none.
std::string identities(const SwapFixture& room, const std::string& table) {
    return room.database.scalar(
        "SELECT string_agg(DISTINCT relreplident::text, ',') FROM pg_class WHERE relkind = 'r' AND (oid = '" + table +
        "'::regclass OR oid IN (SELECT relid FROM pg_partition_tree('" + table + "')))");
}

void check_writers(Writers& writers) {
    writers.stop();
    const std::string failures = writers.failures();
    CHECK_MESSAGE(failures.find("55000") == std::string::npos, failures);
    CHECK(writers.commits() > 50);
    CHECK(writers.wrong_rows() == "0");
}

}  // namespace

TEST_CASE("a publication whose list of columns lacks the key is refused, with the statement that helps") {
    const SwapFixture room;
    if (std::stoi(room.database.scalar("SHOW server_version_num")) < 150000)
        return;  // no lists of columns
    room.database.exec(orders_and_lines);
    const Connection superuser(room.database.superuser_url());
    superuser.exec(
        "CREATE PUBLICATION feed FOR TABLE public.orders (id, note) WITH (publish_via_partition_root = true);"
        "ALTER PUBLICATION feed OWNER TO " +
        room.database.scalar("SELECT quote_ident(current_user)"));
    const CommandResult plan = room.tripmig({"swap", "plan", "orders"});
    CAPTURE(plan.out);
    CHECK(plan.exit_code == 12);
    CHECK(plan.out.find("logical consumers get another key") != std::string::npos);
    CHECK(plan.out.find("the replica identity will be (id, at)") != std::string::npos);
    const CommandResult run = room.tripmig({"swap", "run", "orders"});
    CHECK(run.exit_code == 12);
    const std::string begin = "BEGIN; ALTER PUBLICATION feed";
    const std::size_t at = run.err.find(begin);
    REQUIRE_MESSAGE(at != std::string::npos, run.err);
    room.database.exec(run.err.substr(at, run.err.find("COMMIT", at) + 6 - at));
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
    room.database.exec("UPDATE orders SET note = 'q' WHERE id = 5; DELETE FROM orders WHERE id = 7");
}

TEST_CASE("copy under a publication of all tables, with writers, and back") {
    const SwapFixture room;
    fill_for_writers(room);
    std::string identity = "d";
    SUBCASE("by the primary key") {
    }
    SUBCASE("by an index") {
        room.database.exec(
            "CREATE UNIQUE INDEX orders_told ON orders (at, id); ALTER TABLE orders REPLICA IDENTITY USING INDEX "
            "orders_told");
        identity = "i";
    }
    bool of_schema = false;
    SUBCASE("of the schema") {
        of_schema = true;
    }
    publish_everything(room, of_schema);
    const std::string rest = untouched(room);
    const std::string before = room.dump({"public.journal*", "public.counted"});
    Writers writers(room);
    const CommandResult ready = room.tripmig({"swap", "run", "orders", "--strategy", "copy", "--until", "ready"});
    REQUIRE_MESSAGE(ready.exit_code == 0, ready.err);
    CHECK_MESSAGE(ready.err.find("publication feed: publishes every table") != std::string::npos, ready.err);
    // A month that has no leaf yet: the catch-up makes one.
    room.database.exec(
        "INSERT INTO orders (id, at) VALUES (900001, '2030-06-01'); DELETE FROM orders WHERE id = 15500");
    const std::string with_it = untouched(room);
    CHECK(with_it != rest);
    const CommandResult run = room.tripmig({"swap", "run", "orders"});
    REQUIRE_MESSAGE(run.exit_code == 0, run.err);
    CHECK(identities(room, "orders") == identity);
    CHECK(room.database.scalar("SELECT to_regclass('orders_2030_06') IS NOT NULL") == "t");
    CHECK(identities(room, "orders_ids") == "d");
    CHECK(room.database.sqlstate_of("DELETE FROM orders WHERE id = 15501").empty());
    const CommandResult revert = room.tripmig({"swap", "revert", "orders"});
    CHECK_MESSAGE(revert.exit_code == 0, revert.err);
    check_writers(writers);
    CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE id IN (15500, 15501, 900001)") == "1");
    CHECK(room.dump({"public.journal*", "public.counted"}) == before);
    CHECK(identities(room, "orders") == identity);
}

TEST_CASE("attach with a registry, then split, under a publication of all tables or of the schema, with writers") {
    const SwapFixture room;
    fill_for_writers(room);
    bool of_schema = false;
    SUBCASE("of all tables") {
    }
    SUBCASE("of the schema") {
        of_schema = true;
    }
    publish_everything(room, of_schema);
    const std::string rest = untouched(room);
    Writers writers(room, 2);
    (void)room.swap({"run", "orders"});
    CHECK(identities(room, "orders") == "d");
    CHECK(identities(room, "orders_ids") == "d");
    (void)room.swap({"finish", "orders", "--yes"});
    const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
    CHECK_MESSAGE(split.exit_code == 0, split.err);
    check_writers(writers);
    CHECK(identities(room, "orders") == "d");
    CHECK(untouched(room) == rest);
    CHECK(room.database.scalar("SELECT count(*) FROM pg_publication_tables WHERE tablename ~ '^orders_20'") == "0");
}

TEST_CASE("rows that nothing identifies: refused under a publication of all tables, with the way out") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("ALTER TABLE orders REPLICA IDENTITY NOTHING");
    publish_everything(room);
    const CommandResult refused = room.tripmig({"swap", "run", "orders", "--strategy", "copy"});
    CHECK(refused.exit_code == 12);
    CHECK(refused.err.find("REPLICA IDENTITY FULL") != std::string::npos);
    CHECK(room.tripmig({"swap", "run", "orders"}).exit_code == 0);  // attach writes no rows but the registry's
}

TEST_CASE("a subscriber of a publication FOR TABLE has every row, whatever the swap does") {
    const SwapFixture room;  // its policies; the server is another one, which decodes its WAL
    const char* const script = R"sh(set -eu
        run() { psql -Xqt -v ON_ERROR_STOP=1 "$@"; }
        super=$TRIPMIG_SANDBOX_SUPERUSER_URL
        main=$(run "$super" -c 'SELECT current_database()' | tr -d ' \n')
        other=$(printf %s "$super" | sed "s,/$main,/follower,")
        table='CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp NOT NULL DEFAULT now(), note text)'
        run -c "$table" -c "INSERT INTO orders SELECT g, now() - g * interval '1 hour', 'n' FROM generate_series(1, 3000) g"
        run -c 'CREATE PUBLICATION feed FOR TABLE orders WITH (publish_via_partition_root = true)'
        run "$super" -c 'CREATE DATABASE follower' -c "SELECT pg_create_logical_replication_slot('follower', 'pgoutput')" >/dev/null
        run "$other" -c "$table" -c "CREATE SUBSCRIPTION follower CONNECTION '$super' PUBLICATION feed WITH (create_slot = false, slot_name = follower)"
        "$TRIPMIG_BINARY" swap run orders --strategy copy --until ready
        run -c "UPDATE orders SET note = 'before' WHERE id < 100; DELETE FROM orders WHERE id = 100"
        "$TRIPMIG_BINARY" swap run orders
        run -c "UPDATE orders SET note = 'after' WHERE id < 50; DELETE FROM orders WHERE id = 50; INSERT INTO orders VALUES (9001, now(), 'new')"
        "$TRIPMIG_BINARY" swap revert orders
        run -c "UPDATE orders SET note = 'back' WHERE id < 20"
        rows="SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o"
        want=$(run -c "$rows")
        for i in $(seq 200); do
            got=$(run "$other" -c "$rows")
            [ "$got" = "$want" ] && break
            run "$super" -c 'SELECT pg_sleep(0.1)' >/dev/null
        done
        run "$other" -c 'ALTER SUBSCRIPTION follower DISABLE' -c 'ALTER SUBSCRIPTION follower SET (slot_name = NONE)' -c 'DROP SUBSCRIPTION follower'
        [ "$got" = "$want" ] && echo same)sh";
    Surroundings around = room.surroundings();
    around.environment.clear();
    const CommandResult result = run_command(
        tripmig_command({"sandbox", "run", "--setting", "wal_level=logical", "--", "sh", "-c", script}), around);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.out.find("same\n") != std::string::npos);
}
