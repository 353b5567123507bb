#include <doctest/doctest.h>

#include "doctor/health_checks.hpp"
#include "found.hpp"

using namespace tripmig::doctor;
using namespace tripmig::doctor::test;
using tripmig::config::DoctorConfig;

namespace {

constexpr std::int64_t million = 1'000'000;
constexpr std::int64_t gigabyte = 1LL << 30U;

std::string told_of_age(std::int64_t xids, std::int64_t multixacts, bool is_multixact,
                        const std::string& freeze_at = "200000000") {
    const Parameters running{{"autovacuum_freeze_max_age", {freeze_at, "", "integer", false}},
                             {"autovacuum_multixact_freeze_max_age", {"400000000", "", "integer", false}}};
    Check check{"test"};
    judge_freeze({{{"app", xids, multixacts}}, "public.a"}, running, is_multixact, check);
    return told(check);
}

HealthFacts quiet_health() {
    HealthFacts facts;
    facts.parameters.facts = {{"max_connections", {"103", "", "integer", false}},
                              {"superuser_reserved_connections", {"3", "", "integer", false}},
                              {"archive_mode", {"on", "", "enum", false}}};
    facts.replicas.facts.emplace();
    facts.own_lag.facts.emplace();
    facts.activity.facts = Activity{10, 0, 0};
    facts.archiver.facts = Archiver{5, 0, 60.0, std::nullopt, ""};
    return facts;
}

std::string told_of_slot(const Slot& slot) {
    return told(judged(judge_slots, std::vector<Slot>{slot}));
}

std::string told_of_connections(std::int64_t connections) {
    HealthFacts facts = quiet_health();
    facts.activity.facts->connections = connections;
    return told(check_connections(facts));
}

std::string told_of_disk(std::int64_t bytes, std::int64_t disk) {
    Check check{"test"};
    judge_disk({bytes, 0}, disk, std::nullopt, check);
    return told(check);
}

}  // namespace

TEST_CASE("ages of transaction ids and multixacts") {
    CHECK(told_of_age(200 * million, 0, false) == "");
    CHECK(told_of_age(500 * million, 0, false) == "warning");
    CHECK(told_of_age(1500 * million, 0, false) == "error");
    CHECK(told_of_age(1000 * million, 0, false, "1000000000") == "");  // as somebody wants it
    CHECK(told_of_age(0, 400 * million, true) == "");
    CHECK(told_of_age(0, 500 * million, true) == "warning");
    CHECK(told_of_age(0, 1600 * million, true) == "error");
}

TEST_CASE("tables: dead rows, bloat, never analyzed") {
    const Check dead = judged(judge_dead_rows, std::vector<DeadRows>{{{"public", "a"}, 10, 20'000, 60.0, true}});
    CHECK(told(dead) == "warning");
    CHECK(has(dead.findings.at(0).remedy, "RESET (autovacuum_enabled)"));
    CHECK(told(judged(judge_dead_rows, std::vector<DeadRows>{})) == "");
    CHECK(told(judged(judge_bloat, std::vector<BloatedTable>{{{"public", "a"}, 3 * gigabyte, gigabyte}})) == "warning");
    CHECK(told(judged(judge_bloat, std::vector<BloatedTable>{})) == "");
    const Check ours = judged(judge_unanalyzed, std::vector<UnanalyzedTable>{{{"public", "a"}, false, 5000, true}});
    CHECK(ours.findings.at(0).fix.at(0).steps.at(0).sql == "ANALYZE public.a");
    CHECK(ours.findings.at(0).fix.at(0).transaction == tripmig::Transaction::none);
    const Check theirs = judged(judge_unanalyzed, std::vector<UnanalyzedTable>{{{"public", "a"}, true, 5000, false}});
    CHECK(told(theirs) == "warning");
    CHECK(theirs.findings.at(0).fix.empty());
}

TEST_CASE("transactions that are open for long, prepared ones too") {
    using Open = std::vector<OpenTransaction>;
    CHECK(told(judged(judge_transactions, Open{})) == "");
    CHECK(told(judged(judge_transactions, Open{{false, "pid 7", "7", "idle in transaction", 301}})) == "warning");
    const Check prepared = judged(judge_transactions, Open{{true, "'x'", "x", "prepared", 3600}});
    CHECK(told(prepared) == "error");
    CHECK(has(prepared.findings.at(0).remedy, "ROLLBACK PREPARED 'x'"));
}

TEST_CASE("sessions that wait for a lock") {
    using Waiting = std::vector<WaitingSession>;
    CHECK(told(judged(judge_waiting, Waiting{})) == "");
    const Check waits = judged(judge_waiting, Waiting{{8, 6, "ShareLock", "public.a", "pid 41 (app), pid 42 (app)"}});
    CHECK(told(waits) == "warning");
    CHECK(has(waits.findings.at(0).remedy, "pg_terminate_backend(41)"));
    CHECK(told(judged(judge_waiting, Waiting{{8, 60, "ShareLock", "public.a", ""}})) == "error");
}

TEST_CASE("replicas and this server's own replay") {
    HealthFacts facts = quiet_health();
    const auto limit = std::chrono::seconds(10);
    CHECK(told(check_replication(facts, limit)) == "");
    facts.replicas.facts->push_back({"r1", "streaming", 9.0, 100});
    facts.replicas.facts->push_back({"r2", "streaming", std::nullopt, std::nullopt});
    CHECK(told(check_replication(facts, limit)) == "");
    facts.replicas.facts->push_back({"r3", "catchup", 11.0, gigabyte});
    CHECK(told(check_replication(facts, limit)) == "warning");
    facts.own_lag.facts = std::optional<double>(60);
    CHECK(told(check_replication(facts, limit)) == "warning warning");
}

TEST_CASE("slots that nobody reads, and lost ones") {
    CHECK(told_of_slot({"a", true, "extended", 10 * gigabyte}) == "");
    CHECK(told_of_slot({"a", false, "reserved", 1000}) == "");
    CHECK(told_of_slot({"a", false, "extended", gigabyte}) == "warning");
    CHECK(told_of_slot({"a", false, "lost", std::nullopt}) == "error");
    CHECK(told_of_slot({"a", true, "unreserved", 5}) == "error");
}

TEST_CASE("connections in use, of those that are not reserved") {
    CHECK(told_of_connections(79) == "");
    CHECK(told_of_connections(80) == "warning");
    CHECK(told_of_connections(95) == "error");
}

TEST_CASE("the cache hit rate, once enough was read") {
    CHECK(told(judged(judge_cache, Activity{1, 10, 90})) == "");
    CHECK(told(judged(judge_cache, Activity{1, 9'000'000, 900'000})) == "");
    CHECK(told(judged(judge_cache, Activity{1, 1'000'000, 900'000})) == "note");
}

TEST_CASE("the databases' size against the stated disk") {
    CHECK(told_of_disk(79 * gigabyte, 0) == "");
    CHECK(told_of_disk(79 * gigabyte, 100 * gigabyte) == "");
    CHECK(told_of_disk(80 * gigabyte, 100 * gigabyte) == "warning");
    CHECK(told_of_disk(90 * gigabyte, 100 * gigabyte) == "error");
}

TEST_CASE("archiving that fails, and archiving that is off") {
    HealthFacts facts = quiet_health();
    CHECK(told(check_archiving(facts)) == "");
    facts.archiver.facts->since_failed = 120;  // before the last success
    CHECK(told(check_archiving(facts)) == "");
    facts.archiver.facts->since_failed = 30;
    CHECK(told(check_archiving(facts)) == "error");
    facts.parameters.facts->at("archive_mode").setting = "off";
    CHECK(told(check_archiving(facts)) == "");
}

TEST_CASE("the age of the newest backup, by a file or by the archive") {
    HealthFacts facts = quiet_health();
    DoctorConfig expected;
    CHECK(told(check_backup(facts, expected)) == "");
    expected.backup_age = std::chrono::hours(26);
    CHECK(told(check_backup(facts, expected)) == "");
    facts.archiver.facts->since_archived = 27 * 3600;
    CHECK(told(check_backup(facts, expected)) == "error");
    facts.archiver.facts->since_archived.reset();
    CHECK(told(check_backup(facts, expected)) == "warning");
    expected.backup_file = "/backups/last";
    CHECK(told(check_backup(facts, expected)) == "error");
    facts.backup_file_age = 3600;
    CHECK(told(check_backup(facts, expected)) == "");
    facts.backup_file_age = 27 * 3600;
    CHECK(told(check_backup(facts, expected)) == "error");
}
