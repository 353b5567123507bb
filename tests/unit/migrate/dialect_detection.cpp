#include "migrate/dialect.hpp"
#include "migrations_folder.hpp"

using tripmig::migrate::Dialect;

TEST_CASE("a directory's dialect is told by names and marks") {
    CHECK(MigrationsFolder({}).read().dialect == Dialect::flyway);
    CHECK(MigrationsFolder({{"V1__a.sql", "select 1"}}).read().dialect == Dialect::flyway);
    CHECK(MigrationsFolder({{"1_a.up.sql", "select 1"}}).read().dialect == Dialect::golang_migrate);
    CHECK(MigrationsFolder({{"1_a.sql", "-- migrate:up\nselect 1"}}).read().dialect == Dialect::dbmate);
    CHECK(MigrationsFolder({{"1_a.sql", "-- +goose Up\nselect 1"}}).read().dialect == Dialect::goose);
    // A mark says more than a name.
    CHECK(MigrationsFolder({{"1_a.up.sql", "-- migrate:up\nselect 1"}}).read().dialect == Dialect::dbmate);
}

TEST_CASE("files beside the migrations do not matter") {
    const MigrationsFolder folder(
        {{"V1__a.sql", ""}, {"README.md", ""}, {"01_seed.sql", "select 1"}, {"atlas.sum", ""}});
    CHECK(folder.read().versioned.size() == 1);
}

TEST_CASE("files of two tools are an error that names one of each, unless --dialect says whose count") {
    const MigrationsFolder folder({{"V1__a.sql", ""}, {"1_b.up.sql", ""}});
    const auto error = folder.error();
    CHECK_MESSAGE(has(error.message(), "V1__a.sql is flyway's"), error.message());
    CHECK_MESSAGE(has(error.message(), "1_b.up.sql is golang-migrate's"), error.message());
    CHECK(folder.read("flyway").versioned.at(0).file == "V1__a.sql");
    CHECK(folder.read("golang-migrate").versioned.at(0).file == "1_b.up.sql");
    CHECK(has(MigrationsFolder({{"1_a.sql", "-- migrate:up"}, {"2_b.sql", "-- +goose Up"}}).error().message(),
              "goose's"));
}

TEST_CASE("a numbered file without any mark is nobody's, and no dialect lets it go unsaid") {
    CHECK(has(MigrationsFolder({{"1_a.sql", "select 1"}}).error().message(), "1_a.sql has a number and no mark"));
    CHECK(has(MigrationsFolder({{"1_a.sql", "-- migrate:up"}, {"2_b.sql", "select 1"}}).error().message(),
              "2_b.sql: no line `-- migrate:up`"));
    CHECK(has(MigrationsFolder({{"1_a.sql", "-- +goose Up"}, {"2_b.sql", "select 1"}}).error().message(),
              "2_b.sql: no line `-- +goose Up`"));
    CHECK(has(MigrationsFolder({{"1_a.up.sql", ""}, {"2_b.sql", "select 1"}}).error().message(), "2_b.sql: neither"));
}

TEST_CASE("only Flyway looks into folders") {
    CHECK(MigrationsFolder({{"a/V1__a.sql", ""}}).read().versioned.at(0).file == "a/V1__a.sql");
    CHECK(MigrationsFolder({{"1_a.up.sql", ""}, {"old/0_z.up.sql", ""}}).read().versioned.size() == 1);
    CHECK(has(MigrationsFolder({}).error("liquibase").message(), "liquibase"));
}
