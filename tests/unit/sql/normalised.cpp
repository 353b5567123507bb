#include "sql/normalised.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace tripmig;

namespace {

std::string norm(std::string_view text) {
    return sql::normalised(text);
}

}  // namespace

TEST_CASE("the stored form never changes: hashes were made of it") {
    CHECK(norm("CREATE TABLE Public.\"T\" (\n  a INT, -- the a\n  b text DEFAULT 'It''s'\n);") ==
          " create table public . \"T\" ( a int , b text default 'It''s' ) ;\n");
    CHECK(norm("select 1;select $1::INT+-.5") == " select 1 ;\n select $1 :: int + - .5 ;\n");
    CHECK(norm("copy t from stdin;\n1\tA\r\n\\.\n") == " copy t from stdin ;\n1\tA\n\\.\n");
    CHECK(norm("\\i A.sql\nselect 1\\; select 2;\n\\ir 'b c.sql'") ==
          "\\i A.sql\n select 1 \\;\n select 2 ;\n\\ir b c.sql\n");
}

TEST_CASE("what changes no token changes nothing") {
    const std::string text = "create table t (\n  a int default 1 + 2,\n  b text[]\n);\nselect E'\\n', $$ x\n  y $$;\n";
    std::string with_crlf;
    for (const char c : text)
        with_crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    CHECK(norm(text) == norm(with_crlf));
    CHECK(norm(text) == norm("\xEF\xBB\xBF" + text));
    CHECK(norm(text) == norm("-- a comment\n/* another; */\n" + text + "-- end"));
    CHECK(norm(text) == norm("\\restrict abc\n" + text + ";;\n\\unrestrict abc\n"));
    CHECK(norm(text) == norm("CREATE TABLE T(A int DEFAULT 1+2,b TEXT[] );select E'\\n',$$ x\n  y $$"));
    CHECK(norm("select 'a'\n  'b'") == norm("select 'a' -- c\r\n\r\n'b'"));
    CHECK(norm("select a[1:n]") == norm("select a [ 1 : n ]"));
    CHECK(norm("copy t from stdin;\n1\n\\.\n") == norm("COPY t FROM STDIN; -- c\r\n1\r\n\\.\r\n"));
    CHECK(norm("copy t from stdin;\n1\n\\.\n") == norm("copy t from stdin;\n1"));
    CHECK(norm("") == norm(" -- nothing\n;"));
}

TEST_CASE("what changes a token changes it") {
    const std::string text = norm("select 'a b', \"c\", $$d  e$$, f");
    for (const char* other :
         {"select 'a  b', \"c\", $$d  e$$, f", "select 'a b', \"C\", $$d  e$$, f", "select 'a b', c, $$d  e$$, f",
          "select 'a b', \"c\", $$d e$$, f", "select 'a b', \"c\", $x$d  e$x$, f", "select 'A b', \"c\", $$d  e$$, f",
          "select 'a b', \"c\", $$d  e$$; f", "select 'a b', \"c\", $$d  e$$, g", "select 'a b' \"c\", $$d  e$$, f"})
        CHECK_MESSAGE(norm(other) != text, other);
    CHECK(norm("copy t from stdin;\n1\n\\.\n") != norm("copy t from stdin;\n1 \n\\.\n"));
    CHECK(norm("do $$ begin -- a\n end $$") != norm("do $$ begin -- b\n end $$"));
    CHECK(norm("\\i a.sql") != norm("\\ir a.sql"));
    CHECK(norm("select 1\\; select 2;") != norm("select 1; select 2;"));
    CHECK(norm("select a - -1") != norm("select a -+ 1"));
    CHECK(norm("select 'a\rb'") != norm("select 'a\nb'"));
    CHECK(norm("select 'a\rb'") != norm("select 'ab'"));
}

TEST_CASE("a string is read by the setting where it stands") {
    CHECK(norm("set standard_conforming_strings = off; select 'a\\' -- b', C") ==
          " set standard_conforming_strings = off ;\n select 'a\\' -- b' , c ;\n");
}
