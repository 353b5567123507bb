// What the program says of itself: help, pages, manual pages, codes, and completion as bash asks for it.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "support/command.hpp"
#include "support/test_database.hpp"

using namespace tripmig::test;

namespace {

std::string file_text(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

const Surroundings nowhere{{{"DATABASE_URL", std::nullopt}, {"TRIPMIG_DATABASE_URL", std::nullopt}}, {}, {}};

/// What bash offers after these words, the last of which TAB is pressed in. `tripmig` is in PATH by its name.
std::set<std::string> offered(const TemporaryFolder& folder, const std::string& words, Surroundings around = {}) {
    const std::filesystem::path binary = std::getenv("TRIPMIG_BINARY");
    const std::string script =
        "source completion.bash; COMP_WORDS=(" + words + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));\n" +
        "compopt() { :; }; _tripmig tripmig \"${COMP_WORDS[COMP_CWORD]}\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
    around.directory = folder.path();
    around.environment["PATH"] = binary.parent_path().string() + ":" + std::getenv("PATH");
    const CommandResult result = run_command({"bash", "-c", script}, around);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    std::set<std::string> all;
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);)
        if (!line.empty())
            all.insert(line);
    return all;
}

bool has(const std::set<std::string>& words, const std::string& word) {
    return words.count(word) == 1;
}

}  // namespace

TEST_CASE("docs/commands.md is what the program declares") {
    const CommandResult made = run_tripmig({"help", "--markdown"}, nowhere);
    CHECK(made.exit_code == 0);
    CHECK_MESSAGE(made.out == file_text(std::filesystem::path(TRIPMIG_SOURCE_DIR) / "docs/commands.md"),
                  "run: tripmig help --markdown > docs/commands.md");
}

TEST_CASE("help of a command is its --help, and names its page") {
    const std::string own = run_tripmig({"partition", "split", "--help"}, nowhere).out;
    const std::string asked = run_tripmig({"help", "partition", "split"}, nowhere).out;
    CHECK(asked.rfind(own, 0) == 0);
    CHECK(run_tripmig({"help", "lint"}, nowhere).out.find("tripmig help --page lint") != std::string::npos);
    CHECK(run_tripmig({"help"}, nowhere).out.find("exit-codes") != std::string::npos);
}

TEST_CASE("pages are those of docs/, and a wrong name gets a guess") {
    const auto page = [](const std::string& name) {
        return file_text(std::filesystem::path(TRIPMIG_SOURCE_DIR) / "docs" / (name + ".md"));
    };
    CHECK(run_tripmig({"help", "exit-codes"}, nowhere).out == page("exit-codes"));
    CHECK(run_tripmig({"help", "--page", "lint"}, nowhere).out == page("lint"));
    const CommandResult wrong = run_tripmig({"help", "exit-code"}, nowhere);
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("exit-codes") != std::string::npos);
}

TEST_CASE("every command has a manual page, and none begins a line with a macro of its own") {
    const TemporaryFolder folder;
    REQUIRE(run_tripmig({"help", "--man-pages", (folder.path() / "man1").string()}, nowhere).exit_code == 0);
    CHECK(folder.read("man1/tripmig-partition-split.1").find(".SH OPTIONS") != std::string::npos);
    CHECK(folder.read("man1/tripmig.1").find(".BR tripmig\\-up (1)") != std::string::npos);
    const std::set<std::string> macros{".TH", ".ad", ".nh", ".SH", ".TP", ".B", ".BR", ".nf", ".fi"};
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "man1")) {
        std::istringstream lines(file_text(entry.path()));
        for (std::string line; std::getline(lines, line);)
            if (!line.empty() && line.front() == '.')
                CHECK_MESSAGE(macros.count(line.substr(0, line.find(' '))) == 1, entry.path().string(), ": ", line);
    }
}

TEST_CASE("explain knows every exit code, lint rule and check") {
    for (const char* code : {"0", "11", "130", "set-not-null", "connection.pooler"})
        CHECK_MESSAGE(run_tripmig({"explain", code}, nowhere).exit_code == 0, code);
    CHECK(run_tripmig({"explain", "11"}, nowhere).out.find("lock deadline") != std::string::npos);
    const CommandResult wrong = run_tripmig({"explain", "set-not-nul"}, nowhere);
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("set-not-null") != std::string::npos);
}

TEST_CASE("bash completes commands, options, choices, versions, tables and partitions") {
    const TemporaryFolder folder;
    folder.write("completion.bash", run_tripmig({"completion", "bash"}, nowhere).out);
    folder.write("migrations/V1__a.sql", "SELECT 1;\n");
    folder.write("migrations/V20__b.sql", "SELECT 1;\n");
    CHECK(has(offered(folder, "tripmig ''"), "partition"));
    CHECK(offered(folder, "tripmig partition m") == std::set<std::string>{"maintain", "merge"});
    CHECK(has(offered(folder, "tripmig partition maintain --"), "--only"));
    CHECK(has(offered(folder, "tripmig --config x partition maintain --"), "--migrations"));
    CHECK(offered(folder, "tripmig --log-format ''") == std::set<std::string>{"json", "text"});
    CHECK(offered(folder, "tripmig up --to ''") == std::set<std::string>{"1", "20"});

    const TestDatabase database;
    database.exec(
        "CREATE TABLE orders (id int) PARTITION BY RANGE (id);"
        "CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (1) TO (2);"
        "CREATE SCHEMA shop; CREATE TABLE shop.\"Odd Name\" (id int)");
    const Surroundings here{{{"DATABASE_URL", database.url()}}, {}, {}};
    CHECK(has(offered(folder, "tripmig swap plan ''", here), "orders"));
    CHECK(!has(offered(folder, "tripmig swap plan ''", here), "orders_1"));
    CHECK(offered(folder, "tripmig partition split o", here) == std::set<std::string>{"orders_1"});
    const Surroundings dead{{{"DATABASE_URL", "postgresql://127.0.0.1:1/none"}}, {}, {}};
    folder.write("partitions/items.toml", "table = \"public.items\"\nkey = \"id\"\ninterval = 1000\n");
    CHECK(has(offered(folder, "tripmig swap plan ''", dead), "items"));
}

TEST_CASE("help and completion as JSON are one document") {
    CHECK(nlohmann::json::parse(run_tripmig({"--json", "help"}, nowhere).out)["commands"].size() > 10);
    CHECK(nlohmann::json::parse(run_tripmig({"--json", "help", "exit-codes"}, nowhere).out)["page"] == "exit-codes");
    CHECK(nlohmann::json::parse(run_tripmig({"--json", "completion", "zsh"}, nowhere).out).contains("script"));
}
