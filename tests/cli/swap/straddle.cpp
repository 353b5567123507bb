// A transaction of one snapshot that began before a cut-over and touches the table only after it: its snapshot has the
// row, and not what the cut-over's last catch-up wrote about it into the registry.
#include <doctest/doctest.h>

#include <chrono>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

/// Lets the cut-over wait for a transaction that writes order 900001, and ends that: so the row is known to the last
/// catch-up only. What `statement` of a transaction that begins in this moment fails with: "" is success.
std::string straddle(const SwapFixture& room, const std::string& isolation, const std::string& statement) {
    (void)room.folder.write("tripmig.toml",
                            "[swap]\ncutover_deadline = \"30s\"\nlock_budget = \"10s\"\nblocker_age = \"1s\"\n");
    const Connection before = room.database.connect();
    const Connection writer = room.database.connect();
    const Connection straddler = room.database.connect();
    // In the way of the cut-over, of nothing before it; and older than blocker_age: the cut-over waits without a lock.
    // Leaping, it would hold off the writer meanwhile.
    before.exec("BEGIN; LOCK TABLE lines IN ROW EXCLUSIVE MODE; SELECT pg_sleep(1.1)");
    straddler.exec("BEGIN ISOLATION LEVEL " + isolation);
    BackgroundCommand run(tripmig_command({"swap", "run", "orders"}), room.surroundings());
    run.wait_for_text("cut over public.orders waits for");
    writer.exec("BEGIN; INSERT INTO orders (id, note) VALUES (900001, 'late')");
    before.exec("COMMIT");
    wait_until(room.database, "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'orders'::regclass AND NOT granted");
    writer.exec("COMMIT");
    std::string sqlstate = straddler.sqlstate_of(statement);  // its snapshot is from before it waits for the lock
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "p");
    straddler.exec("COMMIT");
    CHECK(run.wait(std::chrono::seconds(60)).exit_code == 0);
    return sqlstate;
}

void check_straddler(const std::string& statement) {
    for (const std::string isolation : {"REPEATABLE READ", "SERIALIZABLE", "READ COMMITTED"}) {
        CAPTURE(isolation);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        CHECK(straddle(room, isolation, statement) == (isolation == "READ COMMITTED" ? "" : "40001"));
        CHECK(room.differing_ids() == "0");
        CHECK(room.database.sqlstate_of("BEGIN ISOLATION LEVEL REPEATABLE READ; " + statement + "; COMMIT").empty());
        CHECK(room.differing_ids() == "0");
    }
}

}  // namespace

TEST_CASE(
    "a snapshot from before attach's cut-over deletes a row that the registry has since: 40001, not an id that stays") {
    check_straddler("DELETE FROM orders WHERE id = 900001");
}

TEST_CASE("it gives it another id: 40001, not two ids") {
    check_straddler("UPDATE orders SET id = id + 1 WHERE id = 900001");
}

TEST_CASE("it gives it another time, in the same leaf: 40001, not two times") {
    check_straddler("UPDATE orders SET at = at - interval '1 minute' WHERE id = 900001");
}
