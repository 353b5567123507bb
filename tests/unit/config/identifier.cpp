#include "config/identifier.hpp"

#include <doctest/doctest.h>

#include "config/policy.hpp"
#include "expect_error.hpp"

using tripmig::QualifiedName;
using tripmig::config::parse_identifier;
using tripmig::config::parse_table_name;

TEST_CASE("table names are folded as PostgreSQL folds them") {
    CHECK(parse_table_name("orders") == QualifiedName{"public", "orders"});
    CHECK(parse_table_name("App.Orders") == QualifiedName{"app", "orders"});
    CHECK(parse_table_name("\"App\".\"Odd.\"\"Name\"\"\"") == QualifiedName{"App", "Odd.\"Name\""});
    CHECK(parse_table_name(" app . orders ") == QualifiedName{"app", "orders"});
    CHECK(parse_table_name("_a$1") == QualifiedName{"public", "_a$1"});
    CHECK(parse_table_name("일정ÄA") == QualifiedName{"public", "일정Äa"});
}

TEST_CASE("what is no table name is refused") {
    for (const char* bad : {"", " ", "1a", "a.", ".a", "a.b.c", "a b", "\"a", "\"\"", "a-b", "$a", "a.\"\""}) {
        CAPTURE(bad);
        CHECK_FALSE(contains(usage_error_of([&] { parse_table_name(bad); }), "no error"));
    }
    CHECK(contains(usage_error_of([] { parse_table_name(std::string(64, 'a')); }), "longer than 63 bytes"));
    CHECK(parse_table_name(std::string(63, 'a')).name.size() == 63);
}

TEST_CASE("an identifier stands alone") {
    CHECK(parse_identifier("Created_At") == "created_at");
    CHECK(parse_identifier("\"Created At\"") == "Created At");
    CHECK(contains(usage_error_of([] { parse_identifier("a.b"); }), "a.b is not one name"));
}
