// `-- tripmig: expect QUERY`: what a file takes for granted is asked before anything of it runs.
#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {}  // namespace

TEST_CASE("what does not hold stops the file before it begins, and the files after it") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table orders (id int, total int);\ninsert into orders values (1, null);");
    project.write("V2__b.sql",
                  "-- tripmig: expect SELECT count(*) = 0 FROM orders WHERE total IS NULL\n"
                  "alter table orders alter column total set not null;");
    project.write("V3__c.sql", "create table c (n int);");
    project.fail({"up"}, 12,
                 "V2__b.sql expects what does not hold: SELECT count(*) = 0 FROM orders WHERE total IS NULL");
    CHECK(project.history() == "1 V");
    project.database.exec("update orders set total = 0");
    project.succeed({"up"});
    CHECK(project.history() == "1 V,2 V,3 V");
}

TEST_CASE("anything but a single true is refused") {
    const MigrationProject project;
    project.database.exec("create sequence numbers");
    for (const std::string query :
         {"SELECT false", "SELECT NULL::boolean", "SELECT true WHERE false", "VALUES (true), (true)", "SELECT 1",
          "SELECT 'true'", "SELECT true, true", "SELECT true FROM nowhere", "SELECT set_config('x.y', '1', false)",
          "SELECT nextval('numbers') > 0", "SELECT pg_sleep(60) IS NULL"}) {
        CAPTURE(query);
        project.write("V1__a.sql",
                      "-- tripmig: statement_timeout=500ms\n-- tripmig: expect " + query + "\ncreate table a (b int);");
        project.fail({"up"}, 12, query);
        CHECK(project.database.scalar("select to_regclass('a') is null") == "t");
    }
}

TEST_CASE("the query runs as the file does, and leaves nothing in its session") {
    const MigrationProject project;
    project.database.exec("create schema app; create table app.t (n int)");
    project.database.exec(
        "do $$ begin execute format('alter database %I set search_path = app', current_database()); end $$");
    project.write("V1__a.sql",
                  "-- tripmig: expect SELECT set_config('search_path', 'public', false) = 'public'\n"
                  "-- tripmig: expect SELECT count(*) = 0 FROM t\n"
                  "-- tripmig: expect SELECT current_setting('transaction_read_only') = 'on'\n"
                  "create table made (b int);");
    project.succeed({"up"});
    CHECK(project.database.scalar("select to_regclass('app.made') is not null") == "t");
}

TEST_CASE("a file that stopped half way is resumed without asking again") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.succeed({"up"});
    const std::string head =
        "-- tripmig: transaction=off\n-- tripmig: expect SELECT count(*) = 0 FROM a\ninsert into a values (1);\n";
    project.write("V2__b.sql", head + "select 1 / 0;");
    project.fail({"up"}, 8, "V2__b.sql");
    project.write("V2__b.sql", head + "select 1;");
    project.succeed({"up"});
    CHECK(project.history() == "1 V,2 V");
    CHECK(project.database.scalar("select count(*) from a") == "1");
}

TEST_CASE("an undo file has expectations too") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.write("U1__a.sql", "-- tripmig: expect SELECT NOT EXISTS (SELECT FROM a)\ndrop table a;");
    project.succeed({"up"});
    project.database.exec("insert into a values (1)");
    project.fail({"down", "--yes"}, 12, "U1__a.sql expects what does not hold");
    project.database.exec("delete from a");
    project.succeed({"down", "--yes"});
    CHECK(project.database.scalar("select to_regclass('a') is null") == "t");
}

TEST_CASE("--dry-run shows it, validate and lint refuse one that is not a query, an included file has none") {
    const MigrationProject project;
    project.write("V1__a.sql", "-- tripmig: expect SELECT EXISTS (SELECT FROM later)\ncreate table a (b int);");
    CHECK(contains(project.succeed({"up", "--dry-run"}), "  expects SELECT EXISTS (SELECT FROM later)\n"));
    CHECK(contains(project.succeed({"up", "--dry-run=sql"}), "-- expects SELECT EXISTS (SELECT FROM later)\n"));
    CHECK(project.json({"up", "--dry-run"})["pending"][0]["expects"][0] == "SELECT EXISTS (SELECT FROM later)");
    project.write("V1__a.sql", "-- tripmig: expect DELETE FROM a\ncreate table a (b int);");
    project.fail({"validate"}, 2, "V1__a.sql:1:13: expect needs a query that only reads");
    project.fail({"lint"}, 2, "V1__a.sql:1:13: expect needs a query that only reads");
    project.write("V1__a.sql", "\\ir part.sql\n");
    project.write("part.sql", "-- tripmig: expect SELECT true\ncreate table a (b int);");
    project.fail({"up"}, 2, "this file is included by another one");
}
