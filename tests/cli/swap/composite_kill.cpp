// The policy `composite`, killed at each step, there and back.
#include <doctest/doctest.h>

#include <csignal>

#include "cli/swap/composite_fixture.hpp"

using namespace tripmig::test;

namespace {

/// Enough for some chunks.
void fill(const SwapFixture& room) {
    std::string sql = orders_and_lines;
    const std::string all = "20000";
    room.database.exec(sql.replace(sql.find(all), all.size(), "6000"));
}

/// How an undisturbed swap of the same table ends.
std::string undisturbed(const std::string& strategy) {
    static std::map<std::string, std::string> dumps;
    std::string& dump = dumps[strategy];
    if (dump.empty()) {
        const CompositeFixture room(strategy);
        fill(room);
        (void)room.swap({"run", "orders"});
        dump = room.dump();
    }
    return dump;
}

}  // namespace

TEST_CASE("composite, killed as each step begins, then run again: the end is that of an undisturbed run") {
    // What is the same for both strategies is killed in one of them.
    const std::vector<std::pair<std::string, std::string>> kills{
        {"attach", "build unique index"},     {"attach", "add column order_at to public.lines"},
        {"copy", "fill column order_at of"},  {"attach", "validate column order_at of"},
        {"attach", "cut over public.orders"}, {"copy", "cut over public.orders"},
        {"attach", "validate lines_order_id"}};
    for (const std::pair<std::string, std::string>& kill : kills) {
        const std::string& strategy = kill.first;
        const std::string& step = kill.second;
        CAPTURE(strategy);
        CAPTURE(step);
        const CompositeFixture room(strategy);
        fill(room);
        BackgroundCommand command = room.start({"swap", "run", "orders"});
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.wrong_lines() == "0");
        CHECK(room.scalar("SELECT count(order_at) FROM lines") == "3000");
        CHECK(room.dump() == undisturbed(strategy));
    }
}

TEST_CASE("composite, the way back killed, given up after a kill: all that was added is gone") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const CompositeFixture room(strategy);
        fill(room);
        const std::string before = room.dump();
        for (const std::string step :
             {"add column order_at to public.lines", "fill column order_at of", "ready for the cut-over"}) {
            CAPTURE(step);
            BackgroundCommand command = room.start({"swap", "run", "orders", "--until", "ready"});
            command.wait_for_text(step);
            command.kill(SIGKILL);
            (void)command.wait();
            BackgroundCommand abort = room.start({"swap", "abort", "orders"});
            abort.wait_for_text("drop the columns");
            abort.kill(SIGKILL);
            (void)abort.wait();
            if (room.swap({"status", "orders"})["stage"] != "aborted")
                CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
            CHECK(room.dump() == before);
        }
        (void)room.swap({"run", "orders"});
        for (const std::string step : {"put public.orders back", "validate lines"}) {
            BackgroundCommand command = room.start({"swap", "revert", "orders"});
            command.wait_for_text(step);
            command.kill(SIGKILL);
            (void)command.wait();
            if (room.swap({"status", "orders"})["stage"] == "reverted")
                break;
        }
        if (room.swap({"status", "orders"})["stage"] != "reverted")
            CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.dump() == before);
    }
}
