#include <doctest/doctest.h>

#include <set>

#include "doctor/check_list.hpp"
#include "doctor/query_checks.hpp"
#include "doctor/tripmig_checks.hpp"
#include "found.hpp"

using namespace tripmig::doctor;
using namespace tripmig::doctor::test;
using tripmig::Error;
using tripmig::ExitCode;
using tripmig::job::Stage;

namespace {

TripmigFacts quiet_state() {
    TripmigFacts facts;
    facts.jobs.facts.emplace();
    facts.state_fault.facts.emplace();
    facts.migrations.facts.emplace();
    return facts;
}

Check jobs_check(const JobFacts& job) {
    TripmigFacts facts = quiet_state();
    facts.jobs.facts->push_back(job);
    return check_tripmig(facts).front();
}

JobFacts job_at(Stage stage, const std::string& worker = {}) {
    return {{"public", "orders"}, stage, false, false, worker, 7200, {}};
}

QueryFacts queries_of(std::vector<StatementStatistics> statements) {
    QueryFacts facts;
    facts.statements.facts = std::move(statements);
    facts.trees.facts = std::vector<PartitionTree>{{{"public", "orders"}, 12, 30, {"created_at"}}};
    return facts;
}

std::string told_of_query(const std::string& query, std::int64_t calls = 100) {
    return told(check_queries(queries_of({{query, calls, 5, 500}})), "queries.all_partitions");
}

}  // namespace

TEST_CASE("nothing half done, nothing to tell") {
    for (const Check& check : check_tripmig(quiet_state()))
        CHECK_MESSAGE(told(check) == "", check.code);
}

TEST_CASE("open jobs: who works on them, and how each is ended") {
    CHECK(told(jobs_check(job_at(Stage::loaded, "tripmig swap (pid 7)"))) == "note");
    const auto remedy = [](const JobFacts& job) { return jobs_check(job).findings.at(0).remedy; };
    CHECK(told(jobs_check(job_at(Stage::loaded))) == "warning");
    CHECK(has(remedy(job_at(Stage::loaded)), "tripmig swap abort public.orders"));
    CHECK(told(jobs_check(job_at(Stage::complete))) == "note");
    CHECK(has(remedy(job_at(Stage::complete)), "tripmig swap finish public.orders"));
    CHECK(has(remedy(job_at(Stage::cut_over)), "tripmig swap run public.orders"));
    CHECK(has(remedy(job_at(Stage::reverting)), "tripmig swap revert public.orders"));
    JobFacts split = job_at(Stage::loaded);
    split.is_split = true;
    CHECK(has(remedy(split), "tripmig partition split public.orders"));
}

TEST_CASE("triggers that somebody altered, a state schema that others may write") {
    TripmigFacts facts = quiet_state();
    facts.jobs.facts->push_back(job_at(Stage::loaded, "somebody"));
    facts.jobs.facts->back().altered.emplace_back("trigger x was disabled");
    CHECK(told(check_tripmig(facts), "tripmig.triggers") == "error");
    facts = quiet_state();
    facts.state_fault.facts = std::optional(Error(ExitCode::refused, "PUBLIC may write tripmig.jobs", "REVOKE"));
    CHECK(told(check_tripmig(facts), "tripmig.state") == "error");
}

TEST_CASE("migrations: half way, pending, at odds with the history") {
    TripmigFacts facts = quiet_state();
    facts.migrations.facts->half_way.push_back({"V2__b.sql", 2, 4, 10, "", ""});
    CHECK(told(check_tripmig(facts), "tripmig.half_applied") == "error");
    facts = quiet_state();
    facts.migrations.facts->pending = 2;
    facts.migrations.facts->findings.push_back(
        {tripmig::migrate::Finding::Kind::changed_tokens, true, "V1__a.sql", "V1 changed", "repair"});
    CHECK(told(check_tripmig(facts), "tripmig.migrations") == "error warning");
    facts.has_migrations = false;
    CHECK(told(check_tripmig(facts), "tripmig.migrations") == "");
}

TEST_CASE("without pg_stat_statements there is one note, and the other checks say where to look") {
    QueryFacts facts = queries_of({});
    facts.statements.facts = std::optional<std::vector<StatementStatistics>>();
    const auto checks = check_queries(facts);
    CHECK(told(checks, "queries.statistics") == "note");
    CHECK(told(checks, "queries.slowest") == "");
    CHECK_FALSE(check_of(checks, "queries.slowest").is_seen);
    QueryFacts hidden = queries_of({});
    hidden.hidden = 3;
    CHECK(told(check_queries(hidden), "queries.statistics") == "note");
    CHECK(told(check_queries(queries_of({})), "queries.statistics") == "");
}

TEST_CASE("the slowest statements") {
    CHECK(told(check_queries(queries_of({{"SELECT 1", 10, 1, 10}})), "queries.slowest") == "");
    CHECK(told(check_queries(queries_of({{"SELECT 1", 5, 2000, 10000}, {"SELECT 2", 1000, 5, 5000}})),
               "queries.slowest") == "warning note");
}

TEST_CASE("statements that read every partition") {
    CHECK(told_of_query("SELECT * FROM orders WHERE customer = $1") == "warning");
    CHECK(told_of_query("SELECT * FROM public.orders o JOIN lines USING (id)") == "warning");
    CHECK(told_of_query("UPDATE orders SET x = $1 WHERE id = $2") == "warning");
    CHECK(told_of_query("SELECT * FROM orders WHERE created_at > $1 AND customer = $2") == "");
    CHECK(told_of_query("SELECT * FROM orders WHERE Created_At > $1") == "");
    CHECK(told_of_query("SELECT recreated_at FROM orders") == "warning");
    CHECK(told_of_query("INSERT INTO orders (id) VALUES ($1)") == "");
    CHECK(told_of_query("SELECT * FROM shop.orders") == "");
    CHECK(told_of_query("SELECT * FROM other") == "");
    CHECK(told_of_query("SELECT * FROM orders", 9) == "");
}

TEST_CASE("checklists name checks that exist, and every line says something") {
    std::set<std::string_view> codes;
    for (const CheckInfo& check : check_list())
        CHECK_MESSAGE(codes.insert(check.code).second, check.code);
    for (const std::string& name : checklist_names())
        for (const ChecklistLine& line : checklist(name)) {
            CHECK((!line.codes.empty() || !line.look.empty()));
            for (const std::string_view code : line.codes)
                CHECK_MESSAGE(codes.count(code) == 1, code);
        }
    CHECK(checklist("before-deploy").size() == 6);
    CHECK(checklist("after-deploy").size() == 9);
    CHECK(checklist("in-operation").size() == 8);
}
