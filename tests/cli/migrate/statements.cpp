// What PostgreSQL takes together or apart, whatever the file looks like: REINDEX and CLUSTER of partitioned tables, \\;
#include <csignal>

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
    project.fail({"up"}, 2, "V2__b.sql:1:28: this is joined to another statement");
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

TEST_CASE("the isolation level that a file asks for is its transaction's, and a serialization failure is retried") {
    const MigrationProject project;
    project.write("V1__a.sql",
                  "create table levels (file int, level text);\ncreate table counter (n int);\n"
                  "insert into counter values (0);");
    const auto noted = [&](int file) {
        return "insert into levels values (" + std::to_string(file) + ", current_setting('transaction_isolation'));\n";
    };
    project.write("V2__b.sql", "begin isolation level serializable;\n" + noted(2) + "commit;");
    project.write("V3__c.sql", "set transaction isolation level repeatable read;\n" + noted(3));
    project.write("V4__d.sql",
                  "begin;\nset transaction isolation level serializable, not deferrable;\n" + noted(4) + "commit;");
    project.write("V5__e.sql", "vacuum levels;\nstart transaction isolation level serializable;\n" + noted(5) +
                                   "commit;\n" + noted(6));
    CHECK(project.succeed({"up", "--dry-run=sql"}).find("BEGIN isolation level serializable;") != std::string::npos);
    project.succeed({"lint"});
    project.succeed({"up"});
    CHECK(project.database.scalar("select string_agg(file || ' ' || level, ',' order by file) from levels") ==
          "2 serializable,3 repeatable read,4 serializable,5 serializable,6 read committed");

    project.write("V7__f.sql",
                  "-- tripmig: lock_timeout=1min\nset transaction isolation level repeatable read;\n"
                  "select n from counter;\nselect pg_advisory_xact_lock_shared(1);\n"
                  "update counter set n = n + 1;");
    const Connection holder = project.database.connect();
    holder.exec("select pg_advisory_lock(1)");
    BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
    wait_until(project.database,
               "select count(*) = 1 from pg_stat_activity where datname = current_database() and "
               "wait_event = 'advisory'");
    project.database.exec("update counter set n = n + 10");
    holder.exec("select pg_advisory_unlock_all()");
    const CommandResult result = run.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_MESSAGE(result.err.find("could not serialize") != std::string::npos, result.err);
    CHECK(project.database.scalar("select n from counter") == "11");

    project.write("V8__g.sql", "begin read only;\nselect 1;\ncommit;");
    project.fail({"up"}, 2, "V8__g.sql:1:1: the transaction of a migration cannot be READ ONLY");
}

namespace {

/// A procedure that commits each row that it inserts, and can be made to wait or to fail behind the second.
struct CommittingProject : MigrationProject {
    CommittingProject() {
        write("V1__t.sql",
              "create table t (a int);\ncreate procedure p(then_ text) language plpgsql as $$\nbegin\n"
              "insert into t values (1); commit; insert into t values (2); commit;\n"
              "execute then_;\ninsert into t values (3); commit;\nend $$;");
    }
    [[nodiscard]] std::string rows() const {
        return database.scalar("select coalesce(string_agg(a::text, ',' order by a), '') from t");
    }
    [[nodiscard]] std::string journal() const { return database.scalar("select count(*) from tripmig.statements"); }
};

}  // namespace

TEST_CASE("a CALL or DO that commits runs outside of a transaction where the file is without one") {
    const CommittingProject project;
    project.write("V2__call.sql", "-- tripmig: transaction=off\ncall p('select 1');\ncall p('select 2');");
    CHECK(project.succeed({"up", "--dry-run=sql"}).find("BEGIN;\ncall") == std::string::npos);
    project.succeed({"up"});
    CHECK(project.rows() == "1,1,2,2,3,3");
    CHECK(project.history() == "1 V,2 V");
    CHECK(project.journal() == "0");
}

TEST_CASE("after a CALL that failed behind its first commit the run stops, until somebody decides") {
    const CommittingProject project;
    project.write("V2__call.sql", "-- tripmig: transaction=off\ncall p('select 1 / 0');\ncreate table behind ();");
    project.fail({"up"}, 8, "it may have committed a part before it failed");
    CHECK(project.rows() == "1,2");
    project.write("V2__call.sql", "-- tripmig: transaction=off\ncall p('select 1');\ncreate table behind ();");
    project.fail({"up"}, 8, "how far it got is not known");
    project.fail({"up"}, 8, "SET state = 'done' WHERE file = 'V2__call.sql' AND ordinal = 1");
    CHECK(project.rows() == "1,2");

    project.write("V2__call.sql",
                  "-- tripmig: transaction=off\n-- tripmig: statement repeat=perhaps\ncall p('select 1');");
    project.fail({"lint"}, 2, "repeat must be yes or no");
    project.write("V2__call.sql",
                  "-- tripmig: transaction=off\n-- tripmig: statement repeat=yes\ncall p('select 1');\n"
                  "create table behind ();");
    project.succeed({"up"});
    CHECK(project.rows() == "1,1,2,2,3");
    CHECK(project.journal() == "0");
}

TEST_CASE("a CALL that committed nothing before it failed is not begun") {
    const CommittingProject project;
    project.write("V2__call.sql", "-- tripmig: transaction=off\ncall q();");
    project.fail({"up"}, 7, "V2__call.sql:2:6: procedure q() does not exist");
    CHECK(project.journal() == "0");
    project.database.exec(
        "create procedure q() language plpgsql as $$ begin raise exception 'not today'; commit; end $$");
    project.fail({"up"}, 7, "not today");
    CHECK(project.journal() == "0");
    project.write("V2__call.sql", "-- tripmig: transaction=off\n-- tripmig: statement lock_timeout=1s\ncall q();");
    project.fail({"up"}, 7, "not today");
    CHECK(project.journal() == "0");
    project.write("V2__call.sql",
                  "-- tripmig: transaction=off\ncall p('select 1');\n"
                  "do $$ begin insert into t values (4); commit; insert into t values (5); end $$;");
    project.succeed({"up"});
    CHECK(project.rows() == "1,2,3,4,5");
    project.write("V3__call.sql", "call p('select 1');");
    project.fail({"up"}, 7, "-- tripmig: transaction=off");
}

TEST_CASE("a run that is killed within a CALL that commits: the next one stops") {
    const CommittingProject project;
    project.write("V2__call.sql",
                  "-- tripmig: transaction=off lock_timeout=1min\ncall p('select pg_advisory_xact_lock_shared(1)');");
    const Connection holder = project.database.connect();
    holder.exec("select pg_advisory_lock(1)");
    BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
    wait_until(project.database,
               "select count(*) = 1 from pg_stat_activity where datname = current_database() and "
               "wait_event = 'advisory'");
    run.kill(SIGKILL);
    run.wait();
    project.fail({"up"}, 8, "V2__call.sql:2:1: a run started statement 1 of V2__call.sql and did not see its end");
    holder.exec("select pg_advisory_unlock_all()");
    project.database.exec("update tripmig.statements set state = 'done'");
    project.succeed({"up"});
    CHECK(project.history() == "1 V,2 V");
}

TEST_CASE("the other dialects' word for it does the same") {
    const std::string procedure =
        "create table t (a int);\ncreate procedure p() language plpgsql as $$\nbegin insert into t values (1); commit; "
        "insert into t values (2); end $$;";
    const std::vector<std::vector<std::pair<std::string, std::string>>> directories = {
        {{"1_t.sql", "-- migrate:up\n" + procedure + "\n-- migrate:down\n"},
         {"2_call.sql", "-- migrate:up transaction:false\ncall p();\n-- migrate:down\n"}},
        {{"1_t.sql", "-- +goose Up\n-- +goose StatementBegin\n" + procedure + "\n-- +goose StatementEnd\n"},
         {"2_call.sql", "-- +goose NO TRANSACTION\n-- +goose Up\ncall p();\n"}},
        {{"V1__t.sql", procedure},
         {"V2__call.sql", "call p();"},
         {"V2__call.sql.conf", "executeInTransaction=false\n"}}};
    for (const auto& directory : directories) {
        const MigrationProject project;
        for (const auto& [name, text] : directory)
            project.write(name, text);
        project.succeed({"up"});
        CHECK(project.database.scalar("select count(*) from t") == "2");
    }
}

TEST_CASE("a prepared statement that is missing is the file's own, or ours and made again") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table t (a int);");
    project.write("V2__b.sql", "prepare p as insert into t values (1);\nexecute p;\nexecute nobody_prepared_this;");
    project.fail({"up"}, 7, "prepared statement \"nobody_prepared_this\" does not exist");
    project.write("V2__b.sql", "prepare p as insert into t values (1);\nexecute p;\ndeallocate all;");
    project.succeed({"up"});
    CHECK(project.database.scalar("select count(*) from t") == "1");
}
