#include "sql/scanner.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tripmig;

namespace {

using Texts = std::vector<std::string>;

Texts split(std::string_view text, bool standard_strings = true) {
    sql::ScanOptions options;
    options.standard_conforming_strings = standard_strings;
    Texts texts;
    for (const sql::Statement& statement : sql::scan(text, options).statements)
        texts.emplace_back(statement.text);
    return texts;
}

}  // namespace

TEST_CASE("a script is cut at ; and blanks and comments around statements fall away") {
    CHECK(split("select 1; select 2;") == Texts{"select 1", "select 2"});
    CHECK(split("\n -- a\n select 1 -- b\n ; /* c */ select 2 /* d */ ") == Texts{"select 1", "select 2"});
    CHECK(split("select 1 /* in */ + -- in\n 2 ;") == Texts{"select 1 /* in */ + -- in\n 2"});
    CHECK(split("select 1;\r\nselect\r\n2;\r\n") == Texts{"select 1", "select\r\n2"});
}

TEST_CASE("empty statements yield nothing") {
    CHECK(split("").empty());
    CHECK(split(" ;; ; -- x\n;/* ; */").empty());
    CHECK(split(";select 1;;") == Texts{"select 1"});
}

TEST_CASE("; in quotes, comments and parentheses ends nothing") {
    CHECK(split("select ';', \";\", $$;$$, $x$;$$;$x$, E'\\';' /* ; /* ; */ ; */ -- ;\n; select 2").size() == 2);
    CHECK(split("create rule r as on insert to t do also (select 1; select (2); select 3); select 4").size() == 2);
    CHECK(split("select 1); select 2") == Texts{"select 1)", "select 2"});
    CHECK(split("select a$$; select b$$;") == Texts{"select a$$", "select b$$"});
    CHECK(split("select '\\'; select 2") == Texts{"select '\\'", "select 2"});
    CHECK(split("select [;]") == Texts{"select [", "]"});
}

TEST_CASE("psql's variables are left as they are") {
    CHECK(split("select :x, :'y', :\"z\", a::text, b[1:n], :{?q};") ==
          Texts{"select :x, :'y', :\"z\", a::text, b[1:n], :{?q}"});
}

TEST_CASE("the BEGIN ... END body of a routine holds its own ;") {
    CHECK(split("create function f() returns int begin atomic select 1; select 2; end; select 3").size() == 2);
    CHECK(
        split("CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC insert into t select case when a then 1 end; end; select 3")
            .size() == 2);
    CHECK(split("create or replace function f() returns int begin atomic select case x when 1 then (select case when y "
                "then 2 "
                "end) end; end; select 3")
              .size() == 2);
    CHECK(split("create function f(a int default (case when true then 1 end)) returns int return a; select 2").size() ==
          2);
    CHECK(split("create function f() returns int begin atomic select a[1:end]; end; select 2").size() == 2);
}

TEST_CASE("BEGIN, CASE and END count nowhere else") {
    CHECK(split("begin; select 1; end; begin; commit") == Texts{"begin", "select 1", "end", "begin", "commit"});
    CHECK(split("select case when true then 1 end; select 2").size() == 2);
    CHECK(split("create view begin as select 1; select 2").size() == 2);
    CHECK(split("create or alter function f begin; end").size() == 2);
    CHECK(split("create function f() language sql as 'begin'; select case when true then 1 end; select 3").size() == 3);
    CHECK(split("create function f() returns int return case when true then 1 end; select 2").size() == 2);
    CHECK(split("create function f() returns int language case; select 2").size() == 2);
    CHECK(split("create function f() language end as 'x'; select 2").size() == 2);
    CHECK(split("create function \"begin\"() returns int return 1; select 2").size() == 2);
    CHECK(split("create function f(begin int) returns int return 1; select 2").size() == 2);
}

TEST_CASE("standard_conforming_strings decides where a string ends") {
    CHECK(split("select '\\'; select '\\';").size() == 2);
    CHECK(split("select '\\'; select ';", false) == Texts{"select '\\'; select '"});
    CHECK(split("set standard_conforming_strings = off; select '\\';'; select 2").size() == 3);
    CHECK(split("SET SESSION Standard_Conforming_Strings TO 'Off'; select '\\';'; select 2").size() == 3);
    CHECK(split("set standard_conforming_strings to on; select '\\'; select 2", false).size() == 3);
    CHECK(split("set standard_conforming_strings = off; reset standard_conforming_strings; select '\\'; select 2")
              .size() == 4);
    CHECK(split("set standard_conforming_strings = off; reset all; select '\\'; select 2").size() == 4);
    CHECK(split("set standard_conforming_strings = off; discard all; select '\\'; select 2").size() == 4);
    CHECK(split("set standard_conforming_strings = default; select '\\'; select 2").size() == 3);
    CHECK(split("set standard_conforming_strings = perhaps; select '\\'; select 2").size() == 3);
    CHECK(split("set other = off; select '\\'; select 2").size() == 3);
    CHECK(split("select 'set standard_conforming_strings = off'; select '\\'; select 2").size() == 3);
}

TEST_CASE("a setting ends with the transaction that it belongs to") {
    const std::string off = "set standard_conforming_strings = off; ";
    const std::string local = "set local standard_conforming_strings = off; ";
    const std::string probe = "select '\\'; select 2";  // 2 statements while on, an open string while off
    const auto is_off = [&](const std::string& before) {
        const std::size_t prior = split(before).size();
        return split(before + "select '\\';'; select 2").size() == prior + 2 &&
               split(before + "select '\\'';").size() == prior + 1;
    };
    const auto is_on = [&](const std::string& before) {
        return split(before + probe).size() == split(before).size() + 2;
    };
    CHECK(is_on(""));
    CHECK(is_off(off));
    CHECK(is_off("begin; " + off + "commit; "));
    CHECK(is_on("begin; " + off + "rollback; "));
    CHECK(is_on("start transaction; " + off + "abort; "));
    CHECK(is_off(off + "begin; rollback; "));
    CHECK(is_off("begin; " + local));
    CHECK(is_on("begin; " + local + "commit; "));
    CHECK(is_on("begin; " + local + "end; "));
    CHECK(is_off("begin; " + local + "rollback to savepoint a; "));
    CHECK(is_off(off + "set local standard_conforming_strings = on; commit; "));
    CHECK(is_on("begin; " + local + "set standard_conforming_strings = on; "));
}

TEST_CASE("each statement remembers how its strings are to be read") {
    const sql::ScannedText script = sql::scan("select 1; set standard_conforming_strings = off; select 2");
    CHECK(script.statements[0].standard_conforming_strings);
    CHECK(script.statements[1].standard_conforming_strings);
    CHECK_FALSE(script.statements[2].standard_conforming_strings);
}

TEST_CASE("positions count bytes, lines and characters") {
    const std::string text = "\xEF\xBB\xBF-- 한글\r\n  select '한'; /* é */ select 2;\n\n\tselect 3";
    const sql::ScannedText script = sql::scan(text);
    REQUIRE(script.statements.size() == 3);
    CHECK(script.statements[0].line == 2);
    CHECK(script.statements[0].column == 3);
    CHECK(script.statements[0].offset == text.find("select '"));
    CHECK(script.statements[1].line == 2);
    CHECK(script.statements[1].column == 23);
    CHECK(script.statements[2].line == 4);
    CHECK(script.statements[2].column == 2);
    CHECK(script.statements[2].offset == text.find("select 3"));
    CHECK(script.comments[0].line == 1);
    CHECK(script.comments[0].column == 1);
    CHECK(script.comments[0].text == "-- 한글");
    CHECK(script.comments[1].column == 15);
    CHECK(sql::scan("\xEF\xBB\xBFselect 1").statements[0].column == 1);
}

TEST_CASE("a part of a file counts on from where it begins") {
    sql::ScanOptions options;
    options.start = {100, 7, 5};
    const sql::ScannedText script = sql::scan("a;\nb; -- c", options);
    CHECK(script.statements[0].offset == 100);
    CHECK(script.statements[0].line == 7);
    CHECK(script.statements[0].column == 5);
    CHECK(script.statements[1].offset == 103);
    CHECK(script.statements[1].line == 8);
    CHECK(script.statements[1].column == 1);
    CHECK(script.comments[0].offset == 106);
}

TEST_CASE("comments belong to the statement that they stand above") {
    const sql::ScannedText script = sql::scan("-- a\n/* b */ select 1 -- in\n + 1; -- c\nselect 2; -- d");
    REQUIRE(script.statements.size() == 2);
    REQUIRE(script.comments_before(script.statements[0]).size() == 2);
    CHECK(script.comments_before(script.statements[0])[0].text == "-- a");
    CHECK(script.comments_before(script.statements[0])[1].text == "/* b */");
    REQUIRE(script.comments_before(script.statements[1]).size() == 1);
    CHECK(script.comments_before(script.statements[1])[0].text == "-- c");
    REQUIRE(script.comments_at_end().size() == 1);
    CHECK(script.comments_at_end()[0].text == "-- d");
    CHECK(script.inner_comments.empty());
    CHECK(sql::scan("select -- tripmig: x\n 1").inner_comments.size() == 1);
    CHECK(sql::scan("-- only\n-- comments").comments_at_end().size() == 2);
}

TEST_CASE("\\; joins statements into what psql sends as one") {
    const sql::ScannedText script = sql::scan("select 1\\; select 2\\; select 3; select 4\\; ; select 5");
    REQUIRE(script.statements.size() == 5);
    CHECK(script.statements[0].is_joined);
    CHECK(script.statements[0].text == "select 1");
    CHECK(script.statements[1].is_joined);
    CHECK_FALSE(script.statements[2].is_joined);
    CHECK_FALSE(script.statements[3].is_joined);
    CHECK_FALSE(sql::scan("select 1\\;").statements[0].is_joined);
}

TEST_CASE("only the END that stands where a statement would begin closes a routine's body") {
    const std::string head = "create function f() returns text begin atomic ";
    for (const char* body : {"select 'x' as end;", "select 'x' end;", "select t.begin from (select 1 as \"begin\") t;",
                             "select begin from t;", "select t.end, t.case from t;", "select 1 as case;",
                             "select case when a then b end;", "", "insert into t values (1); select x end from t;"})
        CHECK_MESSAGE(split(head + body + " END; select 3").size() == 2, std::string(body));
    CHECK(split("create function begin() returns int language sql return 1; select 2").size() == 2);
    CHECK(split("create function f() returns begin begin /* x */ atomic select 1; end; select 2").size() == 2);
}
