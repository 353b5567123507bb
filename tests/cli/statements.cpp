// What PostgreSQL takes together or apart, whatever the file looks like: REINDEX and CLUSTER of partitioned tables, \\;
#include "support/migration_project.hpp"

using namespace tripmig::test;

TEST_CASE("REINDEX and CLUSTER of a partitioned table run outside of a transaction, of a plain one inside") {
    const MigrationProject project;
    project.database.exec(
        "create table p (id int, day date) partition by range (day);"
        "create table p1 partition of p for values from ('2026-01-01') to ('2026-02-01');"
        "create index p_id on p (id); create table plain (id int primary key)");
    project.write("V1__a.sql", "create table before_it ();\nreindex table plain;\nselect 1/0;");
    project.fail({"up"}, 7, "V1__a.sql:3:1: division by zero");
    CHECK(project.database.scalar("select to_regclass('before_it') is null") == "t");

    project.write("V1__a.sql",
                  "create table before_it ();\nreindex table p;\nreindex index p_id;\ncluster p using p_id;");
    const auto plan = project.json({"up", "--dry-run"});
    CHECK(plan["pending"][0]["transactional"] == false);
    CHECK(plan["pending"][0]["statements"][1]["transaction"] == false);
    project.succeed({"up"});
    CHECK(project.history() == "1 V");

    project.write("V2__b.sql", "begin;\nreindex table p;\ncommit;");
    project.fail({"up"}, 7, "V2__b.sql:2:1: REINDEX TABLE cannot run inside a transaction block");
}

TEST_CASE("what \\; joins is one transaction, also where a file runs a statement at a time") {
    const MigrationProject project;
    project.write("V1__a.sql",
                  "-- tripmig: transaction=off\ncreate table a (n int);\n"
                  "insert into a values (1)\\; insert into a values (2)\\; insert into a values (3 / 0);\n");
    project.fail({"up"}, 8, "V1__a.sql:3:55: division by zero");
    CHECK(project.database.scalar("select count(*) from a") == "0");
    project.write("V1__a.sql",
                  "-- tripmig: transaction=off\ncreate table a (n int);\n"
                  "insert into a values (1)\\; insert into a values (2);\ninsert into a values (3);");
    project.succeed({"up"});
    CHECK(project.database.scalar("select count(*) || ' ' || count(distinct xmin::text) from a") == "3 2");

    project.write("V2__b.sql", "insert into a values (4)\\; vacuum a;");
    project.fail({"up"}, 2, "V2__b.sql:1:28: this is joined with another statement");
    CHECK(project.database.scalar("select count(*) from a") == "3");
}

TEST_CASE("a dry run ends at once when it is told to") {
    const MigrationProject project;
    std::string text = "create table big (id int);\n";
    for (int i = 0; i < 20'000; ++i)
        text += "insert into big values (" + std::to_string(i) + ");\n";
    project.write("V1__seed.sql", text);
    // It stands still in the middle, because nobody reads more than a pipe holds, when the signal comes.
    const std::string script =
        "mkfifo out; \"$@\" > out & exec 3< out; head -c 1 <&3 > /dev/null; kill -TERM $!; cat <&3 > /dev/null; wait "
        "$!";
    std::vector<std::string> command{"bash", "-c", script, "bash"};
    const auto run = tripmig_command(project.with_where({"up", "--dry-run"}));
    command.insert(command.end(), run.begin(), run.end());
    CHECK(run_command(command, project.surroundings()).exit_code == 143);
}

TEST_CASE("of a very long line the error shows what stands around the column") {
    const MigrationProject project;
    std::string values;
    for (int i = 0; i < 2000; ++i)
        values += "(" + std::to_string(i) + "),";
    project.write("V1__a.sql", "create table t (a int);\ninsert into t values " + values + "(nope);");
    const auto result = project.run({"up"});
    CHECK(result.exit_code == 7);
    CHECK(result.err.size() < 2000);
    CHECK_MESSAGE(result.err.find("| ...") != std::string::npos, result.err);
    CHECK_MESSAGE(result.err.find("(1999),(nope)") != std::string::npos, result.err);
}
