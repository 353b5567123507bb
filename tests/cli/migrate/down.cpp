// What `tripmig down` finds before it runs anything, through the built binary.
#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {

struct DownProject : MigrationProject {
    DownProject() {
        for (int i = 1; i <= 3; ++i) {
            const std::string n = std::to_string(i);
            write("V" + n + "__t.sql", "create table t" + n + " (n int);");
            write("U" + n + "__t.sql", "drop table t" + n + ";");
        }
        succeed({"up"});
    }
    [[nodiscard]] std::string tables() const {
        return database.scalar(
            "select string_agg(relname, ',' order by relname) from pg_class where relname like 't_' and "
            "relkind = 'r'");
    }
};

}  // namespace

TEST_CASE("down undoes the newest first, and records each") {
    const DownProject project;
    project.fail({"down"}, 12, "down would run U3__t.sql");
    CHECK(project.tables() == "t1,t2,t3");
    project.succeed({"down", "--yes"});
    CHECK(project.tables() == "t1,t2");
    project.succeed({"down", "--to", "0", "--yes"});
    CHECK(project.history().empty());
    project.succeed({"up"});
    CHECK(project.history() == "1 V,2 V,3 V");
}

TEST_CASE("a file that can't be taken apart, or is not there, is found before the first one runs") {
    const DownProject project;
    project.write("U2__t.sql", "-- tripmig: retyr=off\ndrop table t2;");
    project.fail({"down", "--to", "0", "--yes"}, 2, "U2__t.sql:1:13");
    project.write("U2__t.sql", "-- tripmig: transaction=off\ncommit; drop table t2;");
    project.fail({"down", "--to", "0", "--yes"}, 2, "U2__t.sql:2:1");
    project.remove("U2__t.sql");
    project.fail({"down", "--to", "0", "--yes"}, 12, "version 2 (V2__t.sql) has no undo file");
    CHECK(project.tables() == "t1,t2,t3");
    CHECK(project.history() == "1 V,2 V,3 V");
}

TEST_CASE("a file half applied is finished first; an undo file half done goes on") {
    const DownProject project;
    project.write("V4__half.sql", "-- tripmig: transaction=off\ncreate table t4 (n int); select 1/0;");
    project.fail({"up"}, 8, "V4__half.sql:2:26");
    project.fail({"down", "--yes"}, 12, "V4__half.sql stopped half way");
    CHECK(project.tables() == "t1,t2,t3,t4");
    project.write("V4__half.sql", "-- tripmig: transaction=off\ncreate table t4 (n int); select 1;");
    project.write("U4__half.sql", "-- tripmig: transaction=off\ndrop table t4; select 1/0;");
    project.succeed({"up"});
    project.fail({"down", "--yes"}, 8, "U4__half.sql:2:16");
    CHECK(project.history() == "1 V,2 V,3 V,4 V");
    project.write("U4__half.sql", "-- tripmig: transaction=off\ndrop table t4; select 1;");
    project.succeed({"down", "--yes"});
    CHECK(project.tables() == "t1,t2,t3");
    CHECK(project.history() == "1 V,2 V,3 V");
}

TEST_CASE("rows are deleted in batches by the way back too") {
    const DownProject project;
    project.write("V4__rows.sql",
                  "insert into t1 select g from generate_series(1, 1000) g; create unique index on t1 (n);\n"
                  "alter table t1 alter n set not null;");
    project.write("U4__rows.sql", "-- tripmig: batch by=n size=100\ndelete from t1 where n <= 1000;");
    project.succeed({"up"});
    project.succeed({"down", "--yes"});
    CHECK(project.database.scalar("select count(*) from t1") == "0");
    CHECK(project.history() == "1 V,2 V,3 V");
    CHECK(project.database.scalar("select count(*) from tripmig.statements") == "0");
}
