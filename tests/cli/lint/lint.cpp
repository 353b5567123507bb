#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/command.hpp"

using namespace tripmig::test;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

CommandResult lint_in(const TemporaryFolder& folder, std::vector<std::string> arguments) {
    Surroundings where;
    where.directory = folder.path();
    arguments.insert(arguments.begin(), "lint");
    return run_tripmig(arguments, where);
}

}  // namespace

TEST_CASE("a named file: its statements with their locks; exit 4 on an error") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "create table a (b int);\n");
    folder.write("migrations/V2__b.sql", "-- later\ncreate index i on a (b);\n");
    const auto result = lint_in(folder, {"migrations/V2__b.sql"});
    CHECK_MESSAGE(result.exit_code == 4, result.err);
    CHECK_MESSAGE(has(result.out, "SHARE on a; read a"), result.out);
    CHECK_MESSAGE(has(result.out, "migrations/V2__b.sql:2:1: error: writes to a are blocked (SHARE)"), result.out);
    CHECK_MESSAGE(has(result.out, "[create-index]\n  2 | create index i on a (b)\n    | ^"), result.out);
    CHECK_MESSAGE(has(result.err, "1 file: 1 error, "), result.err);
    CHECK(lint_in(folder, {"migrations/V1__a.sql"}).exit_code == 0);
}

TEST_CASE("without a file: the directory, undo files included; the statements on demand") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "create table a (b int);\n");
    folder.write("migrations/U1__a.sql", "drop table a;\n");
    folder.write("migrations/V2__b.sql", "alter table a drop b;\n");
    folder.write("migrations/U2__b.sql", "drop table a;\n");
    const auto result = lint_in(folder, {});
    CHECK(result.exit_code == 0);
    CHECK_MESSAGE(has(result.out, "V2__b.sql:1:15: warning"), result.out);
    CHECK_MESSAGE(has(result.out, "U2__b.sql:1:1: warning"), result.out);
    CHECK(!has(result.out, "U1__a.sql"));
    CHECK_MESSAGE(has(result.err, "4 files: 0 errors, 2 warnings"), result.err);
    CHECK(has(lint_in(folder, {"--statements"}).out, "U1__a.sql:1"));
}

TEST_CASE("--json has everything") {
    const TemporaryFolder folder;
    folder.write("a.sql", "create table a (b int);\n-- later\ncreate index concurrently i on c (b);\n");
    const auto result = lint_in(folder, {"--json", "a.sql"});
    REQUIRE_MESSAGE(result.exit_code == 0, result.err);
    const auto document = nlohmann::json::parse(result.out);
    const auto& file = document["files"][0];
    CHECK(file["file"] == "a.sql");
    CHECK(file["direction"] == "up");
    CHECK(file["transactional"] == false);
    const auto& index = file["statements"][1];
    CHECK(index["line"] == 3);
    CHECK(index["column"] == 1);
    CHECK(index["kind"] == "create index");
    CHECK(index["transactional"] == false);
    CHECK(index["locks"] == nlohmann::json::parse(R"([{"relation": "c", "mode": "SHARE UPDATE EXCLUSIVE"}])"));
    CHECK(index["scans"][0]["table"] == "c");
    CHECK(file["statements"][0]["findings"][0]["rule"] == "concurrently-mixed");
    CHECK(document["warnings"] == 1);
}

TEST_CASE("--json tells what runs in batches, and which table a file swaps") {
    const TemporaryFolder folder;
    folder.write("a.sql", "-- tripmig: batch by=id size=100 pause=50ms\nupdate t set a = 1;\n");
    folder.write("b.sql", "-- tripmig: swap app.orders\n");
    const auto result = lint_in(folder, {"--json", "a.sql", "b.sql"});
    const auto document = nlohmann::json::parse(result.out);
    const auto& files = document["files"];
    CHECK(files[0]["statements"][0]["batch"] == nlohmann::json::parse(R"({"by": "id", "size": 100, "pause_ms": 50})"));
    CHECK_FALSE(files[0].contains("swap"));
    CHECK(files[1]["swap"]["table"] == "app.orders");
}

TEST_CASE("--github annotates, escaped") {
    const TemporaryFolder folder;
    folder.write("a,b.sql", "\nalter table t add x int check (x > 0);\n");
    const auto result = lint_in(folder, {"--github", "a,b.sql"});
    CHECK(result.exit_code == 4);
    CHECK_MESSAGE(has(result.out, "::error file=a%2Cb.sql,line=2,col=15,title=add-check::every row of t"), result.out);
    CHECK(has(result.out, "[add-check]%0Aadd it NOT VALID"));
}

TEST_CASE("a file that is not SQL at all is an error, a mistyped word a warning") {
    const TemporaryFolder folder;
    folder.write("README.md", "# Orders\nWhat they are; and how.\n");
    const auto refused = lint_in(folder, {"README.md"});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("README.md is not SQL") != std::string::npos);
    folder.write("typo.sql", "create table a (id int); insrt into a values (1);");
    const auto warned = lint_in(folder, {"typo.sql"});
    CHECK(warned.exit_code == 0);
    CHECK(warned.out.find("unknown-statement") != std::string::npos);
}

TEST_CASE("a directory: all of its migrations in their order, or all of its SQL files") {
    const TemporaryFolder folder;
    folder.write("more/V9__a.sql", "create table a (b int);\n");
    folder.write("more/V10__b.sql", "create index i on a (b);\n");
    folder.write("more/notes.txt", "not SQL");
    const auto migrations = lint_in(folder, {"more"});
    CHECK_MESSAGE(migrations.exit_code == 4, migrations.err);
    CHECK_MESSAGE(has(migrations.out, "more/V10__b.sql:1:1: error: writes to a are blocked (SHARE)"), migrations.out);
    CHECK_MESSAGE(has(migrations.err, "2 files: 1 error, "), migrations.err);
    CHECK(!has(migrations.out, "V9__a.sql"));
    CHECK(has(lint_in(folder, {"--statements", "more"}).out, "more/V9__a.sql:1"));
    folder.write("plain/2.sql", "create index i on a (b);\n");
    folder.write("plain/1.sql", "create table a (b int);\n");
    const auto plain = lint_in(folder, {"plain/", "more"});
    CHECK(plain.exit_code == 4);
    CHECK_MESSAGE(has(plain.err, "4 files: "), plain.err);
    folder.write("empty/notes.txt", "not SQL");
    const auto empty = lint_in(folder, {"empty"});
    CHECK(empty.exit_code == 2);
    CHECK_MESSAGE(has(empty.err, "no SQL file in empty"), empty.err);
}

TEST_CASE("an ignore with a reason; one that ignores nothing; one of no rule") {
    const TemporaryFolder folder;
    folder.write("a.sql", "-- tripmig: ignore=create-index a dozen rows\ncreate index i on t (a);\n");
    const auto ignored = lint_in(folder, {"--json", "a.sql"});
    CHECK(ignored.exit_code == 0);
    CHECK(has(ignored.out, "\"ignored\": \"a dozen rows\""));
    folder.write("a.sql", "-- tripmig: ignore=creat-index a dozen rows\ncreate index i on t (a);\n");
    const auto unknown = lint_in(folder, {"a.sql"});
    CHECK(unknown.exit_code == 4);
    CHECK_MESSAGE(has(unknown.out, "did you mean \"create-index\"?"), unknown.out);
    folder.write("a.sql", "-- tripmig: ignore=create-index\ncreate index i on t (a);\n");
    CHECK(lint_in(folder, {"a.sql"}).exit_code == 2);
}

TEST_CASE("files of every dialect, up and down") {
    const TemporaryFolder folder;
    folder.write("dbmate/1_a.sql",
                 "-- migrate:up\nalter table t add x int;\n-- migrate:down\ncreate index on t (a);\n");
    folder.write("goose/1_a.sql", "-- +goose Up\ncreate index on t (a);\n-- +goose Down\nselect 1;\n");
    folder.write("golang/1_a.up.sql", "select 1;\n");
    folder.write("golang/1_a.down.sql", "\ncreate index on t (a);\n");
    for (const auto& [name, place] :
         {std::pair{"dbmate", "1_a.sql:4:1"}, {"goose", "1_a.sql:2:1"}, {"golang", "1_a.down.sql:2:1"}}) {
        const auto result = lint_in(folder, {"--migrations", name});
        CHECK(result.exit_code == 4);
        CHECK_MESSAGE(has(result.out, std::string(name) + "/" + place + ": error"), result.out);
    }
    CHECK(has(lint_in(folder, {"dbmate/1_a.sql"}).out, "dbmate/1_a.sql:4:1: error"));
}

TEST_CASE("the project's own migrations have no error") {
    Surroundings where;
    where.directory = TRIPMIG_SOURCE_DIR;
    const auto result = run_tripmig({"lint"}, where);
    CHECK_MESSAGE(result.exit_code == 0, result.out);
}

#ifndef __SANITIZE_ADDRESS__  // whose own memory is several times the program's
TEST_CASE("a directory with a large file takes at most four times its size") {
    constexpr std::size_t statements = 290'000;
    std::string data = "create table a (id bigint, name text);\ncreate table b (id bigint, name text);\n";
    for (std::size_t i = 0; i < statements; ++i)
        data += fmt::format("insert into {} (id, name) values ({}, 'name of it {}');\n", i % 2 == 0 ? "a" : "b", i, i);
    const TemporaryFolder folder;
    folder.write("migrations/V1__data.sql", data);
    const auto result = lint_in(folder, {});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(lint_in(folder, {"migrations/V1__data.sql"}).exit_code == 0);
    rusage used{};
    REQUIRE(::getrusage(RUSAGE_CHILDREN, &used) == 0);  // the largest of the commands that this test has run
    CHECK(static_cast<std::size_t>(used.ru_maxrss) * 1024 < 4 * data.size());
}
#endif
