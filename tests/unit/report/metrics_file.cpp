#include "report/metrics_file.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/error.hpp"

using namespace tripmig;
using namespace tripmig::report;

namespace {

RunMetrics run_of(const char* command, int code, int seconds) {
    return {command, code, Instant(std::chrono::seconds(seconds)), std::chrono::milliseconds(1500)};
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("metrics: a run beside those of other commands, a failure beside the last success") {
    const std::string first = metrics_text("", run_of("up", 0, 100));
    CHECK(has(first, "# TYPE tripmig_last_run_exit_code gauge\ntripmig_last_run_exit_code{command=\"up\"} 0\n"));
    CHECK(has(first, "tripmig_last_run_duration_seconds{command=\"up\"} 1.500\n"));
    const std::string second = metrics_text(first, run_of("partition maintain", 0, 200));
    const std::string third = metrics_text(second, run_of("up", 11, 300));
    CHECK(has(third, "tripmig_last_run_exit_code{command=\"up\"} 11\n"));
    CHECK(has(third, "tripmig_last_run_timestamp_seconds{command=\"up\"} 300.000\n"));
    CHECK(has(third, "tripmig_last_success_timestamp_seconds{command=\"up\"} 100.000\n"));
    CHECK(has(third, "tripmig_last_success_timestamp_seconds{command=\"partition maintain\"} 200.000\n"));
    CHECK(!has(third, "tripmig_last_run_exit_code{command=\"up\"} 0\n"));
}

TEST_CASE("metrics: each partitioned table has its own, and keeps its last success when it was only looked at") {
    RunMetrics run = run_of("partition maintain", 0, 100);
    TableMetrics orders{"public.\"Or\"\"ders\"", 3600, 3, 0, 7, 0, 1, true};
    TableMetrics by_number{"public.events", std::nullopt, 2, 1, 0, 1, 0, false};
    run.tables = {orders, by_number};
    std::string text = metrics_text("", run);
    CHECK(has(text,
              "# TYPE tripmig_partition_seconds_ahead gauge\n"
              "tripmig_partition_seconds_ahead{table=\"public.\\\"Or\\\"\\\"ders\\\"\"} 3600\n"));
    CHECK(has(text, "tripmig_partition_default_rows{table=\"public.events\"} 0\n"));
    CHECK(has(text, "tripmig_partition_detach_pending{table=\"public.events\"} 1\n"));
    CHECK_FALSE(has(text, "tripmig_partition_seconds_ahead{table=\"public.events\"}"));
    CHECK_FALSE(has(text, "tripmig_partition_last_success_timestamp_seconds{table=\"public.events\"}"));
    run = run_of("partition status", 0, 200);
    orders.gaps = 2;
    orders.is_success = false;
    run.tables = {orders};
    text = metrics_text(text, run);
    CHECK(has(text, "tripmig_partition_gaps{table=\"public.\\\"Or\\\"\\\"ders\\\"\"} 2\n"));
    CHECK(has(text,
              "tripmig_partition_last_success_timestamp_seconds{table=\"public.\\\"Or\\\"\\\"ders\\\"\"} 100.000\n"));
    CHECK(has(text, "tripmig_partition_gaps{table=\"public.events\"} 1\n"));
    CHECK_FALSE(has(metrics_text("", run_of("up", 0, 1)), "tripmig_partition"));
}

TEST_CASE("metrics: tables as they stand, beside the runs of a file") {
    RunMetrics run = run_of("partition maintain", 0, 100);
    run.tables = {{"public.gone", 60, 1, 0, 0, 0, 0, true}, {"public.events", 60, 1, 0, 5, 0, 0, true}};
    const std::string text =
        metrics_text(metrics_text("", run), {{"public.events", 3600, 2, 0, 0, 0, 0, false}, {"a\nb\"\\", 1, 1}});
    CHECK(has(text, "tripmig_last_run_exit_code{command=\"partition maintain\"} 0\n"));
    CHECK(has(text, "tripmig_partition_seconds_ahead{table=\"public.events\"} 3600\n"));
    CHECK(has(text, "tripmig_partition_default_rows{table=\"public.events\"} 0\n"));
    CHECK(has(text, "tripmig_partition_last_success_timestamp_seconds{table=\"public.events\"} 100.000\n"));
    CHECK_FALSE(has(text, "tripmig_partition_ahead{table=\"public.gone\"}"));
    CHECK(has(text, "tripmig_partition_ahead{table=\"a\\nb\\\"\\\\\"} 1\n"));
}

TEST_CASE("metrics: a file that is none of ours gives nothing to keep") {
    for (const char* former : {"garbage", "}} {{ 1\n", "other_metric{command=\"up\"} 7\n", "\n\n{} \n"})
        CHECK_MESSAGE(metrics_text(former, run_of("up", 0, 1)) == metrics_text("", run_of("up", 0, 1)), former);
}

TEST_CASE("metrics: the file is replaced at once, and a folder that is not there is said") {
    std::string name = (std::filesystem::temp_directory_path() / "tripmig-metrics-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    const std::filesystem::path folder = name;
    const auto file = folder / "tripmig.prom";
    write_metrics(file, run_of("up", 0, 1));
    write_metrics(file, run_of("down", 0, 2));
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    CHECK(has(text, "{command=\"up\"}"));
    CHECK(has(text, "{command=\"down\"}"));
    CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
    CHECK_THROWS_AS(write_metrics(folder / "none" / "x.prom", run_of("up", 0, 1)), const Error&);
    std::filesystem::create_symlink("tripmig.prom", folder / "link.prom");
    write_metrics(folder / "link.prom", run_of("status", 0, 3));
    CHECK(std::filesystem::is_symlink(folder / "link.prom"));
    CHECK(std::filesystem::file_size(file) > text.size());
    std::filesystem::create_symlink("/dev/null", folder / "null.prom");
    write_metrics(folder / "null.prom", run_of("up", 0, 1));
    CHECK(std::filesystem::is_character_file("/dev/null"));
    CHECK(std::filesystem::is_symlink(folder / "null.prom"));
    std::filesystem::remove_all(folder);
}
