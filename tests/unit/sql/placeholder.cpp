#include "sql/placeholder.hpp"

#include <doctest/doctest.h>

#include "expect_error.hpp"

using namespace tripmig;

namespace {

const std::map<std::string, std::string> values = {
    {"schema", "app"}, {"flyway:user", "u"}, {"empty", ""}, {"long-name.1", "${schema}"}};

std::string expand(std::string_view text) {
    return sql::expand_placeholders(text, values).text;
}

}  // namespace

TEST_CASE("placeholders are filled in everywhere, as Flyway does") {
    CHECK(expand("create table ${schema}.t") == "create table app.t");
    CHECK(expand("'${schema}' $$${schema}$$ -- ${flyway:user}") == "'app' $$app$$ -- u");
    CHECK(expand("a${empty}b${empty}") == "ab");
    CHECK(expand("nothing") == "nothing");
    CHECK(expand("") == "");
}

TEST_CASE("a value is not searched again") {
    CHECK(expand("${long-name.1}") == "${schema}");
}

TEST_CASE("what is no placeholder stays") {
    for (const char* text :
         {"${}", "${ schema}", "${schema", "${1}", "$ {schema}", "$${1,2}$$", "'{${", "${sch ema}", "${schema$}", "$"})
        CHECK(expand(text) == text);
}

TEST_CASE("a name without a value is an error at its place, with the nearest known one") {
    const Error error = test::error_of([] { sql::expand_placeholders("a\n 한 ${shcema}", values, "V1__x.sql"); });
    CHECK(error.code() == ExitCode::usage);
    CHECK(test::brief(error) == "2:4 no value for the placeholder ${shcema}");
    CHECK(error.position()->file == "V1__x.sql");
    CHECK(error.hint() == "did you mean ${schema}?");
    CHECK(test::error_of([] { expand("${zzzzzz}"); }).hint().find("[migrations] placeholders") != std::string::npos);
    CHECK(test::error_of([] { expand("$${zzzzzz}$$"); }).hint().find("dollar quote") != std::string::npos);
}

TEST_CASE("a place in the expanded text can be followed back") {
    const std::string_view text = "ab ${schema}.t ${empty}${flyway:user} z";
    const sql::ExpandedText expanded = sql::expand_placeholders(text, values);
    REQUIRE(expanded.text == "ab app.t u z");
    const auto back = [&](std::size_t offset) { return text.substr(expanded.former_offset(offset)); };
    CHECK(back(0).substr(0, 2) == "ab");
    CHECK(back(3).substr(0, 9) == "${schema}");
    CHECK(back(5).substr(0, 9) == "${schema}");
    CHECK(back(6).substr(0, 2) == ".t");
    CHECK(back(9).substr(0, 14) == "${flyway:user}");
    CHECK(back(10) == " z");
    CHECK(back(expanded.text.size()).empty());
}

TEST_CASE("a value in a message is shown as its name") {
    const std::map<std::string, std::string> secret = {
        {"pw", "S3cr3tPw"}, {"role", "app_rw"}, {"short", "abc"}, {"word", "tenant"}, {"lines", "first\nsecond line"}};
    const auto hidden = [&](std::string_view text) { return sql::hide_values(text, secret); };
    CHECK(hidden("create role app_rw password 'xS3cr3tPwy'") == "create role ${role} password 'x${pw}y'");
    CHECK(hidden("S3cr3tPw") == "${pw}");
    CHECK(hidden("abc") == "abc");
    CHECK(hidden("second line first\nsecond line firsthand") == "${lines} ${lines} firsthand");
    CHECK(hidden("tenants tenant.t") == "${word}s ${word}.t");
    CHECK(hidden("") == "");
    CHECK(sql::hide_values("S3cr3tPw", {}) == "S3cr3tPw");
}
