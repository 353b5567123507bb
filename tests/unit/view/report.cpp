#include "view/report/report.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "contains.hpp"
#include "support/sample_report.hpp"
#include "view/json_text.hpp"

using namespace tripmig;
using test::contains;

TEST_CASE("metrics of a report that nobody could make yet: down, and nothing else") {
    const std::string text = view::report_metrics(nullptr, {false, "connection refused"}, "");
    CHECK(contains(text, "\ntripmig_up 0\n"));
    CHECK_FALSE(contains(text, "tripmig_migrations_pending"));
}

TEST_CASE("metrics of a report, with the runs of a metrics file") {
    const app::Report report = test::sample_report("orders", 40);
    const std::string runs =
        "tripmig_last_run_exit_code{command=\"up\"} 8\ntripmig_partition_gaps{table=\"public.gone\"} 3\n";
    const std::string text = view::report_metrics(&report, {}, runs);
    for (const char* line :
         {"tripmig_up 1", "tripmig_migrations_pending 1", "tripmig_migrations_applied 2",
          "tripmig_migrations_disagree 0",
          "tripmig_job_info{table=\"public.orders\",command=\"swap run\",stage=\"capturing\"} 1",
          "tripmig_job_blocks{table=\"public.orders\",command=\"swap run\"} 20000",
          "tripmig_job_bytes_per_second{table=\"public.orders\",command=\"swap run\"} 20480000",
          "tripmig_job_waiting{table=\"public.orders\",command=\"swap run\"} 1",
          "tripmig_doctor_findings{severity=\"error\"} 1", "tripmig_partition_ahead{table=\"public.orders\"} 3",
          "tripmig_partition_default_rows{table=\"public.events\"} 17", "tripmig_last_run_exit_code{command=\"up\"} 8",
          "tripmig_section_readable{section=\"jobs\"} 1"})
        CHECK_MESSAGE(contains(text, std::string("\n") + line + "\n"), line);
    CHECK_FALSE(contains(text, "public.gone"));
    CHECK_FALSE(contains(text, "public.trips"));  // its job is finished
    CHECK(contains(view::report_metrics(&report, {false, "gone"}, ""), "\ntripmig_up 0\n"));
}

TEST_CASE("a label is one line, whatever the table is called") {
    const app::Report report = test::sample_report("a\n\"b\\", 5);
    CHECK(
        contains(view::report_metrics(&report, {}, ""), R"(tripmig_partition_ahead{table="public.\"a\n\"\"b\\\""} 3)"));
}

TEST_CASE("the document of a report has every section as its own command prints it, null where it could not look") {
    app::Report report = test::sample_report(test::hostile, 40);
    report.findings = {nullptr, Error(ExitCode::no_privilege, "no", "GRANT")};
    const nlohmann::json document = nlohmann::json::parse(view::json_text(view::report_json(&report, {})));
    CHECK(document["up"] == true);
    CHECK(document["migrations"]["pending"] == 1);
    CHECK(document["partitions"]["tables"].size() == 2);
    CHECK(document["jobs"][0]["backlog"] == 1234);
    CHECK(document["jobs"][1]["ended_at"] == "2026-02-12T03:00:00Z");
    CHECK(document["doctor"].is_null());
    CHECK(document["errors"]["doctor"]["code"] == 13);
    CHECK(document["errors"]["jobs"].is_null());
    const nlohmann::json none = view::report_json(nullptr, {false, "gone"});
    CHECK(none["up"] == false);
    CHECK(none["outdated_because"] == "gone");
    CHECK(none["migrations"].is_null());
}
