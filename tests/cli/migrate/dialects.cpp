// Directories of other tools through the built binary: applied in their order and transactions, taken back, refused
// with the place of what is wrong.
#include "support/migration_project.hpp"

using namespace tripmig::test;

TEST_CASE("golang-migrate: up by number, one transaction a file, down by .down.sql") {
    const MigrationProject project;
    project.write("000001_a.up.sql", "create table log (n int, at timestamptz default clock_timestamp());");
    project.write("000001_a.down.sql", "drop table log;");
    project.write("10_c.up.sql", "insert into log values (10);");
    project.write("10_c.down.sql", "delete from log where n = 10;");
    project.write("9_b.up.sql", "insert into log values (9); insert into log values (9);");
    project.write("9_b.down.sql", "delete from log where n = 9;");
    CHECK(project.json({"up"})["applied"].size() == 3);
    CHECK(project.database.scalar("select string_agg(n::text, ',' order by at) from log") == "9,9,10");
    CHECK(project.history() == "1 V,9 V,10 V");
    project.succeed({"down", "--yes"});
    CHECK(project.database.scalar("select string_agg(n::text, ',') from log") == "9,9");
    project.succeed({"down", "--to", "0", "--yes"});
    CHECK(project.database.scalar("select to_regclass('log') is null") == "t");
    CHECK(project.history() == "");
    CHECK(project.json({"status"})["pending"] == 3);

    project.write("11_d.up.sql", "create table d (); insert into nowhere values (1);");
    project.fail({"up"}, 7, "11_d.up.sql:1:32");
    CHECK(project.database.scalar("select to_regclass('d') is null") == "t");
    CHECK(project.history() == "1 V,9 V,10 V");
}

TEST_CASE("golang-migrate: an index is built concurrently, and a version without its way back says how to write one") {
    const MigrationProject project;
    project.write("1_a.up.sql", "create table a (b int);");
    project.write("2_i.up.sql", "create index concurrently a_b on a (b);");
    project.succeed({"up"});
    CHECK(project.database.scalar("select indisvalid from pg_index where indexrelid = 'a_b'::regclass") == "t");
    project.fail({"down", "--yes"}, 12, "2_<description>.down.sql");
}

TEST_CASE("dbmate: both ways from one file; transaction:false; errors at the file's own lines") {
    const MigrationProject project;
    project.write("20240101_a.sql",
                  "-- migrate:up\ncreate type colour as enum ('red');\ncreate table a (c colour);\n\n"
                  "-- migrate:down\ndrop table a;\ndrop type colour;\n");
    project.write(
        "20240102_b.sql",
        "-- migrate:up transaction:false\nalter type colour add value 'blue';\ninsert into a values ('blue');\n\n"
        "-- migrate:down\ndelete from a where c = 'blue';\n");
    project.succeed({"up"});
    CHECK(project.database.scalar("select c from a") == "blue");
    project.succeed({"down", "--yes"});
    CHECK(project.database.scalar("select count(*) from a") == "0");
    project.write("20240101_a.sql",
                  "-- migrate:up\ncreate type colour as enum ('red');\ncreate table a (c colour);\n\n"
                  "-- migrate:down\ndrop table a;\ndrop typo colour;\n");
    CHECK(project.run({"validate"}).exit_code == 0);  // the way up is what was applied
    project.fail({"down", "--yes"}, 7, "20240101_a.sql:7:6");
    CHECK(project.database.scalar("select to_regclass('a') is not null") == "t");
}

TEST_CASE("goose: blocks, NO TRANSACTION, ENVSUB, both ways from one file") {
    const MigrationProject project;
    project.write(
        "00001_a.sql",
        "-- +goose Up\ncreate table a (b int);\n"
        "-- +goose StatementBegin\ncreate function f() returns int language plpgsql as $$\nbegin\n  return 7;\n"
        "end;\n$$\n-- +goose StatementEnd\n"
        "insert into a values (f());\n"
        "-- +goose Down\ndrop function f();\ndrop table a;\n");
    project.write("00002_i.sql",
                  "-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently a_b on a (b);\n"
                  "-- +goose Down\ndrop index concurrently a_b;\n");
    project.write("00003_e.sql",
                  "-- +goose ENVSUB ON\n-- +goose Up\ninsert into a values (${NUMBER:-1}), (${OTHER_NUMBER:-1});\n");
    Surroundings where = project.surroundings();
    where.environment["NUMBER"] = "42";
    const auto up = run_tripmig(project.with_where({"up"}), where);
    CHECK_MESSAGE(up.exit_code == 0, up.err);
    CHECK(project.database.scalar("select string_agg(b::text, ',' order by b) from a") == "1,7,42");
    CHECK(project.database.scalar("select count(*) from pg_index where indexrelid = 'a_b'::regclass") == "1");
    project.fail({"down", "--yes"}, 12, "below `-- +goose Down` in 00003_e.sql");
    project.write("00003_e.sql",
                  "-- +goose ENVSUB ON\n-- +goose Up\ninsert into a values (${NUMBER:-1}), (${OTHER_NUMBER:-1});\n"
                  "-- +goose Down\ndelete from a where b <> 7;\n");
    project.succeed({"down", "--to", "0", "--yes"});
    CHECK(project.database.scalar("select to_regclass('a') is null") == "t");
}

TEST_CASE("goose: a block outside of a transaction is done or not done as a whole, and resumed behind it") {
    const MigrationProject project;
    project.write("1_a.sql", "-- +goose Up\ncreate table a (b int unique);\n");
    project.write(
        "2_b.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\ninsert into a values (1);\n"
        "-- +goose StatementBegin\ninsert into a values (2); insert into a values (1);\n-- +goose StatementEnd\n"
        "insert into a values (4);\n");
    project.fail({"up"}, 8, "2_b.sql:5:27");
    CHECK(project.database.scalar("select string_agg(b::text, ',' order by b) from a") == "1");
    project.write(
        "2_b.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\ninsert into a values (1);\n"
        "-- +goose StatementBegin\ninsert into a values (2); insert into a values (3);\n-- +goose StatementEnd\n"
        "insert into a values (4);\n");
    project.succeed({"up"});
    CHECK(project.database.scalar("select string_agg(b::text, ',' order by b) from a") == "1,2,3,4");
}

TEST_CASE("Flyway: executeInTransaction=false beside a script") {
    const MigrationProject project;
    project.write("V1__a.sql", "create type colour as enum ('red');\ncreate table a (c colour);");
    project.write("V2__b.sql", "alter type colour add value 'blue';\ninsert into a values ('blue');");
    project.fail({"up"}, 7, "55P04");
    project.write("V2__b.sql.conf", "executeInTransaction=false\n");
    project.succeed({"up"});
    CHECK(project.database.scalar("select c from a") == "blue");
}

TEST_CASE("mixtures, unmarked files and programs are exit code 2; --dialect and the configuration choose") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a ();");
    project.write("1_b.up.sql", "create table b ();");
    for (const char* command : {"up", "status", "validate", "adopt"})
        project.fail({command}, 2, "files of two tools");
    project.fail({"up", "--dialect", "liquibase"}, 2, "--dialect");
    project.succeed({"up", "--dialect", "golang-migrate"});
    CHECK(project.database.scalar("select to_regclass('a') is null and to_regclass('b') is not null") == "t");
    Surroundings where = project.surroundings();
    where.environment["TRIPMIG_MIGRATIONS_DIALECT"] = "golang-migrate";
    CHECK(run_tripmig(project.with_where({"status", "--exit-code"}), where).exit_code == 0);
    project.remove("1_b.up.sql");
    project.write("V2__b.java", "");
    project.fail({"up"}, 2, "V2__b.java");
}

TEST_CASE("new makes a file of the directory's own dialect, with the next number") {
    const MigrationProject project;
    const auto made = [&](const std::vector<std::string>& arguments) {
        std::vector<std::string> names;
        const nlohmann::json made_files = project.json(arguments);
        for (const auto& file : made_files["files"])
            names.push_back(std::filesystem::path(file.get<std::string>()).filename());
        return names;
    };
    using Names = std::vector<std::string>;
    SUBCASE("golang-migrate") {
        project.write("000009_a.up.sql", "create table a ();");
        CHECK(made({"new", "add users", "--undo"}) == Names{"000010_add_users.up.sql", "000010_add_users.down.sql"});
    }
    SUBCASE("goose") {
        project.write("00001_a.sql", "-- +goose Up\ncreate table a ();");
        CHECK(made({"new", "add users", "--undo"}) == Names{"00002_add_users.sql"});
        CHECK(project.folder.read("migrations/00002_add_users.sql") == "-- +goose Up\n\n-- +goose Down\n");
    }
    SUBCASE("dbmate") {
        project.write("20240131120000_a.sql", "-- migrate:up\ncreate table a ();\n-- migrate:down\n");
        const Names names = made({"new", "add users"});
        REQUIRE(names.size() == 1);
        CHECK(names.front().size() == std::string("20240131120000_add_users.sql").size());
        CHECK(project.folder.read("migrations/" + names.front()) == "-- migrate:up\n\n-- migrate:down\n");
    }
    SUBCASE("a directory that is missing is made; --time") {
        const Names names = made({"new", "first", "--time"});
        CHECK(names.front().size() == std::string("V20240131120000__first.sql").size());
        project.write(names.front(), "select 1;");
        const Names next = made({"new", "second", "--time"});
        CHECK(next.front().size() == std::string("V20240131120000__second.sql").size());
        project.write(next.front(), "select 1;");
    }
    SUBCASE("an empty directory, --dialect") {
        std::filesystem::create_directories(project.folder.path() / "migrations");
        const Names names = made({"new", "first", "--dialect", "golang-migrate"});
        CHECK(names.front().size() == std::string("20240131120000_first.up.sql").size());
        project.remove(names.front());
        CHECK(made({"new", "first"}) == Names{"V1__first.sql"});
        project.write("V1__first.sql", "select 1;");  // without a statement `up` refuses it
    }
    project.succeed({"up"});
}

TEST_CASE("COMMIT without BEGIN does what the file's own tool makes it do, and lint warns") {
    const MigrationProject project;
    project.write("1_a.up.sql", "create table a (); commit; create table b (); insert into nowhere values (1);");
    project.fail({"up"}, 8, "1_a.up.sql:1:");
    CHECK(project.database.scalar("select to_regclass('a') is not null and to_regclass('b') is null") == "t");
    project.write("1_a.up.sql", "create table a (); commit; create table b ();");
    project.succeed({"up"});
    CHECK(project.database.scalar("select to_regclass('b') is not null") == "t");
    const auto lint = run_tripmig({"lint"}, project.surroundings());
    CHECK_MESSAGE(lint.exit_code == 0, lint.err);
    CHECK_MESSAGE(lint.out.find("[transaction-control]") != std::string::npos, lint.out);
    const MigrationProject own;
    own.write("V1__a.sql", "create table c (); commit;");
    own.fail({"validate"}, 2, "the file did not begin");
    own.fail({"up"}, 2, "the file did not begin");
}
