#include <doctest/doctest.h>

#include <csignal>
#include <random>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

const std::vector<std::string> run_copy{"swap", "run", "orders", "--strategy", "copy"};

/// How an undisturbed_copy copy of the same table ends.
const std::string& undisturbed_copy() {
    static const std::string dump = [] {
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        (void)room.swap({"run", "orders", "--strategy", "copy"});
        return room.dump();
    }();
    return dump;
}

}  // namespace

TEST_CASE("copy, killed as each step begins, then run again: the end is that of an undisturbed_copy run") {
    for (const std::string step :
         {"begin the copy", "capture the changes", "load the copy", "index the copy", "index public.tripmig_new_orders",
          "catch up public.orders", "verify public.orders", "ready for the cut-over", "cut over public.orders",
          "cut over: waited", "validate lines"}) {
        CAPTURE(step);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        const std::string rows = room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
        BackgroundCommand command = room.start(run_copy);
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.dump() == undisturbed_copy());
        CHECK(room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o") == rows);
        CHECK(room.tripmig({"swap", "verify", "orders"}).exit_code == 0);
    }
}

TEST_CASE("the way back of copy, killed as each step begins, then reverted again") {
    for (const std::string step : {"put public.orders back", "drop public.tripmig_reverted_orders", "validate lines"}) {
        CAPTURE(step);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        const std::string before = room.dump();
        (void)room.swap({"run", "orders", "--strategy", "copy"});
        room.database.exec("UPDATE orders SET note = 'since' WHERE id = 5");
        BackgroundCommand command = room.start({"swap", "revert", "orders"});
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        if (room.swap({"status", "orders"})["stage"] != "reverted")  // else it was quicker than the signal
            CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.dump() == before);
        CHECK(room.database.scalar("SELECT note FROM orders WHERE id = 5") == "since");
    }
}

TEST_CASE("copy under writers, killed at random moments, backends terminated") {
    const SwapFixture room;
    fill_for_writers(room);
    const std::string rest = untouched(room);
    Writers writers(room, 7);
    const Connection superuser(room.database.superuser_url());
    std::mt19937 random(20261123);
    for (int kills = 0; kills < 5; ++kills) {
        BackgroundCommand command = room.start(run_copy);
        // The moment itself is the input of this test: nothing is waited for.
        std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % 700));
        if (kills % 2 == 0)
            command.kill(SIGKILL);
        else
            superuser.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                           room.database.name() + "' AND application_name LIKE 'tripmig swap%'");
        (void)command.wait();
    }
    const CommandResult run = room.tripmig(run_copy);
    CHECK_MESSAGE(run.exit_code == 0, run.err);
    writers.stop();
    INFO(writers.failures());
    CHECK(writers.wrong_rows() == "0");
    CHECK(untouched(room) == rest);
}

TEST_CASE("copy on a full disk: the error names abort, and abort frees the space before it needs some") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    // As a leaf's index that cannot be written.
    room.database.exec(R"(
        CREATE FUNCTION no_space(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
            IF to_regclass('public.tripmig_new_orders') IS NOT NULL THEN
                RAISE 'could not extend file' USING ERRCODE = '53100';
            END IF;
            RETURN $1;
        END $$;
        CREATE INDEX orders_space ON orders (no_space(note));
        CREATE SEQUENCE tries)");
    const std::string before = room.dump();
    const CommandResult run = room.tripmig(run_copy);
    CHECK_MESSAGE(run.exit_code == 12, run.err);
    for (const std::string text :
         {"could not extend file", "its writers fail as well", "tripmig swap abort public.orders"})
        CHECK_MESSAGE(run.err.find(text) != std::string::npos, run.err);
    // A statement that writes a new row of the catalog finds no space either, once.
    const Connection superuser(room.database.superuser_url());
    superuser.exec(R"(
        CREATE FUNCTION public.no_space() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            IF nextval('public.tries') = 1 THEN
                RAISE 'could not extend file' USING ERRCODE = '53100';
            END IF;
        END $$;
        CREATE EVENT TRIGGER no_space ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION public.no_space())");
    CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
    CHECK(room.database.scalar("SELECT last_value > 1 FROM tries") == "t");
    superuser.exec("DROP EVENT TRIGGER no_space; DROP FUNCTION public.no_space()");
    CHECK(room.dump() == before);
}
