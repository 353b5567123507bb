#include <doctest/doctest.h>

#include <string>

#include "expect_error.hpp"
#include "sql/scanner.hpp"

using namespace tripmig;

TEST_CASE("COPY ... FROM STDIN takes the lines up to \\.") {
    const std::string text = "copy t from stdin;\n1\t;'$$\n\\N\\.\n\\.x\n\\.\nselect 2;";
    const sql::ScannedText script = sql::scan(text);
    REQUIRE(script.statements.size() == 2);
    CHECK(script.statements[0].text == "copy t from stdin");
    CHECK(script.statements[0].copy_data == "1\t;'$$\n\\N\\.\n\\.x\n");
    CHECK(script.statements[0].copy_data_offset == text.find('1'));
    CHECK(script.statements[1].text == "select 2");
    CHECK(script.statements[1].line == 6);
    CHECK(script.statements[1].copy_data_offset == 0);
}

TEST_CASE("COPY is known in any dress") {
    for (const char* statement :
         {"COPY t FROM STDIN", "Copy Public.\"T\" (a, \"from\") From Stdin With (Format csv, Header)",
          "copy t from stdin csv", "copy t /* a */ from -- b\n stdin where a > 1", "copy binary t from stdin",
          "copy t from stdout"}) {
        const std::string text = std::string(statement) + ";\n1\n\\.\n";
        const sql::ScannedText script = sql::scan(text);
        REQUIRE_MESSAGE(script.statements.size() == 1, statement);
        CHECK_MESSAGE(script.statements[0].copy_data == "1\n", statement);
    }
}

TEST_CASE("other COPYs take nothing") {
    for (const char* statement :
         {"copy t from 'stdin'", "copy t from program 'x' with (stdin)", "copy t to stdout",
          "copy (select 1 from stdin) to stdout", "copy \"from\" to 'stdin'", "copy t -- from stdin\n to stdout",
          "copy stdin from 'x'", "copy t from \"stdin\"", "copy t from 'x' where a is distinct from stdin",
          "select 'copy t from stdin'", "copy t (a from stdin"}) {
        const std::string text = std::string(statement) +
                                 (std::string(statement).find("(a ") != std::string::npos ? ")" : "") + ";\nselect 2;";
        CHECK_MESSAGE(sql::scan(text).statements.size() == 2, statement);
    }
}

TEST_CASE("the text's end ends the data too") {
    CHECK(sql::scan("copy t from stdin;\n1\n2").statements[0].copy_data == "1\n2");
    CHECK(sql::scan("copy t from stdin;\n1\n\\.").statements[0].copy_data == "1\n");
    CHECK(sql::scan("copy t from stdin;\n").statements[0].copy_data.empty());
    CHECK(sql::scan("copy t from stdin;").statements[0].copy_data.empty());
    CHECK(sql::scan("copy t from stdin;").statements[0].copy_data_offset == 18);
    CHECK(sql::scan("copy t from stdin").statements[0].copy_data_offset == 17);
    CHECK(sql::scan("copy t from stdin;\n\\.\n").statements[0].copy_data.empty());
}

TEST_CASE("CR LF files") {
    const sql::ScannedText script = sql::scan("copy t from stdin;\r\n1\r\n\\.\r\nselect 2;\r\n");
    REQUIRE(script.statements.size() == 2);
    CHECK(script.statements[0].copy_data == "1\r\n");
    CHECK(script.statements[1].line == 4);
}

TEST_CASE("a comment may follow on COPY's line, a statement may not") {
    const sql::ScannedText script = sql::scan("copy t from stdin; /* a */ -- b;\n1\n\\.\nselect 2");
    REQUIRE(script.statements.size() == 2);
    CHECK(script.statements[0].copy_data == "1\n");
    CHECK(script.comments_before(script.statements[1]).size() == 2);
    CHECK(script.statements[1].line == 4);
    const Error error = test::error_of([] { sql::scan("copy t from stdin; select 1;\n1\n\\.\n"); });
    CHECK(test::brief(error) == "1:20 COPY ... FROM STDIN takes its data from the next line on");
    CHECK(test::brief(test::error_of([] { sql::scan("copy t from stdin; /* a\n*/ 1"); })).substr(0, 5) == "1:20 ");
}

TEST_CASE("joined COPYs take their data one after the other") {
    const sql::ScannedText script =
        sql::scan("select 0\\; copy a from stdin\\; copy b from stdin\\; select 1; -- c\n1\n\\.\n2\n\\.\nselect 9");
    REQUIRE(script.statements.size() == 5);
    CHECK(script.statements[1].copy_data == "1\n");
    CHECK(script.statements[2].copy_data == "2\n");
    CHECK(script.statements[4].text == "select 9");
}
