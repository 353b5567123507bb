#include "migrate/dialect/file_name.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace tripmig;
using migrate::Kind;
using migrate::parse_file_name;

TEST_CASE("Flyway's names") {
    const auto v = parse_file_name("V1.2__add_users.sql").value();
    CHECK(v.kind == Kind::versioned);
    CHECK(v.version.text() == "1.2");
    CHECK(v.description == "add users");
    CHECK(parse_file_name("U3__x.sql").value().kind == Kind::undo);
    CHECK(parse_file_name("R__views.sql").value().kind == Kind::repeatable);
    CHECK(parse_file_name("V20240131__a__b.sql").value().description == "a  b");
}

TEST_CASE("files that are no migrations are passed over") {
    for (const char* name :
         {"README.md", "helper.sql", "V1__a.sql.bak", "verify.sql", "users.sql", "Readme.sql", "R_views.txt"})
        CHECK_MESSAGE(!parse_file_name(name).has_value(), std::string(name));
}

TEST_CASE("a name that was meant as a migration's and is wrong is an error, never skipped") {
    for (const char* name :
         {"V1_add_users.sql", "v1__x.sql", "V__x.sql", "V1__.sql", "V1.a__x.sql", "u2__x.sql", "r__x.sql", "R_x.sql"})
        CHECK_THROWS_AS_MESSAGE(parse_file_name(name), Error, std::string(name));
}
