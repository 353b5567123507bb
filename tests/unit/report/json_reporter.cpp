#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fake_terminal.hpp"
#include "report/json_line.hpp"
#include "report/reporter.hpp"

using namespace std::chrono_literals;
using namespace tripmig::report;
using nlohmann::json;
using tripmig::Error;
using tripmig::Event;
using tripmig::ExitCode;
using tripmig::Severity;

namespace {

struct JsonLog : FakeTerminal {
    JsonLog() : FakeTerminal(false) { options.format = ReporterOptions::Format::json; }
};

}  // namespace

TEST_CASE("an event is one object on one line, in one order") {
    JsonLog log;
    log.clock.pass(250ms);
    make_reporter(log.options)
        ->emit(Event{Severity::warning, "lock.waiting", "waits\nfor 7", {{"pid", "7"}, {"a", "\"q\""}}, std::nullopt});
    CHECK(
        log.written() ==
        R"({"ts":"2026-01-31T13:00:00.250Z","level":"warning","kind":"lock.waiting","message":"waits\nfor 7","fields":{"pid":"7","a":"\"q\""}})"
        "\n");
}

TEST_CASE("bytes that are no UTF-8 do not stop the log") {
    JsonLog log;
    make_reporter(log.options)->info("a", "caf\xe9");
    CHECK(json::parse(log.written())["message"] == "caf\uFFFD");
}

TEST_CASE("progress is told once a second, first and last in any case") {
    JsonLog log;
    const auto reporter = make_reporter(log.options);
    for (std::uint64_t done = 0; done <= 25; ++done) {
        reporter->emit(progress_event("load", done, 25));
        log.clock.pass(100ms);
    }
    REQUIRE(log.writes.size() == 4);
    CHECK(json::parse(log.writes[0])["progress"] ==
          json{{"task", "load"}, {"done", 0}, {"total", 25}, {"unit", "rows"}});
    CHECK(json::parse(log.writes[1])["progress"] == json{{"task", "load"},
                                                         {"done", 10},
                                                         {"total", 25},
                                                         {"unit", "rows"},
                                                         {"per_second", 10.0},
                                                         {"left_seconds", 2}});
    CHECK(json::parse(log.writes[3])["progress"]["done"] == 25);
}

TEST_CASE("quiet and verbose hold for JSON too") {
    JsonLog log;
    log.options.quiet = true;
    make_reporter(log.options)->info("a", "x");
    CHECK(log.writes.empty());
    log.options.quiet = false;
    make_reporter(log.options)->debug("a", "x");
    CHECK(log.writes.empty());
    log.options.verbose = true;
    make_reporter(log.options)->debug("a", "x");
    CHECK(json::parse(log.written())["level"] == "debug");
}

TEST_CASE("an error as JSON has all it knows") {
    Error error(ExitCode::migration_failed, "syntax error at or near \"tabel\"", "write table");
    error.with_sqlstate("42601").with_detail("d").at({"V1__x.sql", 40, 8, "create tabel t"});
    const json line = json::parse(json_line(error, FakeClock().now()));
    CHECK(line == json{{"ts", "2026-01-31T13:00:00.000Z"},
                       {"level", "error"},
                       {"kind", "error"},
                       {"message", "syntax error at or near \"tabel\""},
                       {"exit_code", 7},
                       {"sqlstate", "42601"},
                       {"detail", "d"},
                       {"hint", "write table"},
                       {"file", "V1__x.sql"},
                       {"line", 40},
                       {"column", 8}});
    CHECK(json::parse(json_line(Error(ExitCode::usage, "m"), FakeClock().now())).size() == 5);
}
