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

TEST_CASE("of a long line a window around the column is shown, cut between characters") {
    const auto shown = [](const std::string& line, std::size_t column) {
        return error_text(Error(ExitCode::usage, "x").at({"f", 1, column, line}), false);
    };
    const std::string as(1000, 'a');
    CHECK(shown(as, 1) == "error: f:1:1: x\n  1 | " + std::string(240, 'a') + "...\n    | ^");
    CHECK(shown(as, 1000) ==
          "error: f:1:1000: x\n  1 | ..." + std::string(120, 'a') + "\n    | " + std::string(3 + 119, ' ') + "^");
    CHECK(shown(as, 500) ==
          "error: f:1:500: x\n  1 | ..." + std::string(240, 'a') + "...\n    | " + std::string(3 + 119, ' ') + "^");
    std::string umlauts;
    for (int i = 0; i < 1000; ++i)
        umlauts += "\xC3\xBC";
    CHECK(shown(umlauts, 500).find("..." + umlauts.substr(0, 480) + "...\n    | " + std::string(122, ' ') + "^") !=
          std::string::npos);
    CHECK(shown(as.substr(0, 240), 240).find("...") == std::string::npos);
    CHECK(shown(as, 5000).find('\n') != std::string::npos);  // a column beyond the line
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
