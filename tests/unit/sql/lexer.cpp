#include "sql/lexer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tripmig;
using Kind = sql::LexemeKind;

namespace {

/// The texts of all lexemes but white space.
std::vector<std::string> cut(std::string_view text, bool standard_strings = true) {
    sql::Lexer lexer(text, standard_strings);
    std::vector<std::string> texts;
    std::size_t end = 0;
    for (sql::Lexeme lexeme = lexer.next(); lexeme.kind != Kind::end; lexeme = lexer.next()) {
        REQUIRE(lexeme.begin == end);
        REQUIRE(lexeme.end > lexeme.begin);
        end = lexeme.end;
        if (lexeme.kind != Kind::blank)
            texts.emplace_back(lexer.text(lexeme));
    }
    REQUIRE(end == text.size());
    return texts;
}

sql::Lexeme first(std::string_view text, bool standard_strings = true) {
    return sql::Lexer(text, standard_strings).next();
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("names hold digits, dollars and any byte above 127") {
    CHECK(cut("a$$b _x9 Ärger") == Texts{"a$$b", "_x9", "Ärger"});
    CHECK(first("a$$").kind == Kind::identifier);
}

TEST_CASE("string prefixes count only before the quote, and only alone") {
    CHECK(first("e'\\''").kind == Kind::escape_string);
    CHECK(first("E'a\\'b'").end == 7);
    CHECK(first("B'01'").kind == Kind::bit_string);
    CHECK(first("x'1F'").kind == Kind::bit_string);
    CHECK(first("N'a'").kind == Kind::string);
    CHECK(first("U&'a'").kind == Kind::unicode_string);
    CHECK(first("u&\"a\"").kind == Kind::unicode_identifier);
    CHECK(cut("te'a'") == Texts{"te", "'a'"});
    CHECK(cut("e 'a'") == Texts{"e", "'a'"});
    CHECK(cut("u & 'a'") == Texts{"u", "&", "'a'"});
    CHECK(cut("u&a") == Texts{"u", "&", "a"});
    CHECK(cut("a'b'") == Texts{"a", "'b'"});
}

TEST_CASE("a backslash hides a quote only in E strings, and in all plain ones when the standard is off") {
    CHECK(cut("'a\\' b") == Texts{"'a\\'", "b"});
    CHECK(cut("'a\\' b'", false) == Texts{"'a\\' b'"});
    CHECK(cut("n'a\\' b'", false) == Texts{"n'a\\' b'"});
    CHECK(cut("U&'a\\' b", false) == Texts{"U&'a\\'", "b"});
    CHECK(cut("x'a\\' b", false) == Texts{"x'a\\'", "b"});
    CHECK(cut("E'\\\\' b") == Texts{"E'\\\\'", "b"});
    CHECK(first("'a\\'b'", false).kind == Kind::escape_string);
}

TEST_CASE("a doubled quote is a quote inside") {
    CHECK(cut("'it''s' x") == Texts{"'it''s'", "x"});
    CHECK(cut("'''' x") == Texts{"''''", "x"});
    CHECK(cut("E'''\\'' x") == Texts{"E'''\\''", "x"});
    CHECK(cut("\"a\"\"b\" x") == Texts{"\"a\"\"b\"", "x"});
    CHECK(cut("b'1''0'") == Texts{"b'1'", "'0'"});
}

TEST_CASE("a string goes on behind a line end") {
    CHECK(cut("'a'\n'b' c") == Texts{"'a'\n'b'", "c"});
    CHECK(cut("'a' \t\r\n -- a comment's quote\n  'b' c") == Texts{"'a' \t\r\n -- a comment's quote\n  'b'", "c"});
    CHECK(cut("'a' -- x\n'b'") == Texts{"'a' -- x\n'b'"});
    CHECK(cut("E'a'\n'\\'b'") == Texts{"E'a'\n'\\'b'"});
    CHECK(cut("'a' 'b'") == Texts{"'a'", "'b'"});
    CHECK(cut("'a' /* x\n */ 'b'") == Texts{"'a'", "/* x\n */", "'b'"});
    CHECK(cut("'a'\n/* x */'b'") == Texts{"'a'", "/* x */", "'b'"});
    CHECK(cut("'a'\n-'b'") == Texts{"'a'", "-", "'b'"});
    CHECK(cut("'a'\nE'b'") == Texts{"'a'", "E'b'"});
    CHECK(cut("'a'\r'b'") == Texts{"'a'\r'b'"});
    CHECK(cut("'a' --'b'") == Texts{"'a'", "--'b'"});
}

TEST_CASE("dollar quotes end at the same tag and nowhere else") {
    CHECK(cut("$$a;$b$c$$ d") == Texts{"$$a;$b$c$$", "d"});
    CHECK(cut("$a$ $A$ $ab$ $a $a$") == Texts{"$a$ $A$ $ab$ $a $a$"});
    CHECK(cut("$x$a$x$x$") == Texts{"$x$a$x$", "x$"});
    CHECK(cut("$한글$;$한글$") == Texts{"$한글$;$한글$"});
    CHECK(cut("$a$$$a$") == Texts{"$a$$$a$"});
    CHECK(cut("$a1_$;$a1_$") == Texts{"$a1_$;$a1_$"});
    CHECK(cut("$$$$") == Texts{"$$$$"});
    CHECK(cut("a$$;") == Texts{"a$$", ";"});
    CHECK(cut("1$$;$$") == Texts{"1", "$$;$$"});
    CHECK(cut("$1$$;$$") == Texts{"$1", "$$;$$"});
    CHECK(cut("$1a $") == Texts{"$1a", "$"});
    CHECK(cut("$a b$") == Texts{"$", "a", "b$"});
    CHECK(cut("$1a$ x") == Texts{"$1a", "$", "x"});
}

TEST_CASE("comments nest, and begin inside of operators") {
    CHECK(cut("/* a /* b */ c */ d") == Texts{"/* a /* b */ c */", "d"});
    CHECK(cut("/*/ a */ d") == Texts{"/*/ a */", "d"});
    CHECK(cut("/**/ d") == Texts{"/**/", "d"});
    CHECK(cut("/* **/ d") == Texts{"/* **/", "d"});
    CHECK(cut("/*/*/**/*/*/ d") == Texts{"/*/*/**/*/*/", "d"});
    CHECK(cut("1+--2\n3") == Texts{"1", "+", "--2", "3"});
    CHECK(cut("1*/*2*/3") == Texts{"1", "*", "/*2*/", "3"});
    CHECK(cut("a<--b") == Texts{"a", "<", "--b"});
    CHECK(cut("-- a\r b") == Texts{"-- a", "b"});
    CHECK_FALSE(first("/*/").is_complete);
    CHECK_FALSE(first("/* /* */").is_complete);
}

TEST_CASE("operators are as long as the server makes them") {
    CHECK(cut("a->>'b'") == Texts{"a", "->>", "'b'"});
    CHECK(cut("a=-1") == Texts{"a", "=", "-", "1"});
    CHECK(cut("a@-1") == Texts{"a", "@-", "1"});
    CHECK(cut("a=@-1") == Texts{"a", "=@-", "1"});
    CHECK(cut("a=-@1") == Texts{"a", "=-@", "1"});
    CHECK(cut("a<=-+1") == Texts{"a", "<=", "-", "+", "1"});
    CHECK(cut("a+-+b") == Texts{"a", "+", "-", "+", "b"});
    CHECK(cut("a+-+--b") == Texts{"a", "+", "-", "+", "--b"});
    CHECK(cut("a+-+ -@") == Texts{"a", "+", "-", "+", "-@"});
    CHECK(cut("a::b:=c=>d..e") == Texts{"a", "::", "b", ":=", "c", "=>", "d", "..", "e"});
    CHECK(cut("a.b.*") == Texts{"a", ".", "b", ".", "*"});
}

TEST_CASE("numbers") {
    CHECK(cut("1 1.5 .5 1. 1e5 1.5E-3 1_000 0x1F") == Texts{"1", "1.5", ".5", "1.", "1e5", "1.5E-3", "1_000", "0x1F"});
    CHECK(cut("1..10") == Texts{"1", "..", "10"});
    CHECK(cut("1e--x") == Texts{"1e-", "-", "x"});
    CHECK(cut("1e'\\'") == Texts{"1e", "'\\'"});
    CHECK(cut("1ab") == Texts{"1a", "b"});
    CHECK(cut("a[1:2]") == Texts{"a", "[", "1", ":2", "]"});
}

TEST_CASE("what psql takes for a variable is one piece, a cast is not") {
    CHECK(first(":end").kind == Kind::variable);
    CHECK(cut(":end ::end :'x' :\"y\"") == Texts{":end", "::", "end", ":", "'x'", ":", "\"y\""});
}

TEST_CASE("what the text's end cuts off is told") {
    for (const char* open :
         {"'a", "E'a\\'", "\"a", "$a$ $b$", "U&'x", "U&\"x", "b'1", "'a''", "E'\\", "$$ $", "'a'\n'b"})
        CHECK_MESSAGE(!first(open).is_complete, open);
}

TEST_CASE("the time is linear in the text, whatever it is made of") {
    const std::size_t size = 2'000'000;
    for (const std::string& piece :
         std::vector<std::string>{"+",  "+-", "<-", "'a'\n", "'a'--\n", "''",   "$", "$a", "$a$ ",  "/*", "*/",
                                  ":a", "1e", "1.", "u&",    "-/",      "\"\"", "(", "a ", "e'\\'", "\\"}) {
        std::string text;
        while (text.size() < size)
            text += piece;
        sql::Lexer lexer(text);
        std::size_t count = 0;
        while (lexer.next().kind != Kind::end)
            ++count;
        CHECK_MESSAGE(count > 0, piece);  // a quadratic lexer would take hours to come here
    }
}
