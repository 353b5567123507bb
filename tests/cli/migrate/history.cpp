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
    project.fail({"baseline", "3"}, 12, "already has versions, up to 3");
    project.fail({"baseline", "two"}, 2, "is not a valid version");
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
        "drop table tripmig.detached; update tripmig.meta set version = 1");
    const std::string version = "select version from tripmig.meta";
    project.succeed({"up"});
    project.succeed({"status"});
    CHECK(project.database.scalar(version) == "1");

    project.write("V2__b.sql", "-- tripmig: transaction=off\ncreate table b (c int); create table c (d int);");
    project.succeed({"up"});
    CHECK(project.database.scalar(version) == "4");
    CHECK(project.database.scalar("select count(*) from tripmig.detached") == "0");
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

TEST_CASE("validate reads the policies of partitions too") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (id int);");
    project.succeed({"up"});
    CHECK(project.json({"validate"})["policies"] == 0);
    project.folder.write("partitions/a.toml", "table = \"a\"\nkey = \"at\"\ninterval = \"1 month\"\n");
    CHECK(project.json({"validate"})["policies"] == 1);
    project.folder.write("partitions/a.toml", "table = \"a\"\nkey = \"at\"\ninterval = \"1 fortnight\"\n");
    project.fail({"validate"}, 2, "partitions/a.toml:3");
}

TEST_CASE("a directory without any migration is an error unless that is said, whatever is applied") {
    const MigrationProject project;
    project.write("README.md", "");
    for (const char* command : {"up", "status", "validate", "wait", "repair", "lint"})
        project.fail({command}, 2, "no migration in");
    CHECK(project.run({"up", "--allow-empty"}).exit_code == 0);
    project.succeed({"new", "first"});
    project.fail({"up"}, 2, "V1__first.sql has no statements");
    project.fail({"validate"}, 2, "V1__first.sql has no statements");
    project.fail({"up", "--dry-run"}, 2, "V1__first.sql has no statements");
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

namespace {

/// Statement 3 of 4 fails: two are done.
struct HalfWayProject : MigrationProject {
    HalfWayProject() {
        write("V1__m.sql",
              "create table t (a int);\nvacuum t;\ninsert into nowhere values (1);\ninsert into t values (2);\n");
        fail({"up"}, 8, "V1__m.sql:3:13");
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a file that stopped half way is seen by status, validate, the dry run and baseline") {
    const HalfWayProject project;
    CHECK(has(project.succeed({"status"}), "stopped at 3/4"));
    const auto status = project.json({"status"});
    CHECK(status["migrations"][0]["state"] == "stopped at 3/4");
    CHECK(status["migrations"][0]["stopped_at"] == nlohmann::json{{"statement", 3}, {"of", 4}, {"line", 3}});
    CHECK(project.run({"status", "--exit-code"}).exit_code == 4);
    project.fail({"validate"}, 4, "V1__m.sql stopped at 3/4 (line 3)");
    const auto validated = nlohmann::json::parse(project.run({"validate", "--json"}).out);
    CHECK(validated["valid"] == false);
    CHECK(validated["stopped"][0]["statement"] == 3);
    project.fail({"baseline", "1"}, 12, "V1__m.sql stopped at 3/4");
    CHECK(project.history().empty());

    const std::string text = project.succeed({"up", "--dry-run"});
    CHECK_MESSAGE((has(text, "stopped at 3/4") && has(text, "insert into nowhere") && !has(text, "vacuum t")), text);
    const auto plan = project.json({"up", "--dry-run"});
    CHECK(plan["pending"][0]["stopped_at"]["statement"] == 3);
    CHECK(plan["pending"][0]["statements"].size() == 2);
    // What the dry run prints for psql is what is left, and no more.
    project.write("V1__m.sql",
                  "create table t (a int);\nvacuum t;\ninsert into t values (1);\ninsert into t values (2);\n");
    const CommandResult psql = [&] {
        Surroundings where;
        where.input = project.succeed({"up", "--dry-run=sql"});
        return run_command({"psql", "-X", "-v", "ON_ERROR_STOP=1", project.database.url()}, where);
    }();
    CHECK_MESSAGE(psql.exit_code == 0, psql.err);
    CHECK(project.database.scalar("select string_agg(a::text, ',' order by a) from t") == "1,2");
    project.succeed({"up"});
    project.succeed({"validate"});
    CHECK(has(project.succeed({"status"}), "applied"));
}

TEST_CASE("editing what is done, deleting or renaming the file: validate and up notice") {
    const HalfWayProject project;
    const std::string text = project.folder.read("migrations/V1__m.sql");
    const auto both = [&](const std::string& message) {
        project.fail({"validate"}, 4, message);
        project.fail({"up"}, 4, message);
        project.fail({"up", "--dry-run"}, 4, message);
    };
    project.write("V1__m.sql", "create table t (a bigint);\nvacuum t;\nselect 1;");
    both("its statement 1 (line 1) was edited after it had run");
    project.write("V1__m.sql", "create table t (a int);\nselect 1;");
    both("V1__m.sql stopped half way");
    project.remove("V1__m.sql");
    project.write("V1__renamed.sql", text);
    both("V1__m.sql stopped half way: a part of it is done, but the file is missing");
    project.remove("V1__renamed.sql");
    project.write("V1__m.sql", "create table t (a int);\nvacuum t;\ninsert into t values (3);");
    project.succeed({"up"});
    CHECK(project.database.scalar("select a from t") == "3");
}

TEST_CASE("an undo that stopped half way, and a file that is being applied") {
    const MigrationProject project;
    project.write("V1__m.sql", "create table t (a int);");
    project.write("U1__m.sql", "vacuum t;\nselect 1 / 0;\ndrop table t;");
    project.succeed({"up"});
    project.fail({"down", "--yes"}, 8, "U1__m.sql:2:1");
    CHECK(has(project.succeed({"status"}), "undo stopped at 2/3"));
    project.fail({"validate"}, 4, "U1__m.sql stopped at 2/3");
    project.write("U1__m.sql", "vacuum t;\ndrop table t;");
    project.succeed({"down", "--yes"});

    project.write("V1__m.sql",
                  "-- tripmig: lock_timeout=1min\ncreate table t (a int);\nvacuum t;\n"
                  "select pg_advisory_xact_lock_shared(1);");
    const Connection holder = project.database.connect();
    holder.exec("select pg_advisory_lock(1)");
    BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
    wait_until(project.database,
               "select count(*) = 1 from pg_stat_activity where datname = current_database() and "
               "wait_event = 'advisory'");
    CHECK(project.run({"validate"}).exit_code == 0);
    CHECK(has(project.succeed({"status"}), "at work: "));
    holder.exec("select pg_advisory_unlock_all()");
    CHECK(run.wait().exit_code == 0);
}

TEST_CASE("each file finds the session as new: what another one left in it is gone") {
    const MigrationProject project;
    const auto finds = [](const std::string& table) {
        return "create table " + table + " (id int, code text);\ninsert into " + table +
               " (code) values ('kept');\n"
               "do $$ begin if (select count(*) from pg_prepared_statements where from_sql) + (select count(*) from "
               "pg_cursors where name = 'c') + (select count(*) from pg_listening_channels()) + (select count(*) from "
               "pg_locks where pid = pg_backend_pid() and locktype = 'advisory') > 0 then raise 'something is left'; "
               "end if; end $$;\ninsert into " +
               table +
               " values (1, current_setting('transaction_isolation') || coalesce(current_setting('app.mode', true), "
               "''));\n";
    };
    project.write("V1__leaves.sql",
                  "create temp table staging (code text);\nprepare p as select 1;\nselect pg_advisory_lock(4711);\n"
                  "listen channel;\ndeclare c cursor with hold for select 1;\n"
                  "set default_transaction_isolation = 'serializable';\nset default_transaction_read_only = on;\n"
                  "select set_config('app.mode', 'left', false);\n");
    project.write("V2__finds.sql", finds("staging"));
    project.write("V3__leaves.sql", "create table copied (a int);\nset default_transaction_read_only = on;");
    // COPY goes another way to the server.
    project.write("V4__copies.sql", "copy copied from stdin;\n1\n\\.\n");
    project.write("V5__leaves.sql",
                  "-- tripmig: transaction=off\ncreate temp table later (code text);\n"
                  "set default_transaction_isolation = 'serializable';");
    project.write("V6__finds.sql", "-- tripmig: transaction=off\n" + finds("later"));
    project.succeed({"up"});
    for (const std::string table : {"staging", "later"})
        CHECK(project.database.scalar("select string_agg(code, ',' order by id nulls first) from public." + table) ==
              "kept,read committed");
    CHECK(project.database.scalar("select a from copied") == "1");
}

TEST_CASE("a run is durable to its end, whatever its last file left in the session") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);\nset default_transaction_read_only = on;");
    project.write("V2__b.sql", "-- tripmig: requires=V9\nselect 1;");
    project.fail({"up"}, 12, "requires version 9");
    // The flush is an UPDATE of the one row there.
    CHECK(project.database.scalar("select ctid::text <> '(0,1)' from tripmig.meta") == "t");
}

TEST_CASE("after ALTER DATABASE or ROLE ... SET the next file has what a new session has") {
    const MigrationProject project;
    project.write(
        "V1__set.sql",
        "do $$ begin execute format('alter database %I set work_mem = %L', current_database(), '7MB'); end $$;");
    project.write("V2__sees.sql", "create table seen as select current_setting('work_mem') as mem;");
    project.write("V3__set.sql", "alter database " + project.database.name() + " set work_mem = '8MB';");
    project.write("V4__sees.sql", "-- tripmig: transaction=off\ninsert into seen select current_setting('work_mem');");
    project.succeed({"up"});
    CHECK(project.database.scalar("select string_agg(mem, ',' order by mem) from seen") == "7MB,8MB");
}
