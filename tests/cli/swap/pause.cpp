#include <doctest/doctest.h>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

TEST_CASE("pause from another terminal holds the load, status says so, resume lets it go on") {
    const SwapFixture room;
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

TEST_CASE("the cut-over is postponed while a file is there, or until a time") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string postponed = "--postpone-cutover-until";
    CHECK(room.tripmig({"swap", "run", "orders", postponed, "nothing-of-that-name"}).exit_code == 2);
    const std::filesystem::path file = room.folder.write("not-yet", "");
    BackgroundCommand command(tripmig_command({"swap", "run", "orders", postponed, "not-yet"}), room.surroundings());
    command.wait_for_text("postponed until not-yet");
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "r");
    CHECK(room.swap({"status", "orders"})["stage"] == "ready");
    std::filesystem::remove(file);
    CHECK(command.wait().exit_code == 0);
    CHECK(room.swap({"status", "orders"})["stage"] == "complete");
    CHECK(room.tripmig({"swap", "run", "orders", postponed, "2020-01-01"}).exit_code == 0);
}
