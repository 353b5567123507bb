#include <doctest/doctest.h>

#include "db/executor.hpp"
#include "db/own_settings.hpp"
#include "scripted_connection.hpp"

using namespace tripmig;
using namespace tripmig::test;

using namespace std::chrono_literals;
using Sent = std::vector<std::string>;

namespace {

struct SettingsBench {
    HandClock clock;
    Events events;
    StopSignal stop;
    ScriptedConnection server;
    db::Executor executor{server, {500ms, 5s, 7s, 1h}, events, clock, stop};
    const std::string as_new = db::session_timeouts_sql(150018);

    /// What is sent for a unit with one step.
    Sent run(Unit unit) {
        unit.name = "the unit";
        if (unit.steps.empty()) {
            Step step;
            step.sql = "work";
            unit.steps = {step};
        }
        server.sent.clear();
        executor.run(unit);
        return server.sent;
    }
};

Unit empty_users_unit(bool keeps_session = false) {
    Unit unit;
    unit.user_sql = true;
    unit.keeps_session = keeps_session;
    return unit;
}

Unit alone(Unit unit) {
    unit.transaction = Transaction::none;
    return unit;
}

}  // namespace

TEST_CASE("our own units have their timeouts and their isolation level for the transaction") {
    SettingsBench bench;
    const std::string opening =
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 7000; SET LOCAL "
        "idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 500";
    CHECK(bench.run({}) == Sent{opening, "work", "COMMIT"});
    Unit soon;
    soon.asynchronous = true;
    CHECK(bench.run(soon).front().find("SET LOCAL synchronous_commit = off") != std::string::npos);
    CHECK(bench.run(alone({})) == Sent{"SET statement_timeout = 7000; SET lock_timeout = 3600000", "work"});
}

TEST_CASE("a user's unit goes in one round trip, under the role's settings but for the timeouts") {
    SettingsBench bench;
    Unit unit = empty_users_unit();
    unit.transaction_modes = "ISOLATION LEVEL SERIALIZABLE";
    const Sent sent = bench.run(unit);
    REQUIRE(sent.size() == 6);
    CHECK(sent[0] == "<discard>");
    CHECK(sent[1] == bench.as_new);
    CHECK(sent[2] == "BEGIN ISOLATION LEVEL SERIALIZABLE");
    CHECK(sent[3].find("set_config('lock_timeout', $2, true)") != std::string::npos);
    CHECK(sent[4] == "work");
    CHECK(sent[5] == "COMMIT");
    CHECK(bench.server.parameters.at(1) == db::Parameters{"7000", "500"});
    CHECK(bench.server.round_trips == 2);
}

TEST_CASE("the session is made as new between two files, unless nothing can be left in it") {
    SettingsBench bench;
    bench.run(empty_users_unit());
    CHECK(bench.run(empty_users_unit()).front() == "<discard>");
    Unit harmless = empty_users_unit();
    harmless.leaves_session = true;
    CHECK(bench.run(harmless).front() == "<discard>");
    CHECK(bench.run(empty_users_unit()).front() == "BEGIN");
    CHECK(bench.run(empty_users_unit(true)) == Sent{"BEGIN", "work", "COMMIT"});
    CHECK(bench.run(empty_users_unit()).front() == "<discard>");
}

TEST_CASE("what keeps the session finds the file's timeouts; only what is patient waits longer") {
    SettingsBench bench;
    bench.executor.open_session(false);
    CHECK(bench.server.sent == Sent{"<discard>", bench.as_new, "SET statement_timeout = 7000; SET lock_timeout = 500"});
    Unit patient = alone(empty_users_unit(true));
    patient.is_patient = true;
    CHECK(bench.run(alone(empty_users_unit(true))) == Sent{"work"});
    CHECK(bench.run(patient) == Sent{"SET lock_timeout = 3600000", "work"});
    CHECK(bench.run(patient) == Sent{"work"});
    CHECK(bench.run(empty_users_unit(true)) == Sent{"SET lock_timeout = 500", "BEGIN", "work", "COMMIT"});
    SUBCASE("also after a patient one that failed") {
        bench.server.answer = [](const std::string& sql) {
            return sql == "work" ? throw server_says("42601") : db::Result();
        };
        CHECK_THROWS_AS(bench.run(patient), Error);
        bench.server.answer = [](const std::string&) { return db::Result(); };
        CHECK(bench.run(empty_users_unit(true)).front() == "SET lock_timeout = 500");
    }
    SUBCASE("the next file begins with its own") {
        bench.run(patient);
        bench.executor.open_session(true);
        CHECK(bench.server.sent.back() == "SET statement_timeout = 7000");
        CHECK(bench.run(empty_users_unit(true)).front() == "BEGIN");
    }
}

TEST_CASE("statements that a user's DISCARD took are prepared again, once; another's are not ours") {
    SettingsBench bench;
    int failures = 0;
    bench.server.answer = [&](const std::string& sql) {
        if (sql == "work" && failures-- > 0)
            throw server_says("26000");
        return db::Result();
    };
    failures = 1;
    bench.server.has_lost_prepared = true;
    bench.run(empty_users_unit());
    CHECK(bench.server.count("work") == 2);
    failures = 1;
    CHECK_THROWS_AS(bench.run(empty_users_unit()), Error);
    CHECK(bench.server.count("work") == 1);
    failures = 1;
    bench.server.has_lost_prepared = true;
    CHECK_THROWS_AS(bench.run(alone(empty_users_unit())), Error);  // it may have committed a part
    CHECK(bench.server.count("work") == 1);
}

TEST_CASE("locks come first, in their order, under one budget; every second attempt takes them in reverse") {
    SettingsBench bench;
    Unit unit;
    unit.lock_first = {{{"public", "a"}, LockMode::access_exclusive}, {{"public", "b"}, LockMode::share}};
    unit.lock_budget = 300ms;
    unit.max_hold = 1s;
    int refused = 1;
    bench.server.answer = [&](const std::string& sql) {
        if (sql.find("LOCK TABLE") != std::string::npos)
            bench.clock.pass(100ms);
        if (sql.find("public.b") != std::string::npos && refused-- > 0)
            throw server_says("55P03");
        return db::Result();
    };
    const Sent sent = bench.run(unit);
    Sent locks;
    std::copy_if(sent.begin(), sent.end(), std::back_inserter(locks),
                 [](const std::string& sql) { return sql.find("LOCK TABLE") != std::string::npos; });
    CHECK(locks == Sent{"SET LOCAL lock_timeout = 300; LOCK TABLE ONLY public.a IN ACCESS EXCLUSIVE MODE",
                        "SET LOCAL lock_timeout = 200; LOCK TABLE ONLY public.b IN SHARE MODE",
                        "SET LOCAL lock_timeout = 300; LOCK TABLE ONLY public.b IN SHARE MODE",
                        "SET LOCAL lock_timeout = 200; LOCK TABLE ONLY public.a IN ACCESS EXCLUSIVE MODE"});
    CHECK(std::find(sent.begin(), sent.end(), "SET LOCAL statement_timeout = 1000") != sent.end());
}

TEST_CASE("a unit that holds its locks for longer than its budget is rolled back and tried again") {
    SettingsBench bench;
    Unit unit;
    unit.max_hold = 1s;
    Step step;
    step.sql = "slow";
    step.refusal = "a check ends the round trip";
    Step next;
    next.sql = "the next";
    unit.steps = {step, next};
    int slow = 1;
    bench.server.answer = [&](const std::string& sql) {
        if (sql == "slow" && slow-- > 0)
            bench.clock.pass(1200ms);
        return sql == "slow" ? value("t") : db::Result();
    };
    const Sent sent = bench.run(unit);
    CHECK(bench.server.count("slow") == 2);
    CHECK(bench.server.count("the next") == 1);
    CHECK(sent.back() == "COMMIT");
    CHECK(bench.events.of_kind("lock.retry").size() == 1);
}
