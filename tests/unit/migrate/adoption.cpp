#include "migrate/adoption.hpp"

#include "migrations_folder.hpp"

using tripmig::Error;
using tripmig::ExitCode;
using tripmig::db::ForeignHistory;
using tripmig::db::ForeignTool;
using tripmig::migrate::plan_adoption;

namespace {

ForeignHistory history(ForeignTool tool, const std::vector<tripmig::db::ForeignRow>& rows) {
    return {{tool, {"public", "t"}}, rows, {}};
}

std::string planned(const tripmig::migrate::Adoption& adoption) {
    std::string text;
    for (const auto& record : adoption.records)
        text += (text.empty() ? "" : ",") + record.version + " " + record.kind;
    return text;
}

ExitCode failure(const ForeignHistory& history, const tripmig::migrate::Directory& directory) {
    try {
        plan_adoption(history, directory, {});
    } catch (const Error& error) {
        return error.code();
    }
    return ExitCode::ok;
}

}  // namespace

TEST_CASE("adopted rows carry their files' names and hashes") {
    const MigrationsFolder folder({{"1_add_users.up.sql", "select 1"}, {"2_b.up.sql", "select 2"}});
    const auto directory = folder.read();
    const auto adoption =
        plan_adoption(history(ForeignTool::golang_migrate, {{"1", "", "", "", {}, true}}), directory, {});
    REQUIRE(adoption.records.size() == 1);
    CHECK(adoption.records[0].file == "1_add_users.up.sql");
    CHECK(adoption.records[0].description == "add users");
    CHECK(adoption.records[0].sha256 == directory.versioned[0].sha256);
    CHECK(adoption.records[0].sha256_tokens == tripmig::migrate::token_hash(directory.versioned[0]));
}

TEST_CASE("what the history has, or once had, is left alone") {
    const MigrationsFolder folder({{"1_a.sql", "-- migrate:up"}, {"2_b.sql", "-- migrate:up"}});
    const auto rows = history(ForeignTool::dbmate, {{"1", "", "", "", {}, true}, {"2", "", "", "", {}, true}});
    tripmig::migrate::AdoptionOptions options;
    options.known = {"1"};
    CHECK(planned(plan_adoption(rows, folder.read(), options)) == "2 adopted");
}

TEST_CASE("a file below the newest version that never ran is a warning") {
    const MigrationsFolder folder(
        {{"1_a.sql", "-- migrate:up"}, {"2_b.sql", "-- migrate:up"}, {"3_c.sql", "-- migrate:up"}});
    const auto adoption = plan_adoption(history(ForeignTool::dbmate, {{"2", "", "", "", {}, true}}), folder.read(), {});
    CHECK(planned(adoption) == "2 adopted");
    REQUIRE(adoption.warnings.size() == 1);
    CHECK(has(adoption.warnings[0], "1_a.sql"));
}

TEST_CASE("no rows, no records; versions that are no numbers are refused") {
    const MigrationsFolder folder({{"1_a.sql", "-- migrate:up"}});
    const auto directory = folder.read();
    CHECK(plan_adoption(history(ForeignTool::dbmate, {}), directory, {}).records.empty());
    CHECK(failure(history(ForeignTool::dbmate, {{"x1", "", "", "", {}, true}}), directory) == ExitCode::disagreement);
    CHECK(failure(history(ForeignTool::golang_migrate, {{"1", "", "", "", {}, false}}), directory) ==
          ExitCode::refused);
    CHECK(failure(history(ForeignTool::golang_migrate, {{"9", "", "", "", {}, true}}), directory) ==
          ExitCode::disagreement);
}

TEST_CASE("Flyway's checksum of a repeatable script is of the text with its placeholders filled in") {
    const MigrationsFolder folder({{"R__v.sql", "a${x}"}});
    const auto rows = history(ForeignTool::flyway, {{"", "v", "SQL", "R__v.sql", -1635563411, true}});
    tripmig::migrate::AdoptionOptions options;
    CHECK(planned(plan_adoption(rows, folder.read(), options)).empty());
    options.placeholders = {{"x", "b"}};
    CHECK(planned(plan_adoption(rows, folder.read(), options)) == " R");
}

TEST_CASE("lock keys of the other tools") {
    using tripmig::db::foreign_lock_keys;
    const tripmig::QualifiedName flyways{"public", "flyway_schema_history"};
    CHECK(foreign_lock_keys({ForeignTool::flyway, flyways}, "d") == std::vector<std::int64_t>{77433833903597});
    CHECK(foreign_lock_keys({ForeignTool::goose, {"public", "goose_db_version"}}, "d") ==
          std::vector<std::int64_t>{4097083626});
    CHECK(foreign_lock_keys({ForeignTool::dbmate, {"public", "schema_migrations"}}, "d").empty());
    CHECK(foreign_lock_keys({ForeignTool::flyway, {"gr\u00F6\u00DFe\U0001F600", "t"}}, "d") ==
          std::vector<std::int64_t>{77430238669291});  // Java counts UTF-16
    // The library's database name, and the command line's, which keeps the slash of the URL.
    CHECK(foreign_lock_keys({ForeignTool::golang_migrate, {"public", "schema_migrations"}}, "d") ==
          std::vector<std::int64_t>{2433001053, 3075129180});
}
