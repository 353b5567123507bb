#include "config/toml_document.hpp"

#include <doctest/doctest.h>

#include "expect_error.hpp"

using namespace tripmig::config;

TEST_CASE("entries come in the order of the file, tables before what is in them") {
    const auto entries = parse_toml("b = 1\n[z]\n[a]\nx = \"t\"\ny = 2024-01-02\n[a.c]\nw = true\n", "f.toml");
    REQUIRE(entries.size() == 7);
    CHECK(entries[0].path == std::vector<std::string>{"b"});
    CHECK(entries[0].value.integer == 1);
    CHECK(entries[1].path == std::vector<std::string>{"z"});
    CHECK(entries[1].value.kind == TomlValue::Kind::table);
    CHECK(entries[3].path == std::vector<std::string>{"a", "x"});
    CHECK(entries[3].value.text == "t");
    CHECK(entries[3].key_position.line == 4);
    CHECK(entries[3].value_position.column == 5);
    CHECK(entries[4].value.text == "2024-01-02");
    CHECK(entries[6].path == std::vector<std::string>{"a", "c", "w"});
    CHECK(entries[6].value.boolean);
}

TEST_CASE("dates and times are kept as ISO 8601") {
    const auto entries = parse_toml(
        "a = 2024-01-02T03:04:05+09:00\nb = 2024-01-02T03:04:05Z\nc = 2024-01-02T03:04:05.25\nd = 03:04:05\n", "f");
    CHECK(entries[0].value.text == "2024-01-02T03:04:05+09:00");
    CHECK(entries[1].value.text == "2024-01-02T03:04:05+00:00");
    CHECK(entries[2].value.text == "2024-01-02T03:04:05.250000000");
    CHECK(entries[3].value.text == "03:04:05");
}

TEST_CASE("a syntax error is shown at its place") {
    const std::string said = usage_error_of([] { parse_toml("[migrations]\r\nlock_timeout 2\r\n", "tripmig.toml"); });
    CHECK(contains(said, "tripmig.toml:2:14: not valid TOML"));
    CHECK(contains(said, "  2 | lock_timeout 2\n"));
    CHECK(contains(said, "    |              ^"));
}

TEST_CASE("a header that is none is an error like any other") {
    for (const char* text : {"[#\n", "[.a]\n", "[=]\n", "[", "[[", "[a", "[a]]\n", "[ ]\n"}) {
        CAPTURE(text);
        CHECK(contains(usage_error_of([&] { parse_toml(text, "f"); }), "f:1:"));
    }
}

TEST_CASE("characters beyond ASCII stand in quotes and comments only") {
    for (const char* text :
         {"a = \"é\" # é", "a = 'é'", "a = \"\"\"\né\n\"\"\"\n", "a = \'\'\'é\'\'\'", "\xEF\xBB\xBF\na = 1",
          "\"é\" = 1", "a = \"\\\"é\"", "a = \"\"\"x\"\"\"\"\"\nb = \"é\"", "a = '\\'\nb = 'é'"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_toml(text, "f").empty());
    }
    CHECK(contains(usage_error_of([] { parse_toml("[swap]\n\"ä\" = “1”\n", "f"); }),
                   "f:2:7: not valid TOML: this character"));
    for (const char* text :
         {"é = 1", "a =\u00A01", "a = 1 é", "a = \"x\" é", "a = \"x\né", "a = \"\"\"x\"\"\"é", "\xFF"}) {
        CAPTURE(text);
        CHECK(contains(usage_error_of([&] { parse_toml(text, "f"); }), "this character"));
    }
}

TEST_CASE("columns count characters, not bytes") {
    const auto entries = parse_toml("\"일정\" = { x = 1 }\n", "f");
    REQUIRE(entries.size() == 2);
    CHECK(entries[1].value_position.column == 14);
}

TEST_CASE("a line that may hold a secret is cut after its =") {
    for (const char* text : {"[database]\nurl = \"postgres://u:hunter2@h/d\n", "[database]\nx = hunter2 y\n",
                             "password = hunter2 y\n", "[database]\nurl = \"\"\"\nhunter2\\q\n\"\"\"\n",
                             "x = \"postgres://u:hunter2@h/\\d\"\n", "[ \"database\" ]\nx = hunter2 y\n"}) {
        CAPTURE(text);
        const std::string said = usage_error_of([&] { parse_toml(text, "f"); });
        CHECK(contains(said, "not valid TOML"));
        CHECK_FALSE(contains(said, "hunter2"));
    }
    CHECK(contains(usage_error_of([] { parse_toml("[swap]\nx = visible y\n", "f"); }), "x = visible y"));
}

TEST_CASE("a file that cannot be read is named with the reason") {
    CHECK(contains(usage_error_of([] { read_text_file("/nowhere/tripmig.toml"); }),
                   "cannot read /nowhere/tripmig.toml: No such file"));
    CHECK(contains(usage_error_of([] { read_text_file("/"); }), "cannot read /: it is a directory"));
}
