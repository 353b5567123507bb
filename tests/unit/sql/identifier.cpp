#include "sql/identifier.hpp"

#include <doctest/doctest.h>

#include <set>

#include "sql/split_identifier.hpp"

using namespace tripmig;

TEST_CASE("quote_ident quotes only what needs it") {
    CHECK(sql::quote_ident("orders") == "orders");
    CHECK(sql::quote_ident("_x9") == "_x9");
    CHECK(sql::quote_ident("Orders") == "\"Orders\"");
    CHECK(sql::quote_ident("9x") == "\"9x\"");
    CHECK(sql::quote_ident("a$b") == "\"a$b\"");
    CHECK(sql::quote_ident("a b") == "\"a b\"");
    CHECK(sql::quote_ident("say \"hi\"") == "\"say \"\"hi\"\"\"");
    CHECK(sql::quote_ident("naïve") == "\"naïve\"");
    CHECK(sql::quote_ident("") == "\"\"");
}

TEST_CASE("quote_ident quotes key words that cannot stand as every name, of all versions") {
    for (const char* word : {"select", "user", "table", "order", "between", "values", "left", "verbose", "json_table",
                             "system_user", "merge_action", "json", "xmltable", "normalize"})
        CHECK(sql::quote_ident(word) == "\"" + std::string(word) + "\"");
    for (const char* word : {"begin", "name", "value", "index", "partition", "json_tables", "selects"})
        CHECK(sql::quote_ident(word) == word);
}

TEST_CASE("quote_literal doubles quotes, and says E when there is a backslash") {
    CHECK(sql::quote_literal("") == "''");
    CHECK(sql::quote_literal("it's") == "'it''s'");
    CHECK(sql::quote_literal("a\\b'c") == "E'a\\\\b''c'");
}

TEST_CASE("a qualified name is quoted part by part") {
    CHECK(sql::quoted({"public", "orders"}) == "public.orders");
    CHECK(sql::quoted({"My Schema", "t.x"}) == "\"My Schema\".\"t.x\"");
    CHECK(sql::quoted({"", "order"}) == "\"order\"");
}

TEST_CASE("truncated_name leaves what fits") {
    CHECK(sql::truncated_name("orders", "_pkey") == "orders_pkey");
    const std::string fits(58, 'x');
    CHECK(sql::truncated_name(fits, "_pkey") == fits + "_pkey");
}

TEST_CASE("truncated_name keeps the suffix, tells long names apart and never cuts a character") {
    std::set<std::string> names;
    const std::string base(70, 'x');
    for (const char* end : {"a", "b", "c"}) {
        for (const char* suffix : {"", "_idx", "_key"}) {
            const std::string name = sql::truncated_name(base + end, suffix);
            CHECK(name.size() == 63);
            CHECK(name.substr(name.size() - std::string(suffix).size()) == suffix);
            CHECK(name == sql::truncated_name(base + end, suffix));
            names.insert(name);
        }
    }
    CHECK(names.size() == 9);

    std::string wide;
    for (int i = 0; i < 30; ++i)
        wide += "한";
    for (std::size_t shift = 0; shift < 3; ++shift) {
        const std::string name = sql::truncated_name(std::string(shift, 'x') + wide, "_idx");
        CHECK(name.size() <= 63);
        CHECK(name.size() >= 61);
        CHECK((name.size() - shift - 9 - 4) % 3 == 0);
    }
    CHECK(sql::truncated_name("t", std::string(80, 's')).size() == 63);
    CHECK(sql::truncated_name("t", wide).size() <= 63);
}

TEST_CASE("an identifier without quotes is folded as the server does it: A to Z only") {
    CHECK(sql::folded("Orders_2024$X") == "orders_2024$x");
    CHECK(sql::folded("Ärger") == "Ärger");
    CHECK(sql::equals_folded("SeLeCt", "select"));
    CHECK_FALSE(sql::equals_folded("selects", "select"));
}

TEST_CASE("an identifier that is too long is cut at 63 bytes, before a character that does not fit") {
    CHECK(sql::truncated_identifier(std::string(64, 'a')) == std::string(63, 'a'));
    CHECK(sql::truncated_identifier(std::string(62, 'a') + "한") == std::string(62, 'a'));
    CHECK(sql::truncated_identifier(std::string(60, 'a') + "한") == std::string(60, 'a') + "한");
}

TEST_CASE("Unicode escapes") {
    CHECK(sql::decoded_unicode("d\\0061t\\+000061") == "data");
    CHECK(sql::decoded_unicode("\\D83D\\DE00") == "😀");
    CHECK(sql::decoded_unicode("a\\\\b") == "a\\b");
    CHECK(sql::decoded_unicode("d!0061ta", '!') == "data");
    CHECK(sql::decoded_unicode("\\00") == "\\00");
    CHECK(sql::decoded_unicode("\\") == "\\");
    CHECK(sql::decoded_unicode("\\00e4\\4e2d") == "ä中");
}

TEST_CASE("dotted names are split as the server reads them") {
    using Parts = std::vector<std::string>;
    CHECK(sql::split_identifier("orders") == Parts{"orders"});
    CHECK(sql::split_identifier("Public.Orders") == Parts{"public", "orders"});
    CHECK(sql::split_identifier("\"Odd.Name\" . \"a\"\"b\"") == Parts{"Odd.Name", "a\"b"});
    CHECK(sql::split_identifier("a.b.c") == Parts{"a", "b", "c"});
    CHECK(sql::split_identifier("U&\"d\\0061ta\"") == Parts{"data"});
    for (const char* bad : {"", ".", "a.", ".a", "a b", "a,b", "\"a", "\"\"", "1a", "a.'b'", "a--b.c d", "a..b", "a;"})
        CHECK_MESSAGE(!sql::split_identifier(bad), bad);
}
