#include "db/executor.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include "scripted_connection.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace chr = std::chrono;
using namespace std::chrono_literals;

namespace {

const std::string work = "UPDATE t SET x = 1";

Step step(const std::string& sql = work) {
    Step made;
    made.sql = sql;
    return made;
}

Unit unit_of(std::vector<Step> steps) {
    Unit unit;
    unit.name = "the unit";
    unit.steps = std::move(steps);
    return unit;
}

/// As migrations run theirs.
Unit users_unit(std::vector<Step> steps) {
    Unit unit = unit_of(std::move(steps));
    unit.user_sql = true;
    return unit;
}

struct Bench {
    HandClock clock;
    Events events;
    StopSignal stop;
    ScriptedConnection server;
    db::LockPolicy policy{500ms, 5s, 7s, 1h};

    db::UnitOutcome run(const Unit& unit) { return executor().run(unit); }
    db::Executor executor() { return {server, policy, events, clock, stop}; }

    /// The server ends the unit's own statement that way, so often, each after so long.
    void fails(const std::string& sqlstate, int times, chr::milliseconds after = 500ms) {
        server.answer = [=, this, left = times](const std::string& sql) mutable {
            if (sql != work || left-- <= 0)
                return db::Result();
            clock.pass(after);
            throw server_says(sqlstate);
        };
    }
};

constexpr int for_ever = 1'000'000;

}  // namespace

TEST_CASE("a lock timeout is tried again, with longer and longer pauses, until the deadline") {
    Bench bench;
    bench.fails("55P03", for_ever);
    try {
        bench.run(unit_of({step()}));
        FAIL("it can't succeed");
    } catch (const db::LockTimeout& timeout) {
        CHECK(timeout.code() == ExitCode::lock_deadline);
        CHECK(timeout.sqlstate() == "55P03");
        CHECK(timeout.detail() == "the server's words");
        CHECK(timeout.blockers().empty());
        const auto attempts = bench.server.count(work);
        CHECK(timeout.message() == "the unit: no lock within 5 s in " + std::to_string(attempts) + " attempts");
        CHECK(bench.server.count("BEGIN") == attempts);
        CHECK(bench.server.count("ROLLBACK") == attempts);
        CHECK(bench.server.sent.back() == "ROLLBACK");
        REQUIRE(bench.clock.pauses.size() + 1 == static_cast<std::size_t>(attempts));
        CHECK(bench.events.of_kind("lock.retry").size() == bench.clock.pauses.size());
    }
    auto usual = 50ms;
    for (const chr::milliseconds pause : bench.clock.pauses) {
        CHECK(pause >= usual / 2);
        CHECK(pause <= usual * 3 / 2);
        usual = std::min<chr::milliseconds>(usual * 2, 2000ms);
    }
    CHECK(bench.clock.now() >= Instant(5s));
    CHECK(bench.clock.now() < Instant(9s));  // one attempt and the longest pause behind it
}

TEST_CASE("a unit that gets its lock in the end says how long it took") {
    for (const std::string state : {"55P03", "40P01", "40001"}) {
        CAPTURE(state);
        Bench bench;
        bench.fails(state, 2);
        int retries = 0;
        db::Executor executor = bench.executor();
        executor.set_before_retry([&] { ++retries; });
        const db::UnitOutcome outcome = executor.run(unit_of({step()}));
        CHECK(outcome.attempts == 3);
        CHECK(outcome.waited == 1000ms + bench.clock.pauses.at(0) + bench.clock.pauses.at(1));
        CHECK(retries == 2);
        CHECK(bench.server.sent.back() == "COMMIT");
    }
}

TEST_CASE("what another try would not help is not tried again: a statement timeout, an error, retry=no") {
    for (const std::string state : {"57014", "42601", "23505"}) {
        CAPTURE(state);
        Bench bench;
        bench.fails(state, for_ever);
        CHECK_THROWS_AS(bench.run(unit_of({step()})), Error);
        CHECK(bench.server.count(work) == 1);
        CHECK(bench.server.sent.back() == "ROLLBACK");
    }
    Bench bench;
    bench.fails("55P03", for_ever);
    Step once = step();
    once.retry = Retry::never;
    CHECK_THROWS_WITH_AS(bench.run(unit_of({once})), "the server's words", db::LockTimeout);
    CHECK(bench.server.count(work) == 1);
}

TEST_CASE("who is in the way is named while it waits and when it gives up") {
    Bench bench;
    const std::string blocker = "pid 7 (app, idle in transaction)";
    bench.server.answer_beside = [&](const std::string& sql) {
        return sql.find("pg_blocking_pids") != std::string::npos ? row({{"blocker", blocker}, {"pid", "7"}})
                                                                 : db::Result();
    };
    bench.server.answer = [&](const std::string& sql) {
        if (sql != work)
            return db::Result();
        for (const chr::milliseconds elapsed : {100ms, 200ms, 300ms}) {
            bench.clock.pass(100ms);
            bench.server.runs_for(elapsed);
        }
        throw server_says("55P03");
    };
    SUBCASE("at the deadline") {
        try {
            bench.run(unit_of({step()}));
            FAIL("it can't succeed");
        } catch (const db::LockTimeout& timeout) {
            CHECK(timeout.blockers() == blocker);
            CHECK(timeout.message().find("; it waited for " + blocker) != std::string::npos);
            CHECK(timeout.hint().find("(SELECT pg_terminate_backend(7))") != std::string::npos);
        }
        CHECK(
            bench.events.of_kind("lock.retry").front().message.find("the unit: lock timeout behind pid 7; attempt 2") ==
            0);
    }
    SUBCASE("of the one attempt that there is") {
        Step once = step();
        once.retry = Retry::never;
        CHECK_THROWS_WITH_AS(bench.run(unit_of({once})),
                             ("the unit: it waited for " + blocker + ": the server's words").c_str(), db::LockTimeout);
    }
    REQUIRE(bench.events.of_kind("lock.waiting").size() == 1);
    CHECK(bench.events.of_kind("lock.waiting").front().message == "the unit waits for " + blocker);
    CHECK(bench.server.opened_beside == 1);
}

TEST_CASE("nobody is looked for while a statement is short, and a look that fails ends nothing") {
    Bench bench;
    bench.server.answer = [&](const std::string& sql) {
        bench.server.runs_for(sql == work ? 150ms : 0ms);
        return db::Result();
    };
    bench.run(unit_of({step()}));
    CHECK(bench.server.opened_beside == 0);
    bench.server.answer = [&](const std::string&) {
        bench.server.runs_for(250ms);  // no room for a session beside it
        return db::Result();
    };
    bench.run(unit_of({step()}));
    CHECK(bench.server.opened_beside > 0);
    CHECK(bench.server.sent.back() == "COMMIT");
}

TEST_CASE("when the answer to COMMIT is lost nobody knows, and it is not tried again") {
    Bench bench;
    std::string last_words;
    std::string lost_at = "COMMIT";
    bench.server.answer = [&](const std::string& sql) {
        if (sql != lost_at)
            return db::Result();
        bench.server.is_lost = true;
        throw Error(ExitCode::unreachable, "lost").with_sqlstate(last_words.empty() ? "08006" : last_words);
    };
    SUBCASE("sent by itself") {
        CHECK_THROWS_AS(bench.run(unit_of({step()})), db::CommitInDoubt);
    }
    SUBCASE("with all that comes before it") {
        CHECK_THROWS_AS(bench.run(users_unit({step()})), db::CommitInDoubt);
    }
    SUBCASE("but the server said in time that it ends the session: nothing was committed") {
        last_words = "57P01";
        try {
            bench.run(users_unit({step()}));
            FAIL("it can't succeed");
        } catch (const db::CommitInDoubt&) {
            FAIL("there is no doubt");
        } catch (const Error& error) {
            CHECK(error.sqlstate() == "57P01");
        }
    }
    SUBCASE("but it was lost before COMMIT was sent") {
        lost_at = work;
        try {
            bench.run(unit_of({step()}));
            FAIL("it can't succeed");
        } catch (const db::CommitInDoubt&) {
            FAIL("there is no doubt");
        } catch (const Error& error) {
            CHECK(error.code() == ExitCode::unreachable);
        }
    }
    CHECK(bench.server.count("BEGIN") == 1);
    CHECK_FALSE(bench.server.was_sent("ROLLBACK"));
}

TEST_CASE("the stop signal ends it between two steps and between two attempts") {
    Bench bench;
    SUBCASE("between two steps") {
        bench.server.answer = [&](const std::string& sql) {
            if (sql == work)
                bench.stop.raise(SIGTERM);
            return db::Result();
        };
        CHECK_THROWS_AS(bench.run(unit_of({step(), step("the next")})), Error);
        CHECK_FALSE(bench.server.was_sent("the next"));
        CHECK(bench.server.sent.back() == "ROLLBACK");
    }
    SUBCASE("between two attempts") {
        bench.fails("55P03", for_ever);
        bench.clock.on_wait = [&] { bench.stop.raise(SIGINT); };
        try {
            bench.run(unit_of({step()}));
            FAIL("it can't succeed");
        } catch (const Error& error) {
            CHECK(error.code() == ExitCode::interrupted);
        }
        CHECK(bench.server.count(work) == 1);
    }
}

TEST_CASE("a check that is not true rolls the unit back, and says which one and what was found") {
    Bench bench;
    Step check = step("SELECT is it so");
    check.refusal = "it must be so";
    bench.server.answer = [&](const std::string& sql) {
        return sql == "SELECT is it so"   ? row({{"holds", "f"}, {"found", "3 rows"}})
               : sql == "SELECT nor that" ? value("f")
                                          : db::Result();
    };
    const auto failure = [&](const Step& wanted) -> db::CheckFailed {
        try {
            bench.run(unit_of({wanted, step()}));
        } catch (const db::CheckFailed& failed) {
            return failed;
        }
        FAIL("it can't succeed");
        return {wanted, {}};
    };
    const db::CheckFailed failed = failure(check);
    CHECK(failed.code() == ExitCode::refused);
    CHECK(failed.message() == "3 rows; it must be so");
    CHECK_FALSE(failed.is_passing());
    CHECK_FALSE(bench.server.was_sent(work));
    CHECK(bench.server.sent.back() == "ROLLBACK");
    Step other = check;
    other.sql = "SELECT nor that";
    other.is_passing = true;
    CHECK(failure(other).is_passing());
    CHECK(failed.is_same_check(failure(check)));
    CHECK_FALSE(failed.is_same_check(failure(other)));
}

TEST_CASE("tried once, a unit that gets no lock leaves nothing, and whoever asked may try again") {
    Bench bench;
    bench.fails("55P03", 1);
    db::Executor executor = bench.executor();
    CHECK_FALSE(executor.try_once(unit_of({step()}), 1));
    REQUIRE(executor.obstacle());
    CHECK(executor.obstacle()->error.sqlstate() == "55P03");
    CHECK(executor.obstacle()->blockers.empty());
    CHECK(bench.server.count(work) == 1);
    CHECK(bench.server.sent.back() == "ROLLBACK");
    CHECK(bench.clock.pauses.empty());
    CHECK(bench.events.of_kind("lock.retry").empty());
    const auto outcome = executor.try_once(unit_of({step()}), 2);
    REQUIRE(outcome);
    CHECK(outcome->attempts == 2);
    CHECK_FALSE(executor.obstacle());
    CHECK(bench.server.sent.back() == "COMMIT");
}

TEST_CASE("tried once, what another try would not help is thrown, and who was in the way is kept") {
    Bench bench;
    bench.fails("23514", for_ever);
    CHECK_THROWS_AS(bench.executor().try_once(unit_of({step()}), 1), Error);
    Step once = step();
    once.retry = Retry::never;
    bench.fails("55P03", for_ever);
    CHECK_THROWS_AS(bench.executor().try_once(unit_of({once}), 1), db::LockTimeout);
    bench.server.answer_beside = [](const std::string& sql) {
        return sql.find("pg_blocking_pids") != std::string::npos ? row({{"blocker", "pid 7"}, {"pid", "7"}})
                                                                 : db::Result();
    };
    bench.server.answer = [&](const std::string& sql) {
        if (sql != work)
            return db::Result();
        bench.server.runs_for(300ms);
        throw server_says("55P03");
    };
    db::Executor executor = bench.executor();
    CHECK_FALSE(executor.try_once(unit_of({step()}), 1));
    CHECK(executor.obstacle().value().blockers == "pid 7");
}

TEST_CASE("in few trips: BEGIN with the first statements, and a trip ends with a check") {
    Bench bench;
    Step check = step("SELECT is it so");
    check.refusal = "it must be so";
    std::string answer = "t";
    bench.server.answer = [&](const std::string& sql) {
        return sql == "SELECT is it so" ? value(answer) : db::Result();
    };
    Unit unit = unit_of({step("first"), step("second"), check, step("third")});
    unit.in_few_trips = true;
    const db::UnitOutcome outcome = bench.run(unit);
    CHECK(bench.server.round_trips == 3);  // with COMMIT
    CHECK(outcome.results.size() == 4);
    CHECK(bench.server.sent.front().rfind("BEGIN", 0) == 0);
    CHECK(bench.server.count("lock_timeout = 500") == 1);
    CHECK(bench.server.sent.back() == "COMMIT");
    bench.server.sent.clear();
    answer = "f";
    CHECK_THROWS_AS(bench.run(unit), db::CheckFailed);
    CHECK(bench.server.was_sent("second"));
    CHECK_FALSE(bench.server.was_sent("third"));
    CHECK(bench.server.sent.back() == "ROLLBACK");
}
