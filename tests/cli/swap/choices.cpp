// Every choice is in the job: later commands need no flags and no policy, and what contradicts the job is refused.
#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

const std::string no_policy = "table = \"public.others\"\nkey = \"at\"\ninterval = \"1 month\"\n";

/// What `swap run` is told at the beginning, and never again.
std::vector<std::string> begin(const std::string& strategy) {
    return {"swap",     "run",
            "orders",   "--key",
            "at",       "--interval",
            "1 month",  "--until",
            "ready",    "--strategy",
            strategy,   "--incoming-foreign-keys",
            "registry", "--unique-indexes",
            "leaf"};
}

}  // namespace

TEST_CASE("a job that was begun with flags: verify, status, cutover, run, revert and finish need none") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        room.folder.write("partitions/orders.toml", no_policy);
        room.database.exec(orders_and_lines);
        room.database.exec("CREATE UNIQUE INDEX orders_amount ON orders (amount)");
        const CommandResult begun = room.tripmig(begin(strategy));
        REQUIRE_MESSAGE(begun.exit_code == 0, begun.err);
        for (const auto& [flag, value, had] : std::vector<std::tuple<std::string, std::string, std::string>>{
                 {"--strategy", strategy == "copy" ? "attach" : "copy", strategy},
                 {"--interval", "1 day", "1 month"},
                 {"--key", "id", "at"},
                 {"--incoming-foreign-keys", "drop", "registry"},
                 {"--unique-indexes", "key", "leaf"}}) {
            const CommandResult refused = room.tripmig({"swap", "cutover", "orders", flag, value});
            CHECK(refused.exit_code == 12);
            CHECK_MESSAGE(refused.err.find(flag + " says ") != std::string::npos, refused.err);
            CHECK_MESSAGE(refused.err.find("\"" + value + "\"") != std::string::npos, refused.err);
            CHECK_MESSAGE(refused.err.find("began with \"" + had + "\"") != std::string::npos, refused.err);
        }
        (void)room.swap({"status", "orders"});
        (void)room.swap({"verify", "orders"});
        CHECK(room.swap({"cutover", "orders"})["stage"] == "complete");
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.database.scalar("SELECT to_regclass('orders_ids') IS NOT NULL") == "t");
        CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        // The next job chooses again.
        CHECK(room.tripmig({"swap", "run", "orders"}).exit_code == 2);
        const CommandResult again = room.tripmig(begin(strategy));
        REQUIRE_MESSAGE(again.exit_code == 0, again.err);
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.swap({"finish", "orders", "--yes"})["stage"] == "finished");
    }
}

TEST_CASE("a policy file that was changed since is refused with both values; one that a flag won over is not") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string policy = "table = \"public.orders\"\nkey = \"at\"\npremake = 3\n";
    room.folder.write("partitions/orders.toml", policy + "interval = \"1 month\"\n[swap]\nstrategy = \"attach\"\n");
    (void)room.swap({"run", "orders", "--strategy", "copy", "--incoming-foreign-keys", "registry", "--until", "ready"});
    room.folder.write("partitions/orders.toml", policy + "interval = \"7 days\"\n[swap]\nstrategy = \"attach\"\n");
    const CommandResult refused = room.tripmig({"swap", "cutover", "orders"});
    CHECK(refused.exit_code == 12);
    CHECK_MESSAGE(refused.err.find("orders.toml says interval = \"7 days\"") != std::string::npos, refused.err);
    CHECK_MESSAGE(refused.err.find("began with \"1 month\"") != std::string::npos, refused.err);
    room.folder.write("partitions/orders.toml", policy + "interval = \"1 month\"\n[swap]\nstrategy = \"attach\"\n");
    CHECK(room.swap({"cutover", "orders"})["strategy"] == "copy");
}

TEST_CASE("partition split: another interval than it began with is refused") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders"});
    (void)room.swap({"finish", "orders", "--yes"});
    REQUIRE(
        room.tripmig({"partition", "split", "orders_past", "--interval", "1 month", "--until", "ready"}).exit_code ==
        0);
    const CommandResult refused = room.tripmig({"partition", "split", "orders_past", "--interval", "7 days"});
    CHECK(refused.exit_code == 12);
    CHECK_MESSAGE(refused.err.find("--interval says interval = \"7 days\"") != std::string::npos, refused.err);
    CHECK(room.tripmig({"partition", "split", "orders_past"}).exit_code == 0);
}

TEST_CASE("functions of a registry whose table was dropped: the plan says so, and they are taken over") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        (void)room.swap({"run", "orders"});
        (void)room.swap({"finish", "orders", "--yes"});
        room.database.exec("DROP TABLE lines, orders, orders_ids CASCADE");
        room.database.exec(orders_and_lines);
        CHECK(room.database.scalar("SELECT count(*) FROM pg_proc WHERE proname LIKE 'orders_ids_%'") == "3");
        const CommandResult plan = room.tripmig({"swap", "plan", "orders"});
        CHECK_MESSAGE(plan.exit_code == 0, plan.out);
        CHECK_MESSAGE(plan.out.find("is left over from the registry of a dropped table") != std::string::npos,
                      plan.out);
        CHECK(room.swap({"run", "orders", "--strategy", strategy})["stage"] == "complete");
        CHECK(room.differing_ids() == "0");
    }
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("CREATE FUNCTION orders_ids_keep() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    const CommandResult plan = room.tripmig({"swap", "plan", "orders"});
    CHECK(plan.exit_code == 12);
    CHECK_MESSAGE(plan.out.find("orders_ids_keep()") != std::string::npos, plan.out);
}

TEST_CASE("hourly partitions and a margin of less than a day: the cut that is chosen can be reached") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.folder.write("tripmig.toml", "[swap]\nmargin = \"1h\"\ncutover_deadline = \"20s\"\n");
    room.folder.write("partitions/orders.toml", no_policy);
    const CommandResult done = room.tripmig(
        {"swap", "run", "orders", "--key", "at", "--interval", "1 hour", "--incoming-foreign-keys", "registry"});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(done.err.find("the boundary is now") == std::string::npos);
}
