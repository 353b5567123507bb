#include <doctest/doctest.h>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

TEST_CASE("copy under writers of every kind: nothing lost, doubled, stale or raised from the dead") {
    const SwapFixture room;
    fill_for_writers(room);
    const std::string rest = untouched(room);
    Writers writers(room);
    const CommandResult run = room.tripmig({"swap", "run", "orders", "--strategy", "copy"});
    CHECK_MESSAGE(run.exit_code == 0, run.err);
    const int commits = writers.commits();
    CHECK(commits > 100);
    SUBCASE("and on") {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (writers.commits() < commits + 200 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        CHECK(writers.commits() >= commits + 200);
        const CommandResult verify = room.tripmig({"swap", "verify", "orders"});
        CHECK_MESSAGE(verify.exit_code == 0, verify.err);
    }
    SUBCASE("and back") {
        const CommandResult revert = room.tripmig({"swap", "revert", "orders"});
        CHECK_MESSAGE(revert.exit_code == 0, revert.err);
    }
    writers.stop();
    INFO(writers.failures());
    CHECK(writers.wrong_rows() == "0");
    CHECK(untouched(room) == rest);
}
