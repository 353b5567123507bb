#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/command.hpp"
#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {

using Json = nlohmann::json;

/// The statement of a file's n-th run.
Json statement_of(const Json& document, const std::string& file, const std::string& run, std::size_t at = 0) {
    for (const Json& each : document["files"])
        if (each["file"] == file && each["run"] == run)
            return each["statements"].at(at);
    FAIL("no " << run << " of " << file);
    return {};
}

std::string mode_on(const Json& statement, const std::string& relation) {
    for (const Json& lock : statement["locks"])
        if (lock["relation"] == relation)
            return lock["mode"];
    return "none";
}

void write_good(const MigrationProject& project) {
    project.write("V1__t.sql", "create table t (id int primary key, a int); insert into t values (1, 1);\n");
    project.write("U1__t.sql", "drop table t;\n");
    project.write(
        "V2__b.sql",
        "alter table t add b bigint;\nalter table t alter a type bigint;\nalter table t add check (a > 0);\n");
    project.write("U2__b.sql", "alter table t drop constraint t_a_check, drop b, alter a type int;\n");
    project.write("V3__i.sql", "create index concurrently i on t (a);\n");
    project.write("U3__i.sql", "drop index concurrently i;\n");
}

}  // namespace

TEST_CASE("rehearse on a clone: locks, rewrites, scans, whom they block; up, down, up") {
    const MigrationProject project;
    write_good(project);
    const auto refused = project.run({"rehearse"});
    CHECK_MESSAGE(refused.exit_code == 12, refused.err);
    const Json document = project.json({"rehearse", "--yes"});
    CHECK(document["files"].size() == 9);
    for (const Json& file : document["files"])
        CHECK(file["differences"].empty());
    const Json add = statement_of(document, "V2__b.sql", "up", 0);
    CHECK(mode_on(add, "t") == "ACCESS EXCLUSIVE");
    CHECK(add["rewritten"].empty());
    CHECK(add["blocks_readers_and_writers_of"] == Json::parse(R"(["t"])"));
    const Json retype = statement_of(document, "V2__b.sql", "up", 1);
    CHECK(retype["rewritten"] == Json::parse(R"(["t"])"));
    CHECK(statement_of(document, "V2__b.sql", "up", 2)["scanned"] == Json::parse(R"(["t"])"));
    for (const auto& [file, run] : {std::pair{"V3__i.sql", "up"}, {"U3__i.sql", "down"}, {"V3__i.sql", "up again"}}) {
        const Json index = statement_of(document, file, run);
        CHECK(index["sampled"] == true);
        CHECK(mode_on(index, "t") == "SHARE UPDATE EXCLUSIVE");
        CHECK(index["blocks_writers_of"].empty());
    }
    CHECK(project.database.scalar("select count(*) from t") == "1");
    CHECK(project.history() == "1 V,2 V,3 V");
}

TEST_CASE("a way back that leaves something, and a file that does another thing the second time: exit 10") {
    const MigrationProject project;
    write_good(project);
    project.write("U2__b.sql", "alter table t drop b;\n");
    project.write("V2__b.sql",
                  "alter table t add b bigint; create index if not exists left_over on t (b);"
                  "create sequence if not exists counter;\n");
    const auto result = project.run({"rehearse", "--yes"});
    CHECK_MESSAGE(result.exit_code == 10, result.err);
    CHECK_MESSAGE(result.out.find("U2__b.sql (down): + sequence public.counter") != std::string::npos, result.out);
    CHECK_MESSAGE(result.out.find("readers and writers of t") != std::string::npos, result.out);
}

TEST_CASE("a file that fails fails the rehearsal as it fails up") {
    const MigrationProject project;
    project.write("V1__t.sql", "create table t (id int);\nselect nonsense;\n");
    project.fail({"rehearse", "--yes"}, 7, "V1__t.sql:2:8");
}

TEST_CASE("without --url: on a throw-away server, whatever the environment says") {
    const MigrationProject project;
    project.write("V1__t.sql", "create table t (id int);\n");
    Surroundings where = project.surroundings();
    where.environment["TRIPMIG_DATABASE_URL"] = project.database.url();
    where.environment["DATABASE_URL"] = project.database.url();
    const auto result = run_tripmig({"rehearse"}, where);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(project.database.scalar("select count(*) from pg_catalog.pg_tables where schemaname = 'public'") == "0");
}
