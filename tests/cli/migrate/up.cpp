// `tripmig up` and its neighbours through the built binary: what the server holds afterwards, what the user sees, the
// exit code.
#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "support/command.hpp"
#include "support/test_database.hpp"

using namespace tripmig::test;

namespace {

/// A database and a directory of migrations.
struct UpProject {
    TestDatabase database;
    TemporaryFolder folder;

    void write(const std::string& name, std::string_view content) const { folder.write("migrations/" + name, content); }

    [[nodiscard]] CommandResult run(std::vector<std::string> arguments) const {
        return run_tripmig(with_where(std::move(arguments)), surroundings());
    }
    [[nodiscard]] std::vector<std::string> with_where(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--url", database.url()});
        return arguments;
    }
    [[nodiscard]] Surroundings surroundings() const {
        Surroundings where;
        where.directory = folder.path();
        return where;
    }
};

}  // namespace

TEST_CASE("up applies in order of version, once") {
    const UpProject project;
    project.write("V10__c.sql", "insert into log values (10);");
    project.write("V9__b.sql", "insert into log values (9);");
    project.write("V1__a.sql", "create table log (n int, at timestamptz default clock_timestamp());");
    project.write("README.md", "no migration");
    CommandResult first = project.run({"up"});
    CHECK_MESSAGE(first.exit_code == 0, first.err);
    CHECK(project.database.scalar("select string_agg(n::text, ',' order by at) from log") == "9,10");
    CHECK(project.run({"up"}).exit_code == 0);
    CHECK(project.database.scalar("select count(*) from log") == "2");
    CHECK(project.database.scalar("select string_agg(version, ',' order by id) from tripmig.migrations") == "1,9,10");
}

TEST_CASE("--to stops there, --json tells what was applied") {
    const UpProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.write("V2__b.sql", "create table b (b int);");
    project.write("R__v.sql", "create or replace view v as select 1 as one;");
    const auto first = project.run({"up", "--to", "1", "--json"});
    CHECK(first.exit_code == 0);
    const auto document = nlohmann::json::parse(first.out);
    CHECK(document["version"] == "1");
    CHECK(document["applied"].size() == 1);
    CHECK(document["applied"][0]["file"] == "V1__a.sql");
    CHECK(project.run({"status", "--exit-code"}).exit_code == 3);
    CHECK(project.run({"up", "--to", "7"}).exit_code == 2);
    CHECK(project.run({"up"}).exit_code == 0);
    CHECK(project.database.scalar("select one from v") == "1");
    CHECK(project.run({"status", "--exit-code"}).exit_code == 0);
}

TEST_CASE("a failing file is rolled back as a whole; the place is shown; the files before it stay") {
    const UpProject project;
    project.write("V1__a.sql", "create table a (b int);");
    std::string lines = "create table c (d int);\n";
    for (int i = 2; i < 40; ++i)
        lines += "-- line\n";
    project.write("V2__bad.sql", lines + "insert into a valuesx (1);\n");
    const auto result = project.run({"up"});
    CHECK(result.exit_code == 7);
    CHECK_MESSAGE(contains(result.err, "V2__bad.sql:40:15: "), result.err);
    CHECK_MESSAGE(contains(result.err, "^"), result.err);
    CHECK_MESSAGE(contains(result.err, "42601"), result.err);
    CHECK(project.database.scalar("select to_regclass('c') is null") == "t");
    CHECK(project.database.scalar("select count(*) from tripmig.migrations") == "1");
    project.write("V2__bad.sql", lines + "insert into a values (1);\n");
    CHECK(project.run({"up"}).exit_code == 0);
    CHECK(project.database.scalar("select count(*) from a") == "1");
}

TEST_CASE("a file without transaction goes on at the statement that failed") {
    const UpProject project;
    project.write("V1__a.sql",
                  "create table a (b int); insert into a values (1), (1);\n"
                  "-- the next line's file runs a statement at a time\n");
    project.write("V2__i.sql",
                  "insert into a values (2);\n"
                  "create index concurrently a_b on a (b);\n"
                  "create unique index concurrently a_unique on a (b);\n"
                  "insert into a values (3);\n");
    const auto failed = project.run({"up"});
    CHECK(failed.exit_code == 8);
    CHECK_MESSAGE(contains(failed.err, "V2__i.sql:3:1"), failed.err);
    CHECK_MESSAGE(contains(failed.err, "23505"), failed.err);
    // No INVALID index is left behind.
    CHECK(project.database.scalar("select count(*) from pg_index where not indisvalid") == "0");
    CHECK(project.database.scalar("select count(*) from a") == "3");

    SUBCASE("after the data was mended") {
        project.database.exec("delete from a where ctid = (select min(ctid) from a where b = 1)");
        const auto again = project.run({"up"});
        CHECK_MESSAGE(again.exit_code == 0, again.err);
        CHECK(project.database.scalar("select string_agg(b::text, ',' order by b) from a") == "1,2,3");
        CHECK(project.database.scalar("select count(*) from tripmig.statements") == "0");
        CHECK(project.database.scalar("select count(*) from tripmig.migrations where version = '2'") == "1");
    }
    SUBCASE("the statements behind may be edited, those that are done may not") {
        project.write(
            "V2__i.sql",
            "insert into a values (2);\ncreate index concurrently a_b on a (b);\ninsert into a values (4);\n");
        CHECK(project.run({"up"}).exit_code == 0);
        CHECK(project.database.scalar("select string_agg(b::text, ',' order by b) from a") == "1,1,2,4");
    }
    SUBCASE("an edit of what is done is refused") {
        project.write("V2__i.sql", "insert into a values (20);\ncreate index concurrently a_b on a (b);\n");
        const auto refused = project.run({"up"});
        CHECK(refused.exit_code == 4);
        CHECK_MESSAGE(contains(refused.err,
                               "V2__i.sql stopped half way, and its statement 1 (line 1) was edited after it had run"),
                      refused.err);
    }
}

TEST_CASE("settings of one file do not reach the next, roles neither") {
    const UpProject project;
    project.write(
        "V1__a.sql",
        "create schema s; set search_path = s; create table a (b int); set role none; set work_mem = '11MB';");
    project.write("V2__b.sql", "create table b as select current_setting('work_mem') as w;");
    CHECK(project.run({"up"}).exit_code == 0);
    CHECK(project.database.scalar("select to_regclass('s.a') is not null") == "t");
    CHECK(project.database.scalar("select w <> '11MB' from public.b") == "t");
}

TEST_CASE("COPY with its data, functions, DO, BEGIN ... COMMIT, \\i: as psql runs them") {
    const UpProject project;
    project.write("parts/more.sql", "insert into t values (7, 'included');\n");
    project.write("V1__a.sql",
                  "BEGIN;\ncreate table t (a int, b text);\nCOPY t (a, b) FROM STDIN;\n1\tone; two\n2\t\\N\n\\.\n"
                  "create function f() returns int language plpgsql as $$ begin return 1; end; $$;\n"
                  "do $x$ begin insert into t values (f() + 2, 'do;'); end $x$;\n\\i parts/more.sql\nCOMMIT;\n");
    const auto result = project.run({"up"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(project.database.scalar("select string_agg(a::text || coalesce(b, '-'), ',' order by a) from t") ==
          "1one; two,2-,3do;,7included");
}

TEST_CASE("twenty at once: one applies, all exit 0, each statement ran once") {
    const UpProject project;
    project.write("V1__a.sql", "create table log (n int);");
    project.write("V2__b.sql", "insert into log values (1); select pg_sleep(0.2);");
    project.write("V3__c.sql", "create index concurrently log_n on log (n);");
    std::vector<std::unique_ptr<BackgroundCommand>> runs;
    for (int i = 0; i < 20; ++i)
        runs.push_back(
            std::make_unique<BackgroundCommand>(tripmig_command(project.with_where({"up"})), project.surroundings()));
    for (const auto& run : runs) {
        const auto result = run->wait();
        CHECK_MESSAGE(result.exit_code == 0, result.err);
    }
    CHECK(project.database.scalar("select count(*) from log") == "1");
    CHECK(project.database.scalar("select count(*) from tripmig.migrations") == "3");
    CHECK(project.database.scalar("select count(distinct batch) from tripmig.migrations") == "1");
}

TEST_CASE("a waiter gives up with exit 5 and names the holder") {
    const UpProject project;
    project.write("V1__a.sql", "create table a (b int); select pg_sleep(30);");
    BackgroundCommand holder(tripmig_command(project.with_where({"up"})), project.surroundings());
    wait_until(project.database,
               "select count(*) = 1 from pg_stat_activity where application_name = 'tripmig up' and "
               "wait_event = 'PgSleep'");
    project.folder.write("tripmig.toml", "[migrations]\nrun_lock_wait = \"300ms\"\n");
    const auto waiter = project.run({"up"});
    CHECK(waiter.exit_code == 5);
    CHECK_MESSAGE(contains(waiter.err, "tripmig up (pid "), waiter.err);
    SUBCASE("SIGTERM ends the holder cleanly") {
        holder.kill(SIGTERM);
        CHECK(holder.wait().exit_code == 143);
    }
    SUBCASE("SIGINT too") {
        holder.kill(SIGINT);
        CHECK(holder.wait().exit_code == 130);
    }
    CHECK(project.database.scalar("select to_regclass('a') is null") == "t");
    CHECK(project.database.scalar("select count(*) from tripmig.migrations") == "0");
}

TEST_CASE("a lock that somebody holds: retried, the holder named, nothing changed when the deadline passes") {
    const UpProject project;
    project.database.exec("create table a (b int)");
    project.write("V1__a.sql", "alter table a add column c int;");
    project.folder.write("tripmig.toml", "[migrations]\nlock_timeout = \"300ms\"\nlock_deadline = \"2s\"\n");
    const Connection blocker = project.database.connect();
    blocker.exec("set application_name = 'nightly report'");
    blocker.exec("begin; select * from a");
    SUBCASE("deadline") {
        const auto result = project.run({"up"});
        CHECK(result.exit_code == 11);
        CHECK_MESSAGE(contains(result.err, "nightly report"), result.err);
        CHECK(project.database.scalar("select count(*) from tripmig.migrations") == "0");
        blocker.exec("commit");
    }
    SUBCASE("in time") {
        BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
        run.wait_for_text("attempt 2");
        blocker.exec("commit");
        CHECK(run.wait().exit_code == 0);
        CHECK(project.database.scalar("select count(*) from tripmig.migrations") == "1");
    }
}

TEST_CASE("a file that somebody writes into after it was looked at is not run") {
    const UpProject project;
    project.write("V1__a.sql", "-- tripmig: lock_timeout=1min\nselect pg_advisory_xact_lock_shared(1);");
    project.write("V2__b.sql", "create table b ();");
    const Connection holder = project.database.connect();
    holder.exec("select pg_advisory_lock(1)");
    BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
    wait_until(project.database,
               "select count(*) = 1 from pg_stat_activity where datname = current_database() and "
               "wait_event = 'advisory'");
    project.write("V2__b.sql", "create table c ();");
    holder.exec("select pg_advisory_unlock_all()");
    CHECK(run.wait().exit_code == 4);
    CHECK_MESSAGE(contains(run.err(), "V2__b.sql was changed while this command was running; it was not run"),
                  run.err());
    CHECK(project.database.scalar("select to_regclass('b') is null and to_regclass('c') is null") == "t");
    CHECK(project.run({"up"}).exit_code == 0);
    CHECK(project.database.scalar("select to_regclass('c') is not null") == "t");
}

TEST_CASE("an index on a partitioned table is made leaf by leaf, and dropped") {
    const UpProject project;
    project.write("V1__a.sql",
                  "create table p (k int not null, v text) partition by range (k);"
                  "create table p1 partition of p for values from (0) to (10);"
                  "create table p2 partition of p for values from (10) to (20);"
                  "insert into p select g, 'x' from generate_series(0, 19) g;");
    project.write("V2__i.sql",
                  "create index concurrently p_v on p (v) where k > 3;\ncreate unique index concurrently if not exists "
                  "p_k on p (k);");
    const auto result = project.run({"up"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(project.database.scalar(
              "select count(*) from pg_index where indisvalid and indexrelid in ('p_v'::regclass, 'p_k'::regclass)") ==
          "2");
    CHECK(project.database.scalar("select count(*) from pg_inherits where inhparent = 'p_v'::regclass") == "2");
    project.write("V3__d.sql", "drop index concurrently p_v;");
    CHECK(project.run({"up"}).exit_code == 0);
    CHECK(project.database.scalar("select to_regclass('p_v') is null and to_regclass('p1_p_v') is null") == "t");
}

TEST_CASE("down runs undo files, newest first, and only when it is told to") {
    const UpProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.write("V2__b.sql", "create table b (b int);");
    project.write("U2__b.sql", "drop table b;");
    CHECK(project.run({"up"}).exit_code == 0);
    const auto asked = project.run({"down"});
    CHECK(asked.exit_code == 12);
    CHECK_MESSAGE(contains(asked.err, "U2__b.sql"), asked.err);
    CHECK(project.run({"down", "--yes"}).exit_code == 0);
    CHECK(project.database.scalar("select to_regclass('b') is null") == "t");
    const auto no_way = project.run({"down", "--yes"});
    CHECK(no_way.exit_code == 12);
    CHECK_MESSAGE(contains(no_way.err, "no undo file"), no_way.err);
    CHECK(project.run({"up"}).exit_code == 0);
    CHECK(project.database.scalar(
              "select count(*) from tripmig.migrations where version = '2' and undone_at is null and kind = 'V'") ==
          "1");
}

TEST_CASE("files and history that disagree: exit 4, before anything runs") {
    const UpProject project;
    project.write("V1__a.sql", "create table a (b int);");
    CHECK(project.run({"up"}).exit_code == 0);
    project.write("V2__b.sql", "create table b (b int);");
    SUBCASE("a changed file") {
        project.write("V1__a.sql", "create table a (b bigint);");
        const auto result = project.run({"up"});
        CHECK(result.exit_code == 4);
        CHECK_MESSAGE(contains(result.err, "V1__a.sql was changed after it was applied"), result.err);
        CHECK(project.run({"validate"}).exit_code == 4);
        CHECK(project.run({"status", "--exit-code"}).exit_code == 4);
        CHECK(project.database.scalar("select to_regclass('b') is null") == "t");
    }
    SUBCASE("comments and line ends alone") {
        project.write("V1__a.sql", "-- hello\r\ncreate table a (b int);\r\n");
        const auto result = project.run({"validate"});
        CHECK(result.exit_code == 0);
        CHECK_MESSAGE(contains(result.err, "comments or white space only"), result.err);
    }
    SUBCASE("a late file") {
        CHECK(project.run({"up"}).exit_code == 0);
        project.write("V1.5__late.sql", "create table late (b int);");
        CHECK(project.run({"up"}).exit_code == 4);
    }
}

TEST_CASE("killed at any moment, run again: the same end as undisturbed") {
    const UpProject project;
    std::string body;
    project.write("V1__a.sql", "create table log (n int primary key, v int);");
    project.write("V2__b.sql", "insert into log select g, g from generate_series(1, 20000) g;");
    project.write("V3__c.sql",
                  "create index concurrently log_v on log (v);\ninsert into log values (0, 0);\n"
                  "create index concurrently log_v2 on log (v, n);\nvacuum log;\ninsert into log values (-1, 0);\n");
    for (int i = 4; i < 12; ++i)
        project.write("V" + std::to_string(i) + "__t.sql",
                      "create table t" + std::to_string(i) + " (a int primary key);");
    int kills = 0;
    for (int delay_ms = 15; delay_ms < 400; delay_ms += 23) {
        BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
        run_command({"sleep", "0." + std::string(delay_ms < 100 ? "0" : "") + std::to_string(delay_ms)});
        if (run.is_running()) {
            run.kill(SIGKILL);
            ++kills;
        }
        (void)run.wait();
    }
    CHECK(kills > 0);
    const auto result = project.run({"up"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(project.database.scalar("select count(*) from log") == "20002");
    CHECK(project.database.scalar("select count(*) from tripmig.migrations") == "11");
    CHECK(project.database.scalar("select count(*) from pg_index where not indisvalid") == "0");
    CHECK(project.database.scalar("select count(*) from tripmig.statements") == "0");
}
