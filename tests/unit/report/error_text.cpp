#include "report/error_text.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fake_terminal.hpp"

using namespace tripmig::report;
using tripmig::Error;
using tripmig::ExitCode;

TEST_CASE("an error for people: the word, the place, the line, the way out") {
    Error error(ExitCode::usage, "unknown key \"x\"", "did you mean y?");
    error.at({"tripmig.toml", 3, 1, "x = 1"});
    CHECK(error_text(error, false) ==
          "error: tripmig.toml:3:1: unknown key \"x\"\n  3 | x = 1\n    | ^\n  hint: did you mean y?");
    CHECK(error_text(error, true).find("\x1b[1;31merror:\x1b[0m tripmig.toml:3:1") == 0);
}

TEST_CASE("errors are reported in the chosen format, even when quiet") {
    FakeTerminal log(false);
    log.options.quiet = true;
    report_error(log.options, Error(ExitCode::refused, "no"));
    CHECK(log.written() == "error: no\n");
    log.writes.clear();
    log.options.format = ReporterOptions::Format::json;
    report_error(log.options, Error(ExitCode::refused, "no"));
    CHECK(nlohmann::json::parse(log.written())["exit_code"] == 12);
}
