#include <doctest/doctest.h>

#include "swap_writers.hpp"

using namespace tripmig::test;

TEST_CASE("pause from another terminal holds the load, status says so, resume lets it go on") {
    const SwapRoom room;
    fill_for_writers(room);
    CHECK(room.tripmig({"swap", "pause", "orders"}).exit_code == 12);  // no job yet
    (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
    room.database.exec("INSERT INTO orders (note) VALUES ('waits in the log')");
    const auto paused = room.swap({"pause", "orders"});
    CHECK(paused["paused"] == true);
    CHECK(paused["backlog"] == 1);
    CHECK(paused["load"]["blocks_done"] == paused["load"]["blocks"]);
    BackgroundCommand command(tripmig_command({"swap", "cutover", "orders"}), room.surroundings());
    command.wait_for_text("paused");
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "r");
    CHECK(room.swap({"status", "orders"})["paused"] == true);
    CHECK(room.swap({"resume", "orders"})["paused"] == false);
    CHECK(command.wait().exit_code == 0);
    CHECK(room.swap({"status", "orders"})["stage"] == "complete");
    CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE note = 'waits in the log'") == "1");
}
