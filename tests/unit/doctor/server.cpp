#include <doctest/doctest.h>

#include "doctor/parameter_value.hpp"
#include "doctor/server_checks.hpp"
#include "found.hpp"

using namespace tripmig::doctor;
using namespace tripmig::doctor::test;
using tripmig::config::DoctorConfig;

namespace {

Parameters usual_parameters() {
    return {{"max_connections", {"200", "", "integer", false}},
            {"max_locks_per_transaction", {"64", "", "integer", false}},
            {"max_prepared_transactions", {"0", "", "integer", false}},
            {"shared_buffers", {"65536", "8kB", "integer", false}},
            {"work_mem", {"32768", "kB", "integer", false}},
            {"checkpoint_completion_target", {"0.9", "", "real", false}},
            {"max_slot_wal_keep_size", {"-1", "MB", "integer", false}}};
}

ServerFacts quiet_server() {
    ServerFacts server;
    server.version = 150018;
    server.parameters.facts = usual_parameters();
    server.trees.facts.emplace();
    server.slots.facts.emplace();
    server.event_triggers.facts.emplace();
    return server;
}

std::string told_of(const ServerFacts& server, std::string_view code, const DoctorConfig& expected = {}) {
    return told(check_server(server, expected), code);
}

std::string told_of_locks(std::int64_t locks, int version = 150018) {
    ServerFacts server = quiet_server();
    server.version = version;
    server.trees.facts->push_back({{"public", "orders"}, locks / 4, locks, {"at"}});
    return told_of(server, "server.max_locks");
}

}  // namespace

TEST_CASE("values of parameters are compared in their units") {
    CHECK(is_same_value("512MB", "65536", "8kB", "integer"));
    CHECK(is_same_value("32 MB", "32768", "kB", "integer"));
    CHECK(is_same_value("4096", "4096", "8kB", "integer"));
    CHECK_FALSE(is_same_value("512MB", "65535", "8kB", "integer"));
    CHECK(is_same_value("5min", "300", "s", "integer"));
    CHECK(is_same_value("0.90", "0.9", "", "real"));
    CHECK(is_same_value("-1", "-1", "MB", "integer"));
    CHECK(is_same_value("yes", "on", "", "bool"));
    CHECK_FALSE(is_same_value("off", "on", "", "bool"));
    CHECK(is_same_value("Replica", "replica", "", "enum"));
    CHECK_FALSE(is_same_value("many", "4096", "8kB", "integer"));
    CHECK_FALSE(is_same_value("200MB", "200", "", "integer"));
    CHECK(parameter_text("65536", "8kB") == "512MB");
    CHECK(parameter_text("300", "s") == "5min");
    CHECK(parameter_text("-1", "MB") == "-1");
    CHECK(parameter_text("200", "") == "200");
}

TEST_CASE("parameters that are not as stated, and none of the others") {
    DoctorConfig expected;
    expected.parameters = {{"shared_buffers", "512MB"}, {"work_mem", "32MB"}, {"checkpoint_completion_target", "0.9"}};
    CHECK(told_of(quiet_server(), "server.parameters", expected) == "");
    expected.parameters = {{"work_mem", "64MB"}, {"no_such", "1"}, {"max_connections", "200"}};
    const auto checks = check_server(quiet_server(), expected);
    CHECK(told(checks, "server.parameters") == "warning warning");
    CHECK(check_of(checks, "server.parameters").findings.at(1).reason == "work_mem is 32MB, and should be 64MB");
}

TEST_CASE("a parameter that waits for a restart") {
    ServerFacts server = quiet_server();
    CHECK(told_of(server, "server.pending_restart") == "");
    server.parameters.facts->at("shared_buffers").pending_restart = true;
    CHECK(told_of(server, "server.pending_restart") == "warning");
}

TEST_CASE("the lock table against the largest partitioned table") {
    CHECK(told_of(quiet_server(), "server.max_locks") == "");
    CHECK(told_of_locks(640) == "");  // 12,800 locks: twenty sessions, a tenth of all
    CHECK(told_of_locks(641) == "warning");
    CHECK(told_of_locks(6400) == "warning");
    CHECK(told_of_locks(6401) == "error");
    ServerFacts server = quiet_server();
    server.trees.facts->push_back({{"public", "orders"}, 1000, 6401, {"at"}});
    const auto remedy = [&] { return check_of(check_server(server, {}), "server.max_locks").findings.at(0).remedy; };
    CHECK(has(remedy(), "max_locks_per_transaction = '704'"));
    server.version = 190000;
    CHECK(has(remedy(), "max_locks_per_transaction = '1344'"));
}

TEST_CASE("work_mem times connections against the stated memory") {
    DoctorConfig expected;
    CHECK(told_of(quiet_server(), "server.work_mem", expected) == "");
    expected.memory = 8LL << 30U;
    CHECK(told_of(quiet_server(), "server.work_mem", expected) == "");
    expected.memory = 4LL << 30U;
    CHECK(told_of(quiet_server(), "server.work_mem", expected) == "warning");
}

TEST_CASE("slots without a limit, event triggers") {
    ServerFacts server = quiet_server();
    CHECK(told_of(server, "server.slot_wal") == "");
    CHECK(told_of(server, "server.event_triggers") == "");
    server.slots.facts->push_back({"replica", true, "reserved", 0});
    CHECK(told_of(server, "server.slot_wal") == "warning");
    server.parameters.facts->at("max_slot_wal_keep_size").setting = "1024";
    CHECK(told_of(server, "server.slot_wal") == "");
    server.event_triggers.facts->push_back({"guard", "ddl_command_end", {"public", "guard"}, ""});
    CHECK(told_of(server, "server.event_triggers") == "note");
}

TEST_CASE("what could not be seen is a note that says why") {
    ServerFacts server = quiet_server();
    server.parameters = {std::nullopt, "permission denied", "GRANT pg_monitor"};
    for (const Check& check : check_server(server, {})) {
        const bool needs_parameters = check.code != "server.event_triggers";
        CHECK_MESSAGE(check.is_seen != needs_parameters, check.code);
        CHECK_MESSAGE(told(check) == (needs_parameters ? "note" : ""), check.code);
    }
    CHECK(has(check_server(server, {}).front().findings.at(0).reason, "permission denied"));
}
