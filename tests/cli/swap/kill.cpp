#include <doctest/doctest.h>

#include <csignal>
#include <random>
#include <thread>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

/// How an undisturbed swap of the same table ends.
const std::string& undisturbed() {
    static const std::string dump = [] {
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        (void)room.swap({"run", "orders"});
        return room.dump();
    }();
    return dump;
}

void check_end(const SwapFixture& room) {
    CHECK(room.swap({"run", "orders"})["stage"] == "complete");
    CHECK(room.dump() == undisturbed());
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "20000");
    CHECK(room.differing_ids() == "0");
    // Nothing but the state itself is left in the state schema.
    CHECK(room.database.scalar(tables_of_work) == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_proc WHERE pronamespace = 'tripmig'::regnamespace") == "0");
}

}  // namespace

TEST_CASE("kill -9 as each step begins, then run again: the end is that of an undisturbed run") {
    int killed = 0;
    for (const std::string step :
         {"build unique index", "begin the registry", "load the registry", "index the registry",
          "ready for the cut-over", "add the range check", "validate the range check", "cut over public.orders",
          "cut over: waited", "created partition public.orders", "validate lines", "analyze public.orders"}) {
        CAPTURE(step);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        BackgroundCommand command = room.start({"swap", "run", "orders"});
        command.wait_for_text(step);
        command.kill(SIGKILL);
        const int exit_code = command.wait().exit_code;
        CHECK((exit_code == 128 + SIGKILL || exit_code == 0));  // 0: the last steps were quicker than the signal
        killed += exit_code == 0 ? 0 : 1;
        check_end(room);
    }
    CHECK(killed > 6);
}

TEST_CASE("kill -9 at random moments, again and again on the same job") {
    std::mt19937 random(20261123);
    for (int job = 0; job < 3; ++job) {
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        for (int kills = 0; kills < 5; ++kills) {
            const auto moment = std::chrono::milliseconds(5 + random() % 300);
            CAPTURE(moment.count());
            BackgroundCommand command = room.start({"swap", "run", "orders"});
            // The moment itself is the input of this test: nothing is waited for.
            std::this_thread::sleep_for(moment);
            command.kill(SIGKILL);
            (void)command.wait();
        }
        check_end(room);
    }
}

TEST_CASE("kill -9 of a revert, then revert again: the schema is that from before") {
    for (const std::string step : {"build the old primary key", "put public.orders back", "validate lines"}) {
        CAPTURE(step);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        const std::string before = room.dump();
        (void)room.swap({"run", "orders"});
        BackgroundCommand command = room.start({"swap", "revert", "orders"});
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        if (room.swap({"status", "orders"})["stage"] != "reverted")  // else it was quicker than the signal
            CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.dump() == before);
    }
}

TEST_CASE("a backend that is terminated is an error, not a crash, and the next run goes on") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const Connection superuser(room.database.superuser_url());
    for (const std::string step :
         {"build unique index", "load the registry", "validate the range check", "cut over public.orders"}) {
        CAPTURE(step);
        BackgroundCommand command = room.start({"swap", "run", "orders"});
        command.wait_for_text(step);
        superuser.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                       room.database.name() + "' AND application_name LIKE 'tripmig swap%'");
        const CommandResult result = command.wait();
        const int exit_code = result.exit_code;
        CHECK_MESSAGE((exit_code == 6 || exit_code == 0), result.err);
        if (exit_code == 6)
            CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig_bound%'") ==
                  "0");
    }
    check_end(room);
}

TEST_CASE("SIGINT and SIGTERM end a swap cleanly: no CHECK is left, and the next run goes on") {
    for (const int signal_number : {SIGINT, SIGTERM}) {
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        const Connection reader = room.database.connect();
        reader.exec("BEGIN; SELECT count(*) FROM lines");  // keeps the cut-over waiting, and nothing before it
        BackgroundCommand command = room.start({"swap", "run", "orders"});
        command.wait_for_text("cut over public.orders waits for");
        command.kill(signal_number);
        CHECK(command.wait().exit_code == 128 + signal_number);
        reader.exec("COMMIT");
        CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%'") == "0");
        check_end(room);
    }
}

TEST_CASE("two runs at once: one works, the other waits for run_lock_wait and says who does") {
    const SwapFixture room;
    room.folder.write("tripmig.toml", "[migrations]\nrun_lock_wait = \"300ms\"\n[swap]\ncutover_deadline = \"20s\"\n");
    room.database.exec(orders_and_lines);
    const Connection reader = room.database.connect();
    reader.exec("BEGIN; SELECT count(*) FROM lines");
    BackgroundCommand first = room.start({"swap", "run", "orders"});
    first.wait_for_text("cut over public.orders waits for");
    const CommandResult second = room.tripmig({"swap", "run", "orders"});
    CHECK(second.exit_code == 5);
    CHECK_MESSAGE(second.err.find("is held by tripmig swap") != std::string::npos, second.err);
    CHECK(room.swap({"status", "orders"})["stage"] == "range_checked");
    reader.exec("COMMIT");
    CHECK(first.wait().exit_code == 0);
    check_end(room);
}
