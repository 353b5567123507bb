#include "migrate/migration_file.hpp"
#include "migrations_folder.hpp"

TEST_CASE("executeInTransaction=false beside a script turns its transaction off") {
    const MigrationsFolder folder(
        {{"V1__a.sql", "select 1; select 2"}, {"V1__a.sql.conf", "# why\r\nexecuteInTransaction = false\r\n"}});
    const auto script = folder.script(folder.read().versioned.at(0));
    CHECK_FALSE(script.is_transactional);
    CHECK(script.why_not == "executeInTransaction=false in V1__a.sql.conf");
    const MigrationsFolder on({{"V1__a.sql", "select 1"}, {"V1__a.sql.conf", "executeInTransaction=true"}});
    CHECK(on.script(on.read().versioned.at(0)).is_transactional);
}

TEST_CASE("the script's own directive wins over its configuration") {
    const MigrationsFolder folder(
        {{"V1__a.sql", "-- tripmig: transaction=on\nselect 1"}, {"V1__a.sql.conf", "executeInTransaction=false"}});
    CHECK(folder.script(folder.read().versioned.at(0)).is_transactional);
}

TEST_CASE("placeholderReplacement=false leaves ${name} alone") {
    const MigrationsFolder folder({{"V1__a.sql", "select '${x}'"},
                                   {"V2__b.sql", "select '${x}'"},
                                   {"V2__b.sql.conf", "flyway.placeholderReplacement=FALSE"}});
    const auto directory = folder.read();
    using tripmig::migrate::load_script;
    CHECK(load_script(directory.versioned.at(0), directory.path, {{"x", "1"}}).statements.at(0).sql == "select '1'");
    CHECK(load_script(directory.versioned.at(1), directory.path, {{"x", "1"}}).statements.at(0).sql == "select '${x}'");
}

TEST_CASE("Flyway's own placeholders are named when nobody gave them a value") {
    const auto error =
        MigrationsFolder({{"V1__a.sql", "select 1;\nset search_path = ${flyway:defaultSchema};"}}).error();
    CHECK_MESSAGE(has(error.message(), "${flyway:defaultSchema}"), error.message());
    CHECK(error.position().value().line == 2);
}

TEST_CASE("a key of the configuration that tripmig does not do is an error at its line") {
    const auto fails = [](const std::string& line) {
        const auto error = MigrationsFolder({{"V1__a.sql", ""}, {"V1__a.sql.conf", "\n" + line}}).error();
        CHECK(error.position().value().file == "V1__a.sql.conf");
        CHECK(error.position().value().line == 2);
        return error.message() + "|" + error.hint();
    };
    CHECK(has(fails("shouldExecute=${env}==prod"), "shouldExecute"));
    CHECK(has(fails("encoding=ISO_8859_1"), "ISO_8859_1"));
    CHECK(has(fails("executeInTransactions=false"), "did you mean executeInTransaction?"));
    CHECK(has(fails("executeInTransaction=no"), "true or false"));
    CHECK(has(fails("executeInTransaction"), "not key=value"));
}

TEST_CASE("a configuration without its script is an error") {
    CHECK(has(MigrationsFolder({{"V1__a.sql", ""}, {"V1__b.sql.conf", ""}}).error().message(), "V1__b.sql.conf"));
}

TEST_CASE("what only Flyway can run is named, never passed over") {
    const auto refused = [](const std::string& name) {
        const auto error = MigrationsFolder({{"V1__a.sql", ""}, {name, ""}}).error();
        CHECK_MESSAGE(has(error.message(), name), error.message());
        CHECK_FALSE(error.hint().empty());
    };
    for (const char* name :
         {"V2__b.java", "R__b.class", "U1__b.kt", "V2__b.sh", "V2__b.py", "db/V3__c.ps1", "B5__all.sql",
          "beforeMigrate.sql", "afterMigrate__grants.sql", "afterEachMigrate.sql", "beforeConnect.sql"})
        refused(name);
    for (const char* name : {"Verify.java", "B2B.sql", "before.sql", "afterwards.sql", "build.sh"})
        CHECK_MESSAGE(MigrationsFolder({{"V1__a.sql", ""}, {name, ""}}).read().versioned.size() == 1,
                      std::string(name));
}

TEST_CASE("a mounted ConfigMap: links to a hidden folder's files, each once; what other tools hide is not read") {
    const MigrationsFolder folder({{"..2026_01/V1__a.sql", "select 1"}, {".git/V1__a.sql", "select 2"}});
    const auto path = folder.read().path;
    std::filesystem::create_directory_symlink("..2026_01", path / "..data");
    std::filesystem::create_symlink("..data/V1__a.sql", path / "V1__a.sql");
    const auto directory = folder.read();
    REQUIRE(directory.versioned.size() == 1);
    CHECK(directory.versioned[0].file == "V1__a.sql");
    CHECK(tripmig::migrate::content_of(directory.versioned[0]) == "select 1");
}

TEST_CASE("a file that is changed between reading and running is refused") {
    const MigrationsFolder folder({{"V1__a.sql", "select 1"}});
    const auto directory = folder.read();
    std::ofstream(directory.path / "V1__a.sql", std::ios::binary) << "select 2";
    try {
        tripmig::migrate::content_of(directory.versioned[0]);
        FAIL("not refused");
    } catch (const tripmig::Error& error) {
        CHECK(error.code() == tripmig::ExitCode::disagreement);
        CHECK(std::string(error.message()).find("V1__a.sql was changed") != std::string::npos);
    }
}
