// Indexes that `up` makes and drops concurrently, by what the server does with them meanwhile.
#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {

struct IndexProject : MigrationProject {
    IndexProject() {
        folder.write("tripmig.toml", "[migrations]\nlock_timeout = \"300ms\"\nlock_deadline = \"2s\"\n");
        write("V1__t.sql",
              "create table t (a int);\ncreate table seen (setting text);\n"
              "create table p (k int not null, v text) partition by range (k);\n"
              "create table p1 partition of p for values from (0) to (10);\n"
              "create index p_v on p (v);");
        succeed({"up"});
    }
    [[nodiscard]] bool is_valid(const std::string& index) const {
        return database.scalar("select coalesce((select indisvalid from pg_index where indexrelid = to_regclass('" +
                               index + "')), false)") == "t";
    }
};

}  // namespace

TEST_CASE("the parent's own index waits for its lock no longer than any statement, and nobody queues behind it") {
    const IndexProject project;
    project.write("V2__i.sql", "create index concurrently p_k on p (k);");
    const Connection writer = project.database.connect();
    writer.exec("set application_name = 'nightly load'");
    writer.exec("begin; insert into p values (1, 'x')");
    SUBCASE("until the deadline, once") {
        const CommandResult result = project.run({"up"});
        CHECK_MESSAGE(result.exit_code == 11, result.err);
        CHECK_MESSAGE(result.err.find("no lock within 2 s") != std::string::npos, result.err);
        CHECK_MESSAGE(result.err.find("nightly load") != std::string::npos, result.err);
        writer.exec("commit");
        project.succeed({"up"});
    }
    SUBCASE("in time") {
        BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
        run.wait_for_text("attempt 2");
        project.database.exec("insert into p values (2, 'y')");
        writer.exec("commit");
        CHECK(run.wait().exit_code == 0);
    }
    CHECK(project.is_valid("p_k"));
}

TEST_CASE("a statement's own timeouts hold for the index that it makes, and end with it") {
    const IndexProject project;
    project.write("V2__i.sql",
                  "-- tripmig: statement statement_timeout=300ms lock_timeout=1s\n"
                  "create index concurrently t_a on t (a);\n"
                  "insert into seen values (current_setting('statement_timeout') || ' ' || "
                  "current_setting('lock_timeout'));");
    const Connection old = project.database.connect();
    old.exec("begin; insert into t values (1)");
    project.fail({"up"}, 8, "V2__i.sql:2:1: canceling statement due to statement timeout");
    CHECK_FALSE(project.is_valid("t_a"));
    old.exec("commit");
    project.succeed({"up"});
    CHECK(project.is_valid("t_a"));
    CHECK(project.database.scalar("select count(*) from pg_index where not indisvalid") == "0");
    CHECK(project.database.scalar("select setting from seen") == "0 300ms");
}

TEST_CASE("an index of a partitioned table is dropped under the statement's own timeouts too") {
    const IndexProject project;
    project.write("V2__d.sql",
                  "-- tripmig: statement lock_timeout=1s\ndrop index concurrently p_v;\n"
                  "insert into seen values (current_setting('lock_timeout'));");
    project.succeed({"up"});
    CHECK(project.database.scalar("select to_regclass('p_v') is null") == "t");
    CHECK(project.database.scalar("select setting from seen") == "300ms");
}

TEST_CASE("what a failed attempt left is dropped, however long its own wait is") {
    const IndexProject project;
    project.database.exec("insert into t values (1), (1)");
    project.write("V2__i.sql",
                  "create unique index concurrently t_a on t (a);\n"
                  "insert into seen values (current_setting('lock_timeout'));");
    project.fail({"up"}, 8, "V2__i.sql:1:1: could not create unique index");
    CHECK(project.database.scalar("select count(*) from pg_index where not indisvalid") == "0");
    project.database.exec("delete from t where ctid = (select min(ctid) from t)");
    project.succeed({"up"});
    CHECK(project.is_valid("t_a"));
    CHECK(project.database.scalar("select setting from seen") == "300ms");
}
