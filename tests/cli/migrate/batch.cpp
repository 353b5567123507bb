// `-- tripmig: batch` through the built binary: each row changed once, whatever happens meanwhile.
#include <csignal>
#include <thread>

#include "support/migration_project.hpp"

using namespace tripmig::test;
using namespace std::chrono_literals;

namespace {

/// 10,000 rows of three kinds with gaps between their ids.
void make_rows(const MigrationProject& project) {
    project.database.exec(
        "create table item (id bigint primary key, n int not null default 0, kind int not null);"
        "insert into item select g * 3, 0, g % 3 from generate_series(1, 10000) g; analyze item");
}

std::string journal(const MigrationProject& project) {
    return project.database.scalar("select count(*) from tripmig.statements");
}

}  // namespace

TEST_CASE("an UPDATE runs in ranges, each its own transaction, and changes each row once") {
    const MigrationProject project;
    make_rows(project);
    project.write("V1__n.sql",
                  "-- tripmig: batch by=id size=700\nupdate item set n = n + 1 where kind = 1 or kind = 2;\n"
                  "create table after_it ();");
    const auto result = project.run({"up", "--log-format", "json"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(project.database.scalar("select string_agg(distinct kind || ':' || n, ',') from item") == "0:0,1:1,2:1");
    // 10,000 rows by 700: fifteen transactions.
    CHECK(project.database.scalar("select count(distinct xmin::text) from item where n = 1") == "15");
    CHECK(result.err.find("\"task\":\"V1__n.sql line 2\"") != std::string::npos);
    CHECK(result.err.find("6667 rows changed in batches") != std::string::npos);
    CHECK(project.history() == "1 V");
    CHECK(journal(project) == "0");
    CHECK(project.database.scalar("select to_regclass('after_it') is not null") == "t");
}

TEST_CASE("a DELETE with an alias and USING, keys of text in their collation, a composite key, a partitioned table") {
    const MigrationProject project;
    project.database.exec(
        "create table gone (word text primary key);"
        "insert into gone select 'w' || g from generate_series(1, 3000) g;"
        "create table item (word text collate \"C\", day date not null, n int default 0, primary key (word, day));"
        "insert into item select 'w' || g, '2026-01-01' from generate_series(0, 6000) g;"
        "insert into item values ('', '2026-01-01'), ('it''s \\', '2026-01-01'), ('é', '2026-01-02');"
        "create table log (at timestamptz not null, n int default 0) partition by range (at);"
        "create table log_1 partition of log for values from ('2026-01-01') to ('2026-02-01');"
        "create table log_2 partition of log for values from ('2026-02-01') to ('2026-03-01');"
        "create index on log (at);"
        "insert into log select timestamptz '2026-01-15' + g * interval '1 hour' from generate_series(1, 600) g");
    project.write(
        "V1__a.sql",
        "set datestyle = 'SQL, DMY';\n"
        "-- tripmig: batch by=word size=500\ndelete from item i using gone where gone.word = i.word -- all\n;\n"
        "-- tripmig: batch by=word size=1\nupdate item set n = n + 1 where word < 'w';\n"
        "-- tripmig: batch by=at size=50 pause=1ms\nupdate log set n = n + 1;");
    project.succeed({"up"});
    CHECK(project.database.scalar("select count(*) from item") == "3004");
    CHECK(project.database.scalar("select count(*) from item where n = 1") == "2");
    CHECK(project.database.scalar("select count(*) from log where n = 1") == "600");
}

TEST_CASE("killed at any moment and run again: each row changed exactly once") {
    const MigrationProject project;
    make_rows(project);
    project.write("V1__n.sql",
                  "-- tripmig: batch by=id size=20 pause=1ms\nupdate item set n = n + 1;\n"
                  "-- tripmig: batch by=id size=1000\nupdate item set kind = kind + 10;");
    int kills = 0;
    for (int delay = 40; delay < 5000; delay += 20) {
        BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
        std::this_thread::sleep_for(std::chrono::milliseconds(delay));
        if (!run.is_running())
            break;
        run.kill(SIGKILL);
        run.wait();
        ++kills;
    }
    project.succeed({"up"});
    CHECK(kills > 1);
    CHECK(project.database.scalar("select min(n) || ' ' || max(n) || ' ' || min(kind) || ' ' || max(kind) from item") ==
          "1 1 10 12");
    CHECK(journal(project) == "0");
}

TEST_CASE("killed while a batch waits for a row, and ended by the server: each row changed exactly once") {
    const MigrationProject project;
    make_rows(project);
    project.write("V1__n.sql",
                  "-- tripmig: lock_timeout=1min\n-- tripmig: batch by=id size=100\nupdate item set n = n + 1;");
    const auto wait_for_blocked = [&project] {
        wait_until(project.database,
                   "select count(*) > 0 from pg_stat_activity where application_name = 'tripmig up' and "
                   "wait_event_type = 'Lock'");
    };
    {
        const Connection writer = project.database.connect();
        writer.exec("begin; select from item where id = 15000 for update");
        BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
        wait_for_blocked();
        run.kill(SIGKILL);
        run.wait();
        writer.exec("update item set kind = 7 where id = 15000; commit");
    }
    {
        const Connection writer = project.database.connect();
        writer.exec("begin; select from item where id = 24000 for update");
        BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
        wait_for_blocked();
        project.database.exec(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tripmig up' and "
            "wait_event_type = 'Lock'");
        const auto ended = run.wait();
        CHECK_MESSAGE(ended.exit_code == 6, ended.err);
        CHECK_MESSAGE(ended.err.find("an administrator ended this session") != std::string::npos, ended.err);
        writer.exec("commit");
        const auto result = project.run({"up"});
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(result.err.find("resumes after id") != std::string::npos);
    }
    CHECK(project.database.scalar("select min(n) || ' ' || max(n) || ' ' || count(*) from item") == "1 1 10000");
    CHECK(project.database.scalar("select kind from item where id = 15000") == "7");
}

TEST_CASE("SIGTERM ends it between two batches or inside of one, and the next run goes on there") {
    const MigrationProject project;
    make_rows(project);
    project.write("V1__n.sql", "-- tripmig: batch by=id size=10 pause=5ms\nupdate item set n = n + 1;");
    BackgroundCommand run(tripmig_command(project.with_where({"up", "--verbose"})), project.surroundings());
    wait_until(project.database, "select max(n) > 0 from item");
    run.kill(SIGTERM);
    CHECK(run.wait().exit_code == 143);
    const int done = std::stoi(project.database.scalar("select count(*) from item where n = 1"));
    CHECK(done % 10 == 0);
    CHECK(done < 10000);
    project.write("V1__n.sql",
                  "-- tripmig: batch by=id size=5000\nupdate item set n = n + 1;");  // another size is fine
    project.succeed({"up"});
    CHECK(project.database.scalar("select min(n) || ' ' || max(n) from item") == "1 1");
}

TEST_CASE("a batch that fails stops half way; the rows go on with what the statement said, or from the first") {
    const MigrationProject project;
    make_rows(project);
    project.database.exec("update item set kind = 0; update item set kind = 1 where id <> 21000");
    project.write("V1__n.sql", "-- tripmig: batch by=id size=1000\nupdate item set n = n + 1 / kind;");
    project.fail({"up"}, 8, "V1__n.sql:2:1: division by zero");
    CHECK(project.database.scalar("select count(*) from item where n = 1") == "6000");
    project.write("V1__n.sql", "-- tripmig: batch by=id size=1000\nupdate item set n = n + 2;");
    project.fail({"up"}, 4, "its rows up to id 18000 were changed by the old text");
    project.write("V1__n.sql", "-- tripmig: batch by=id size=1000\nupdate item set n = n + 1 / kind;");
    project.database.exec("update item set kind = 1");
    project.succeed({"up"});
    CHECK(project.database.scalar("select min(n) || ' ' || max(n) from item") == "1 1");
}

TEST_CASE("rows that others add above meanwhile are not its business, and an empty table is done at once") {
    const MigrationProject project;
    project.database.exec(
        "create table item (id int primary key, n int default 0); create table none (id int primary key)");
    project.database.exec("insert into item select g, 0 from generate_series(1, 100) g");
    project.database.exec(
        "create function more() returns trigger language plpgsql as $$ begin "
        "insert into item select max(id) + 1, 0 from item; return null; end $$;"
        "create trigger more after update on item execute function more()");
    project.write(
        "V1__n.sql",
        "-- tripmig: batch by=id size=10\nupdate item set n = n + 1;\n-- tripmig: batch by=id\ndelete from none;");
    project.succeed({"up"});
    CHECK(project.database.scalar("select count(*) filter (where n = 1) || ' ' || count(*) from item") == "100 110");
}

TEST_CASE("the probe of [swap] holds batches up") {
    const MigrationProject project;
    make_rows(project);
    project.database.exec("create table gate (open boolean); insert into gate values (false)");
    project.folder.write("tripmig.toml", "[swap]\nprobe = \"select open from gate\"\n");
    project.write("V1__n.sql", "-- tripmig: batch by=id\nupdate item set n = n + 1;");
    BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
    run.wait_for_text("holding: the probe answers false");
    CHECK(project.database.scalar("select max(n) from item") == "0");
    project.database.exec("update gate set open = true");
    const auto result = run.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.err.find("resuming after") != std::string::npos);
    CHECK(project.database.scalar("select min(n) || ' ' || max(n) from item") == "1 1");
}

TEST_CASE("what can't be run in batches is refused before anything runs, at its place") {
    const MigrationProject project;
    make_rows(project);
    project.database.exec(
        "create table odd (id int primary key, a int, b int not null, c float8 unique not null);"
        "create index on odd (a); create index on odd (b) where b > 0; create view seen as select * from odd");
    const auto refused = [&project](const std::string& sql, int code, const std::string& message) {
        project.write("V1__x.sql", "-- tripmig: batch by=" + sql);
        project.fail({"up"}, code, message);
    };
    refused("id\nupdate odd set a = 1 returning a;", 2,
            "V1__x.sql:2:1: this statement can't be run in batches: it has RETURNING");
    refused("id\nwith x as (select 1) update odd set a = 1;", 2, "WITH");
    refused("id\ninsert into odd values (1);", 2, "only UPDATE and DELETE");
    refused("id\nupdate odd set id = id + 1;", 2, "it changes id, so a row could be changed twice");
    refused("id\nbegin; update odd set a = 1; commit;", 2, "only UPDATE and DELETE");
    project.write("V1__x.sql", "begin;\n-- tripmig: batch by=id\nupdate odd set a = 1;\ncommit;");
    project.fail({"up"}, 2, "this one is in a transaction block");
    project.write("V1__x.sql", "select 1;\nbegin;\n-- tripmig: batch by=id\nupdate odd set a = 1;\ncommit; select 1;");
    project.fail({"up"}, 2, "this one is in a transaction block");
    CHECK(project.database.scalar("select to_regclass('tripmig.migrations') is null") == "t");

    refused("no\nupdate odd set a = 1;", 12,
            "V1__x.sql:2:1: this statement can't be run in batches: odd has no column no");
    refused("id\nupdate oddd set a = 1;", 12, "table oddd does not exist");
    refused("id\nupdate seen set a = 1;", 12, "seen is not a table");
    refused("a\nupdate odd set b = 1;", 12, "a may be NULL");
    refused("b\nupdate odd set a = 1;", 12, "no index begins with b");
    refused("c\nupdate odd set a = 1;", 12, "c is of type double precision");
}

TEST_CASE("a dry run tells of batches in every form") {
    const MigrationProject project;
    make_rows(project);
    project.write("V1__n.sql", "-- tripmig: batch by=id size=700 pause=50ms\nupdate item set n = n + 1;");
    CHECK(
        project.succeed({"up", "--dry-run"}).find("V1__n.sql:2  in batches (batch by id, 700 rows each, pause 50ms)") !=
        std::string::npos);
    CHECK(project.succeed({"up", "--dry-run=sql"}).find("-- in batches: batch by id, 700 rows each") !=
          std::string::npos);
    const auto document = project.json({"up", "--dry-run=json"});
    const auto batch = document["pending"][0]["statements"][0]["batch"];
    CHECK(batch["by"] == "id");
    CHECK(batch["size"] == 700);
    CHECK(batch["pause_ms"] == 50);
    CHECK(project.database.scalar("select max(n) from item") == "0");
}
