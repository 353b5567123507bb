// The scanner against psql itself: both read the same file, psql says what it sent (its --log-file), and the two must
// agree.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sql/lexer.hpp"
#include "sql/scanner.hpp"
#include "support/command.hpp"
#include "support/test_database.hpp"
#include "unit/sql/generated_sql.hpp"

using namespace tripmig;

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// psql leaves empty lines out: so do we before comparing.
std::string without_empty_lines(std::string_view text) {
    std::string result;
    for (const char c : text)
        if (c != '\n' || result.empty() || result.back() != '\n')
            result += c;
    return result;
}

/// What psql writes around a query in its log. From version 17 on the two lines are comments.
struct LogFrame {
    std::string begin;
    std::string end;
};

LogFrame frame_of(const std::string& log) {
    if (log.rfind("/*", 0) == 0)
        return {"/******** QUERY *********/\n", "\n/************************/\n"};
    return {"********* QUERY **********\n", "\n**************************\n"};
}

/// What psql sent, one entry a query buffer, from its log, which begins with the first query.
std::vector<std::string> queries_in(const std::string& log) {
    const LogFrame frame = frame_of(log);
    std::vector<std::string> queries;
    for (std::size_t at = log.find(frame.begin); at != std::string::npos; at = log.find(frame.begin, at)) {
        at += frame.begin.size();
        const std::size_t until = log.find(frame.end, at);
        queries.push_back(log.substr(at, until - at));
        at = until;
    }
    return queries;
}

/// Takes white space, comments and ; away from the beginning.
void skip_gap(std::string_view& text) {
    sql::Lexer lexer(text);
    for (sql::Lexeme lexeme = lexer.next();; lexeme = lexer.next()) {
        const bool is_gap = lexeme.kind == sql::LexemeKind::blank || lexeme.kind == sql::LexemeKind::line_comment ||
                            lexeme.kind == sql::LexemeKind::block_comment || lexer.text(lexeme) == ";";
        if (!is_gap) {
            text.remove_prefix(lexeme.begin);
            return;
        }
    }
}

/// Each query buffer must be one statement, or the statements that \; joins, and nothing more.
void check_agreement(const std::vector<std::string>& queries, const sql::ScannedText& script) {
    std::size_t index = 0;
    for (const std::string& query : queries) {
        const std::string sent = without_empty_lines(query);
        std::string_view rest = sent;
        skip_gap(rest);
        while (!rest.empty()) {
            REQUIRE_MESSAGE(index < script.statements.size(), "psql sent more: " << rest);
            const std::string ours = without_empty_lines(script.statements[index].text);
            REQUIRE_MESSAGE(rest.substr(0, ours.size()) == ours, "psql sent: " << rest << "\nwe have: " << ours);
            rest.remove_prefix(ours.size());
            skip_gap(rest);
            REQUIRE_MESSAGE(script.statements[index].is_joined == !rest.empty(), "psql sent behind it: " << rest);
            ++index;
        }
    }
    REQUIRE(index == script.statements.size());
}

void compare_with_psql(const std::string& text) {
    const test::TestDatabase database;
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder.write("case.sql", text);
    const test::CommandResult result =
        test::run_command({"psql", "--no-psqlrc", "--quiet", "--dbname", database.url(), "--log-file",
                           folder.path() / "log", "--output", "/dev/null", "--file", file});
    REQUIRE_MESSAGE(result.exit_code == 0, result.err);
    const std::vector<std::string> queries = queries_in(folder.read("log"));
    REQUIRE_FALSE(queries.empty());
    check_agreement(queries, sql::scan(text));
}

std::string with_crlf(const std::string& text) {
    std::string result;
    for (const char c : text)
        result += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return result;
}

}  // namespace

TEST_CASE("the log of psql is understood as version 15 writes it and as version 17 does") {
    const std::vector<std::string> queries{"select 1;", "/* ** QUERY */\nselect\n2;"};
    CHECK(queries_in("********* QUERY **********\nselect 1;\n**************************\n\n ?column? \n\n"
                     "********* QUERY **********\n/* ** QUERY */\nselect\n2;\n**************************\n\n") ==
          queries);
    CHECK(queries_in("/******** QUERY *********/\nselect 1;\n/************************/\n\n ?column? \n\n"
                     "/******** QUERY *********/\n/* ** QUERY */\nselect\n2;\n/************************/\n\n") ==
          queries);
}

TEST_CASE("psql and the scanner agree on every nasty file, with either line end") {
    std::size_t cases = 0;
    for (const auto& entry : std::filesystem::directory_iterator(TRIPMIG_SOURCE_DIR "/tests/db/sql/cases")) {
        INFO(entry.path().string());
        const std::string text = read_file(entry.path());
        compare_with_psql(text);
        compare_with_psql(with_crlf(text));
        ++cases;
    }
    CHECK(cases >= 10);
}

TEST_CASE("psql and the scanner agree on generated scripts") {
    for (unsigned seed = 1; seed <= 8; ++seed) {
        INFO("seed ", seed);
        compare_with_psql(test::GeneratedSql(seed, 300).script());
    }
}

TEST_CASE("psql loads the data lines that the scanner finds") {
    const std::string text =
        "create table t (a text);\ncopy t from stdin;\none;\ntwo '\n\\\\.\n\\.\nselect 1;\nCOPY t FROM STDIN;\nthree\n";
    const test::TestDatabase database;
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder.write("case.sql", text);
    REQUIRE(
        test::run_command({"psql", "--no-psqlrc", "--quiet", "--dbname", database.url(), "--file", file}).exit_code ==
        0);
    const sql::ScannedText script = sql::scan(text);
    REQUIRE(script.statements.size() == 4);
    CHECK(script.statements[1].copy_data == "one;\ntwo '\n\\\\.\n");
    CHECK(script.statements[3].copy_data == "three\n");
    CHECK(database.scalar("select string_agg(a, '|' order by ctid) from t") == "one;|two '|\\.|three");
}
