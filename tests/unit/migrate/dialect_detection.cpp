#include <sys/stat.h>

#include "migrate/dialect/dialect.hpp"
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
    CHECK(has(MigrationsFolder({{"1_a.sql", "select 1"}}).error().message(),
              "1_a.sql begins with a number, but has no marker"));
    CHECK(has(MigrationsFolder({{"1_a.sql", "-- migrate:up"}, {"2_b.sql", "select 1"}}).error().message(),
              "2_b.sql: the line `-- migrate:up` is missing"));
    CHECK(has(MigrationsFolder({{"1_a.sql", "-- +goose Up"}, {"2_b.sql", "select 1"}}).error().message(),
              "2_b.sql: the line `-- +goose Up` is missing"));
    CHECK(has(MigrationsFolder({{"1_a.up.sql", ""}, {"2_b.sql", "select 1"}}).error().message(),
              "2_b.sql: golang-migrate's files end in"));
}

TEST_CASE("only Flyway looks into folders") {
    CHECK(MigrationsFolder({{"a/V1__a.sql", ""}}).read().versioned.at(0).file == "a/V1__a.sql");
    CHECK(MigrationsFolder({{"1_a.up.sql", ""}, {"old/0_z.up.sql", ""}}).read().versioned.size() == 1);
    CHECK(has(MigrationsFolder({}).error("liquibase").message(), "liquibase"));
}

TEST_CASE("what is named as a migration is refused when it can't be applied, with its reason") {
    namespace fs = std::filesystem;
    const MigrationsFolder folder({{"V1__a.sql", "select 1"}, {"other/notes.txt", ""}});
    const fs::path path = folder.read().path;
    const auto refused = [&](const std::string& name, const std::string& reason) {
        const auto error = folder.error();
        CHECK_MESSAGE(has(error.message(), name), error.message());
        CHECK_MESSAGE(has(error.message(), reason), error.message());
        fs::remove_all(path / name);
    };
    fs::create_symlink("/nonexistent/V2__b.sql", path / "V2__b.sql");
    refused("V2__b.sql", "No such file");
    fs::create_symlink("V3__c.sql", path / "V3__c.sql");
    refused("V3__c.sql", "Too many levels");
    fs::create_directory(path / "V2__b.sql");
    refused("V2__b.sql", "a folder");
    fs::create_directory_symlink("other", path / "V2__b.sql");
    refused("V2__b.sql", "a link to a folder");
    REQUIRE(::mkfifo((path / "other/V2__b.sql").c_str(), 0600) == 0);
    refused("other/V2__b.sql", "a FIFO");
    std::ofstream(path / "V2__b.SQL") << "select 1";
    refused("V2__b.SQL", "ends in .SQL");
    std::ofstream(path / "U7__x.sql") << "select 1";
    refused("U7__x.sql", "undoes version 7");
    // What no migration is called is nobody's business.
    fs::create_symlink("/nonexistent", path / "notes");
    REQUIRE(::mkfifo((path / "pipe.sql").c_str(), 0600) == 0);
    CHECK(folder.read().versioned.size() == 1);
}

TEST_CASE("the other tools' names are never skipped either") {
    for (const char* mark : {"", "-- migrate:up\n", "-- +goose Up\n"}) {
        const bool is_golang = std::string(mark).empty();
        const MigrationsFolder folder({{is_golang ? "1_a.up.sql" : "1_a.sql", std::string(mark) + "select 1"}});
        const auto path = folder.read().path;
        std::filesystem::create_symlink("/nonexistent", path / "2_b.sql");
        CHECK(has(folder.error().message(), "2_b.sql"));
        std::filesystem::remove(path / "2_b.sql");
        std::ofstream(path / "2_b.up.SQL") << "select 1";
        CHECK(has(folder.error().message(), "ends in .SQL"));
    }
}

TEST_CASE("linked folders are followed, loops end, and a file that is reached twice counts once") {
    namespace fs = std::filesystem;
    const MigrationsFolder elsewhere({{"deep/V2__b.sql", "select 2"}});
    const MigrationsFolder folder(
        {{"V1__a.sql", "select 1"}, {"own/V3__c.sql", "select 3"}, {".hidden/V9__z.sql", ""}});
    const fs::path path = folder.read().path;
    fs::create_directory_symlink(elsewhere.read().path, path / "linked");
    fs::create_directory_symlink("own", path / "again");
    fs::create_directory_symlink("..", path / "own/up");
    fs::create_symlink("../V1__a.sql", path / "own/V1__a.sql");
    const auto directory = folder.read();
    REQUIRE(versions(directory.versioned) == std::vector<std::string>{"1", "2", "3"});
    CHECK(directory.versioned[0].file == "V1__a.sql");
    CHECK(directory.versioned[1].file == "linked/deep/V2__b.sql");
    CHECK(directory.versioned[2].file == "own/V3__c.sql");
    fs::path below = path / "own";
    for (int i = 0; i < 40; ++i)
        below /= "d";
    fs::create_directories(below);
    CHECK(has(folder.error().message(), "32 folders deep"));
}

TEST_CASE("only a directory that may be empty can be") {
    tripmig::migrate::ReadOptions options;
    options.may_be_empty = false;
    const MigrationsFolder folder({{"README.md", ""}});
    CHECK_THROWS_AS(tripmig::migrate::read_directory(folder.read().path, options), tripmig::Error);
}

TEST_CASE("a file without statements is an error of tripmig's own directories, not of Flyway's") {
    const auto refuses = [](const MigrationsFolder& folder, const std::string& dialect = "auto") {
        const auto directory = folder.read(dialect);
        try {
            tripmig::migrate::require_statements(folder.script(directory.versioned.back()), directory.versioned.back());
        } catch (const tripmig::Error& error) {
            CHECK(has(error.message(), directory.versioned.back().file + " has no statement"));
            return true;
        }
        return false;
    };
    CHECK(refuses(MigrationsFolder({{"V1__a.sql", "-- nothing yet\n"}})));
    CHECK_FALSE(refuses(MigrationsFolder({{"V1__a.sql", "select 1"}})));
    CHECK_FALSE(refuses(MigrationsFolder({{"V1__a.sql", "-- tripmig: swap t\n"}})));
    CHECK_FALSE(refuses(MigrationsFolder({{"V1__a.sql", ""}}), "flyway"));
    CHECK_FALSE(refuses(MigrationsFolder({{"V1__a.sql", ""}, {"V1__a.sql.conf", ""}})));
    CHECK_FALSE(refuses(MigrationsFolder({{"1_a.up.sql", ""}})));
}
