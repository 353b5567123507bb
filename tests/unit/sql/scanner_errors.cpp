#include <doctest/doctest.h>

#include <string>

#include "expect_error.hpp"
#include "sql/scanner.hpp"

using namespace tripmig;

namespace {

std::string scan_error(const std::string& text) {
    const Error error = test::error_of([&] { sql::scan(text, {"V1__x.sql"}); });
    CHECK(error.code() == ExitCode::usage);
    CHECK_FALSE(error.hint().empty());
    REQUIRE(error.position());
    CHECK(error.position()->file == "V1__x.sql");
    return test::brief(error);
}

std::string hint(const std::string& text) {
    return test::error_of([&] { sql::scan(text); }).hint();
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what is never closed is named where it was opened") {
    CHECK(scan_error("select 1;\n select 'a; select 2;\n") == "2:9 the string opened here is never closed");
    CHECK(scan_error("select E'a\\'") == "1:8 the string opened here is never closed");
    CHECK(scan_error("select \"a") == "1:8 the quoted identifier opened here is never closed");
    CHECK(scan_error("select 1; /* a /* b */") == "1:11 the comment opened here is never closed");
    CHECK(scan_error("select 한/* a") == "1:9 the comment opened here is never closed");
    CHECK(scan_error("do $body$ begin end $BODY$;") ==
          "1:4 the dollar-quoted string opened here is never closed by $body$");
    CHECK(scan_error("select 1;\nselect (a, (b);\nselect 2;") == "2:8 the parenthesis opened here is never closed");
    CHECK(scan_error("create function f() returns int begin atomic select 1; select 2;") ==
          "1:33 the BEGIN of this routine's body has no END");
    // Without ATOMIC it is a name.
    CHECK(sql::scan("create function begin() returns int return 1; select 2;").statements.size() == 2);
}

TEST_CASE("an error shows its line") {
    const Error error = test::error_of([] { sql::scan("select 1;\r\n  select 'a\r\nb", {"x.sql"}); });
    CHECK(error.position()->line_text == "  select 'a");
    CHECK(contains(describe(error), "x.sql:2:10: the string opened here"));
}

TEST_CASE("a NUL byte is an error") {
    CHECK(scan_error(std::string("select 1;\n-- a\0b", 16)) == "2:5 a NUL byte, which SQL text cannot contain");
    CHECK(contains(hint(std::string("\xFF\xFEs\0e\0", 6)), "UTF-8"));
}

TEST_CASE("psql's commands are errors that say what to write instead") {
    CHECK(scan_error("select 1;\n  \\echo hi\n") == "2:3 \\echo is a command of psql, not SQL");
    CHECK(scan_error("select 1 \\gexec") == "1:10 \\gexec is a command of psql, not SQL");
    CHECK(contains(hint("\\c other"), "one database"));
    CHECK(contains(hint("\\connect other"), "one database"));
    CHECK(contains(hint("\\set x 1"), "${name}"));
    CHECK(contains(hint("select 1 \\gset"), "${name}"));
    CHECK(contains(hint("\\copy t from 'x'"), "COPY ... FROM STDIN"));
    CHECK(contains(hint("select 1 \\gexec"), "EXECUTE format"));
    CHECK(contains(hint("select 1 \\g"), ";"));
    CHECK(contains(hint("\\if true"), "DO block"));
    CHECK(contains(hint("\\! ls"), "remove it"));
    CHECK(contains(hint("\\timing on"), "remove it"));
    CHECK(contains(hint("\\dt+"), "lists"));
    CHECK(contains(hint("\\."), "none is open"));
    CHECK(contains(hint("\\nonsense"), "\\i and \\ir"));
    CHECK(contains(hint("select \\:x"), "write : alone"));
    CHECK(contains(hint("select (1\\; 2)"), "write ; alone"));
    CHECK(scan_error("select 1 \\i x.sql") == "1:10 a psql command inside a statement");
    CHECK(scan_error("select 1\\; \\restrict abc\nselect 2;") == "1:12 a psql command inside a statement");
}

TEST_CASE("\\i and \\ir are reported, not followed") {
    const sql::ScannedText script = sql::scan(
        "select 1;\n  \\i a/b.sql\nselect 2; \\ir 'it''s here.sql' ;\r\n\\include c.sql;\n\\include_relative d.sql");
    REQUIRE(script.includes.size() == 4);
    CHECK(script.includes[0].path == "a/b.sql");
    CHECK_FALSE(script.includes[0].is_relative);
    CHECK(script.includes[0].before == 1);
    CHECK(script.includes[0].line == 2);
    CHECK(script.includes[0].column == 3);
    CHECK(script.includes[0].offset == 12);
    CHECK(script.includes[1].path == "it's here.sql");
    CHECK(script.includes[1].is_relative);
    CHECK(script.includes[1].before == 2);
    CHECK(script.includes[2].path == "c.sql");
    CHECK(script.includes[3].is_relative);
    CHECK(script.statements.size() == 2);
}

TEST_CASE("a file name that psql would not read as it stands is an error") {
    CHECK(scan_error("\\i") == "1:3 no file is named");
    CHECK(scan_error("\\i 'a") == "1:4 the file name's quote is not closed");
    CHECK(scan_error("\\i a b") == "1:6 nothing can follow the file name on its line");
    CHECK(scan_error("\\i dir\\a.sql") == "1:7 nothing can follow the file name on its line");
    CHECK(contains(scan_error("\\i `ls`"), "cannot be used"));
    CHECK(contains(scan_error("\\i \"a\""), "cannot be used"));
    CHECK(contains(scan_error("\\i :dir"), "cannot be used"));
}

TEST_CASE("pg_dump's \\restrict and \\unrestrict are passed over") {
    const sql::ScannedText script = sql::scan("\\restrict abc'def\nselect 1;\n\\unrestrict abc'def\n");
    REQUIRE(script.statements.size() == 1);
    CHECK(script.statements[0].text == "select 1");
    CHECK(script.includes.empty());
}
