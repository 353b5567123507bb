#include "migrate/comparison.hpp"

#include <doctest/doctest.h>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "migrate/script.hpp"

using namespace tripmig;
using migrate::Finding;

namespace {

migrate::Migration file(const std::string& version, const std::string& content) {
    migrate::Migration made;
    made.version = migrate::Version::parse(version).value();
    made.description = "x";
    made.file = "V" + version + "__x.sql";
    made.content = content;
    made.sha256 = sha256_hex(content);
    return made;
}

migrate::Migration repeatable(const std::string& description, const std::string& content) {
    migrate::Migration made = file("1", content);
    made.kind = migrate::Kind::repeatable;
    made.version = {};
    made.description = description;
    return made;
}

db::AppliedMigration applied(const migrate::Migration& migration, const std::string& kind = "V") {
    db::AppliedMigration row;
    row.kind = kind;
    row.version = migration.version.text();
    row.description = migration.description;
    row.file = migration.file;
    row.sha256 = migration.sha256;
    row.sha256_tokens = migrate::token_hash(migration);
    return row;
}

}  // namespace

TEST_CASE("what is not applied is pending, versions before repeatables") {
    migrate::Directory directory;
    directory.versioned = {file("1", "select 1;"), file("2", "select 2;"), file("10", "select 10;")};
    directory.repeatable = {repeatable("views", "select 3;")};
    const auto comparison = migrate::compare(directory, {applied(directory.versioned[0])}, {});
    REQUIRE(comparison.pending.size() == 3);
    CHECK(comparison.pending[0]->version.text() == "2");
    CHECK(comparison.pending[1]->version.text() == "10");
    CHECK(comparison.pending[2]->description == "views");
    CHECK(comparison.findings.empty());
}

TEST_CASE("an edit of comments is a warning, an edit of the statements an error") {
    migrate::Directory directory;
    directory.versioned = {file("1", "create table a (b int);")};
    const auto row = applied(directory.versioned[0]);
    directory.versioned[0] = file("1", "-- why\nCREATE  TABLE a (b int);\r\n");
    auto comparison = migrate::compare(directory, {row}, {});
    REQUIRE(comparison.findings.size() == 1);
    CHECK(comparison.findings[0].kind == Finding::Kind::changed_text);
    CHECK_FALSE(comparison.has_errors());

    directory.versioned[0] = file("1", "create table a (b bigint);");
    comparison = migrate::compare(directory, {row}, {});
    CHECK(comparison.findings.at(0).kind == Finding::Kind::changed_tokens);
    CHECK_THROWS_AS(migrate::require_agreement(comparison), Error);
}

TEST_CASE("late, missing and newer files") {
    migrate::Directory directory;
    directory.versioned = {file("1", "select 1;"), file("2", "select 2;"), file("3", "select 3;")};
    const auto one = applied(directory.versioned[0]);
    const auto two = applied(directory.versioned[1]);
    const auto three = applied(directory.versioned[2]);

    auto comparison = migrate::compare(directory, {one, three}, {});
    CHECK(comparison.findings.at(0).kind == Finding::Kind::late);
    CHECK(comparison.has_errors());

    directory.versioned[1] = file("2", "-- tripmig: allow-out-of-order\nselect 2;");
    comparison = migrate::compare(directory, {one, three}, {});
    CHECK(comparison.findings.empty());
    CHECK(comparison.pending.size() == 1);

    directory.versioned = {file("1", "select 1;"), file("3", "select 3;")};
    comparison = migrate::compare(directory, {one, two, three}, {});
    CHECK(comparison.findings.at(0).kind == Finding::Kind::missing);
    CHECK(comparison.has_errors());

    directory.versioned = {file("1", "select 1;")};
    comparison = migrate::compare(directory, {one, two}, {});
    CHECK(comparison.findings.at(0).kind == Finding::Kind::newer);
    CHECK_FALSE(comparison.has_errors());
    CHECK(migrate::compare(directory, {one, two}, {true}).has_errors());
}

TEST_CASE("of several errors each has its own hint below it; a hint that all share stands once") {
    migrate::Directory directory;
    directory.versioned = {file("1", "select 1;"), file("2", "select 2;"), file("3", "select 3;")};
    const std::vector<db::AppliedMigration> rows{applied(directory.versioned[0]), applied(directory.versioned[1]),
                                                 applied(directory.versioned[2])};
    const auto error_of = [&] {
        try {
            migrate::require_agreement(migrate::compare(directory, rows, {}));
        } catch (const Error& error) {
            return describe(error);
        }
        return std::string();
    };
    directory.versioned = {file("1", "select 10;"), file("3", "select 3;")};
    CHECK(error_of().find("applied\n  hint: restore the applied text") != std::string::npos);
    CHECK(error_of().find("missing from the directory\n    hint: restore the file") != std::string::npos);
    directory.versioned = {file("1", "select 10;"), file("2", "select 20;"), file("3", "select 3;")};
    const std::string error = error_of();
    CHECK(error.find("hint: restore") == error.rfind("hint: restore"));
}

TEST_CASE("a baseline stands for everything up to it") {
    migrate::Directory directory;
    directory.versioned = {file("1", "select 1;"), file("2", "select 2;"), file("3", "select 3;")};
    auto baseline = applied(directory.versioned[1], "baseline");
    baseline.sha256.clear();
    const auto comparison = migrate::compare(directory, {baseline}, {});
    CHECK(comparison.findings.empty());
    REQUIRE(comparison.pending.size() == 1);
    CHECK(comparison.pending[0]->version.text() == "3");
}

TEST_CASE("a repeatable runs again when its statements change, not when its comments do") {
    migrate::Directory directory;
    directory.repeatable = {repeatable("views", "create or replace view v as select 1;")};
    const auto row = applied(directory.repeatable[0], "R");
    CHECK(migrate::compare(directory, {row}, {}).pending.empty());
    directory.repeatable = {repeatable("views", "create or replace view v as select 1; -- same")};
    CHECK(migrate::compare(directory, {row}, {}).pending.empty());
    directory.repeatable = {repeatable("views", "create or replace view v as select 2;")};
    CHECK(migrate::compare(directory, {row}, {}).pending.size() == 1);
}

TEST_CASE("a repeatable runs again when a placeholder's value changes; a row of an older version is accepted") {
    migrate::Directory directory;
    directory.repeatable = {repeatable("views", "create or replace view v as select ${n};")};
    auto row = applied(directory.repeatable[0], "R");  // without values, as older versions wrote it
    directory.repeatable[0].expanded = migrate::ExpandedHashes{"bytes 1", "tokens 1"};
    auto comparison = migrate::compare(directory, {row}, {});
    CHECK(comparison.pending.empty());
    REQUIRE(comparison.findings.size() == 1);
    CHECK(comparison.findings[0].kind == Finding::Kind::raw_hash);
    CHECK_FALSE(comparison.has_errors());

    row.sha256 = "bytes 1";
    row.sha256_tokens = "tokens 1";
    comparison = migrate::compare(directory, {row}, {});
    CHECK(comparison.pending.empty());
    CHECK(comparison.findings.empty());
    directory.repeatable[0].expanded = migrate::ExpandedHashes{"bytes 1, other blanks", "tokens 1"};
    CHECK(migrate::compare(directory, {row}, {}).pending.empty());
    directory.repeatable[0].expanded = migrate::ExpandedHashes{"bytes 2", "tokens 2"};
    CHECK(migrate::compare(directory, {row}, {}).pending.size() == 1);
    directory.repeatable[0].expanded = migrate::ExpandedHashes{};  // a value is missing: running it says so
    CHECK(migrate::compare(directory, {row}, {}).pending.size() == 1);
}
