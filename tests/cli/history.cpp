// `tripmig baseline`, `repair` and `redo` through the built binary.
#include "support/migration_project.hpp"

using namespace tripmig::test;

TEST_CASE("baseline: an existing database goes on behind it, and only there can a history begin") {
    const MigrationProject project;
    project.database.exec("create table a (b int)");
    project.write("V1__a.sql", "create table a (b int);");
    project.write("V2__b.sql", "insert into nowhere values (1);");
    project.write("V3__c.sql", "insert into a values (3);");
    const auto result = project.json({"baseline", "2"});
    CHECK(result["version"] == "2");
    CHECK(result["pending"] == 1);
    CHECK(project.history() == "2 baseline");
    project.succeed({"up"});
    CHECK(project.history() == "2 baseline,3 V");
    CHECK(project.database.scalar("select b from a") == "3");
    project.fail({"baseline", "3"}, 12, "has versions already, up to 3");
    project.fail({"baseline", "two"}, 2, "no version");
    project.write("U3__c.sql", "delete from a;");
    project.fail({"down", "--to", "0", "--yes"}, 12, "version 2 is the baseline");
    CHECK(project.database.scalar("select b from a") == "3");
}

TEST_CASE("repair records another form of the same statements, and nothing else unasked") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.write("V2__b.sql", "create table b (c int);");
    project.succeed({"up"});
    CHECK(project.json({"repair"})["repaired"].empty());

    project.write("V1__a.sql", "-- why\r\nCREATE TABLE a\r\n(b int);\r\n");
    CHECK(project.json({"validate"})["findings"].size() == 1);
    CHECK(project.json({"repair"})["repaired"][0]["version"] == "1");
    CHECK(project.json({"validate"})["findings"].empty());

    const std::string hashes = "select string_agg(sha256 || sha256_tokens, ',' order by id) from tripmig.migrations";
    const std::string before = project.database.scalar(hashes);
    project.write("V1__a.sql", "create table a (b int); -- again another form");
    project.write("V2__b.sql", "create table b (c bigint);");
    project.fail({"repair"}, 4, "--accept-changed 2");
    project.fail({"repair", "--accept-changed", "9"}, 2, "--accept-changed 9");
    CHECK(project.database.scalar(hashes) == before);
    const auto repaired = project.json({"repair", "--accept-changed", "V2"})["repaired"];
    CHECK(repaired.size() == 2);
    CHECK(repaired[0]["accepted"] == false);
    CHECK(repaired[1]["accepted"] == true);
    CHECK(project.succeed({"validate"}).find("2 applied, 0 pending") != std::string::npos);
}

TEST_CASE("redo runs the newest version's way back and its way up as it is now") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.fail({"redo", "--yes"}, 12, "no version is applied");
    project.succeed({"up"});
    project.fail({"redo", "--yes"}, 12, "no undo file");
    project.write("U1__a.sql", "drop table a;");
    project.fail({"redo"}, 12, "U1__a.sql");
    project.write("V1__a.sql", "create table a (b int, c int);");
    const auto result = project.json({"redo", "--yes"});
    CHECK(result["version"] == "1");
    CHECK(result["ran"].size() == 2);
    CHECK(project.database.scalar("select count(*) from information_schema.columns where table_name = 'a'") == "2");
    CHECK(project.history() == "1 V");
    CHECK(project.run({"validate"}).exit_code == 0);

    project.write("V2__b.sql", "create table b ();");
    project.write("U2__b.sql", "drop table b;");
    project.succeed({"up"});
    project.write("V1__a.sql", "create table a (b int);");
    project.fail({"redo", "--yes"}, 4, "V1__a.sql");
    CHECK(project.database.scalar("select to_regclass('b') is not null") == "t");
}

TEST_CASE("the state of an older tripmig is upgraded by what writes into it, and read as it is until then") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.succeed({"up"});
    project.database.exec(
        "alter table tripmig.migrations drop column locked_ms;"
        "alter table tripmig.statements drop column progress, drop column locks, drop column locked_ms;"
        "update tripmig.meta set version = 1");
    const std::string version = "select version from tripmig.meta";
    project.succeed({"up"});
    project.succeed({"status"});
    CHECK(project.database.scalar(version) == "1");

    project.write("V2__b.sql", "-- tripmig: transaction=off\ncreate table b (c int); create table c (d int);");
    project.succeed({"up"});
    CHECK(project.database.scalar(version) == "2");
    CHECK(project.history() == "1 V,2 V");

    project.database.exec("update tripmig.meta set version = 99, tool_version = '9.9'");
    project.fail({"up"}, 12, "was written by tripmig 9.9 (state version 99)");
}

TEST_CASE("a repeatable file runs again when a placeholder's value changes, also after an upgrade and repair") {
    const MigrationProject project;
    const auto set_value = [&](const std::string& value) {
        project.folder.write("tripmig.toml", "[migrations.placeholders]\nver = \"" + value + "\"\n");
    };
    const std::string text = "create or replace view ver as select '${ver}'::text as v;";
    project.write("R__ver.sql", text);
    set_value("1");
    CHECK(project.json({"up"})["applied"].size() == 1);
    CHECK(project.json({"up"})["applied"].empty());
    set_value("2");
    CHECK(project.json({"status"})["pending"] == 1);
    project.succeed({"up"});
    CHECK(project.database.scalar("select v from ver") == "2");

    project.database.exec("update tripmig.migrations set sha256_tokens = null, sha256 = encode(sha256(convert_to($t$" +
                          text + "$t$, 'UTF8')), 'hex')");
    CHECK(project.json({"up"})["applied"].empty());
    CHECK(project.json({"status"})["findings"].size() == 1);
    project.succeed({"repair"});
    CHECK(project.json({"status"})["findings"].empty());
    CHECK(project.json({"up"})["applied"].empty());
    set_value("3");
    project.succeed({"up"});
    CHECK(project.database.scalar("select v from ver") == "3");
}

TEST_CASE("a directory without any migration is an error unless that is said, whatever is applied") {
    const MigrationProject project;
    project.write("README.md", "");
    for (const char* command : {"up", "status", "validate", "wait", "repair", "lint"})
        project.fail({command}, 2, "no migration in");
    CHECK(project.run({"up", "--allow-empty"}).exit_code == 0);
    project.succeed({"new", "first"});
    project.fail({"up"}, 2, "V1__first.sql has no statement");
    project.fail({"validate"}, 2, "V1__first.sql has no statement");
    project.fail({"up", "--dry-run"}, 2, "V1__first.sql has no statement");
    project.write("V1__first.sql", "select 1;");
    project.succeed({"up"});
    project.remove("V1__first.sql");
    project.fail({"up"}, 2, "--allow-empty");
    project.fail({"status", "--exit-code"}, 2, "no migration in");
    CHECK(project.run({"up", "--allow-empty"}).exit_code == 0);
}

TEST_CASE("a file's name that is no UTF-8 does not keep a document from being printed") {
    const MigrationProject project;
    project.write("V1__a.sql", "select 1;");
    project.write("V2__\xff.sql", "select 1;");
    const auto status = project.json({"status"});
    CHECK(status["pending"] == 2);
    CHECK(status["migrations"][1]["file"] == "V2__\xEF\xBF\xBD.sql");
    CHECK(project.json({"validate"})["pending"] == 2);
    CHECK(project.json({"up", "--dry-run"})["pending"].size() == 2);
}
