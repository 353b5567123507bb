#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "support/command.hpp"
#include "support/test_database.hpp"

using namespace tripmig::test;

namespace {

/// The wrong command line's message; nothing may be on stdout, and the exit code must be 2.
std::string message_of(const std::vector<std::string>& arguments) {
    const auto result = run_tripmig(arguments);
    CHECK(result.exit_code == 2);
    CHECK(result.out == "");
    return result.err;
}

}  // namespace

TEST_CASE("help and version are results: stdout, exit 0") {
    const auto version = run_tripmig({"--version"});
    CHECK(version.exit_code == 0);
    CHECK(version.out.rfind("tripmig 0.1.0 (", 0) == 0);
    CHECK(contains(version.out, "), libpq 1"));
    CHECK(version.err == "");
    for (const auto& arguments :
         {std::vector<std::string>{"--help"}, {"-h"}, {"sandbox", "--help"}, {"up", "--help"}}) {
        const auto help = run_tripmig(arguments);
        CHECK(help.exit_code == 0);
        CHECK(contains(help.out, "Usage: tripmig"));
        CHECK(help.err == "");
    }
}

TEST_CASE("no line of any command's help is longer than 80 columns") {
    const std::vector<std::string> groups{"swap", "partition", "sandbox"};
    std::vector<std::vector<std::string>> commands{{}};
    const auto add_all = [&](const std::vector<std::string>& before) {
        std::vector<std::string> arguments = before;
        arguments.emplace_back("--help");
        std::istringstream lines(run_tripmig(arguments).out);
        bool is_list = false;
        for (std::string line; std::getline(lines, line);) {
            is_list = line.empty() ? false : is_list || line == "Subcommands:";
            if (!is_list || line.size() < 3 || line[2] == ' ' || line == "Subcommands:")
                continue;
            commands.push_back(before);
            commands.back().push_back(line.substr(2, line.find(' ', 2) - 2));
        }
    };
    add_all({});
    for (const std::string& group : groups)
        add_all({group});
    REQUIRE(commands.size() > 40);
    for (std::vector<std::string> arguments : commands) {
        arguments.emplace_back("--help");
        const auto help = run_tripmig(arguments);
        CHECK(help.exit_code == 0);
        std::istringstream lines(help.out);
        for (std::string line; std::getline(lines, line);)
            CHECK_MESSAGE(line.size() <= 80, line);
    }
}

TEST_CASE("the help names every exit code and every global option") {
    const std::string help = run_tripmig({"--help"}).out;
    for (const char* const code :
         {" 0 ", " 1 ", " 2 ", " 3 ", " 4 ", " 5 ", " 6 ", " 7 ", " 8 ", " 9 ", "10 ", "11 ", "12 ", "13 ", "130, 143"})
        CHECK_MESSAGE(contains(help, code), code);
    for (const char* const option : {"--config", "--url", "--migrations", "--partitions", "--json", "--log-format",
                                     "--quiet", "--verbose", "--no-color", "--version"})
        CHECK_MESSAGE(contains(help, option), option);
}

TEST_CASE("with --json stdout has one document, also when the command fails") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "SELECT 1;\n");
    folder.write("broken/tripmig.toml", "[database\n");
    folder.write("schema.sql", "");
    const std::string no_server = "postgresql://somebody@127.0.0.1:1/nowhere?connect_timeout=1";
    const std::vector<std::vector<std::string>> failing{
        {"satus"},
        {"up", "--nope"},
        {"sandbox"},
        {"status", "--url", no_server},
        {"down", "--yes", "--url", no_server},
        {"wait", "--timeout", "0s", "--url", no_server},
        {"dump", "--check", "schema.sql", "--url", no_server},
        {"dump", "--check"},
        {"swap", "status", "orders", "--url", no_server},
        {"partition", "status", "--url", no_server},
        {"lint", "missing.sql"},
        {"up", "--config", "broken/tripmig.toml"},
    };
    for (std::vector<std::string> arguments : failing) {
        arguments.insert(arguments.begin(), "--json");
        CAPTURE(arguments.at(1));
        Surroundings where;
        where.directory = folder.path();
        const CommandResult result = run_tripmig(arguments, where);
        CHECK(result.exit_code != 0);
        const nlohmann::json document = nlohmann::json::parse(result.out, nullptr, false);
        REQUIRE_MESSAGE(document.is_object(), result.out);
        CHECK(document["error"]["code"] == result.exit_code);
        CHECK(!document["error"]["message"].get<std::string>().empty());
        CHECK_MESSAGE(contains(result.err, "error: "), result.err);
    }
}

TEST_CASE("what a sandbox runs has its own --json") {
    CHECK(run_tripmig({"sandbox", "run", "--pg-bindir", "/nowhere", "--", "true", "--json"}).out.empty());
}

TEST_CASE("a mistyped word is answered with the nearest one") {
    CHECK(contains(message_of({"satus"}), "did you mean status?"));
    CHECK(contains(message_of({"sandbox", "rum"}), "did you mean run?"));
    CHECK(contains(message_of({"sandbox", "status", "--jsn"}), "did you mean --json?"));
    CHECK(contains(message_of({"sandbox", "run", "--kep", "--", "true"}), "did you mean --keep?"));
    CHECK(contains(message_of({"completely-different"}), "tripmig --help"));
}

TEST_CASE("what is missing, superfluous or of the wrong kind is named") {
    CHECK(contains(message_of({}), "needs a command"));
    CHECK(contains(message_of({"sandbox"}), "needs a command: one of run"));
    CHECK(contains(message_of({"sandbox", "status", "superfluous"}), "superfluous"));
    CHECK(contains(message_of({"sandbox", "run", "--port", "banana", "--", "true"}), "banana"));
    CHECK(contains(message_of({"--log-format", "xml", "sandbox", "status"}), "xml"));
    CHECK(contains(message_of({"--quiet", "--verbose", "sandbox", "status"}), "--verbose"));
}

TEST_CASE("global options count before, between and after the words of a command") {
    for (const auto& arguments : {std::vector<std::string>{"--json", "sandbox", "status", "--dir", "/tmp/none"},
                                  {"sandbox", "--json", "status", "--dir", "/tmp/none"},
                                  {"sandbox", "status", "--dir", "/tmp/none", "--json"}}) {
        const auto result = run_tripmig(arguments);
        CHECK(result.exit_code == 6);
        CHECK(nlohmann::json::parse(result.out)["running"] == false);
    }
}

TEST_CASE("with --log-format json an error is a document too") {
    const auto result = run_tripmig({"--log-format", "json", "sandbox", "url", "--dir", "/tmp/none"});
    CHECK(result.exit_code == 6);
    const auto document = nlohmann::json::parse(result.err);
    CHECK(document["exit_code"] == 6);
    CHECK(contains(document["message"], "/tmp/none"));
}

TEST_CASE("a result that cannot be written is an error, not silence") {
    const auto result = run_command({"sh", "-c", "\"$TRIPMIG_BINARY\" sandbox status --dir /tmp/none >/dev/full"});
    CHECK(result.exit_code == 1);
    CHECK(contains(result.err, "stdout"));
}
