// `check_drift`: what was changed by hand since the last run is found before the next one applies anything.
#include <array>

#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {

/// Two tables, applied and recorded, and a file that is pending.
struct DriftProject : MigrationProject {
    DriftProject() {
        folder.write("tripmig.toml", "[migrations]\ncheck_drift = \"warn\"\n");
        write("V1__a.sql",
              "create table orders (id int primary key, total int, at timestamptz not null default now());\n"
              "create index orders_total on orders (total);\n"
              "create function twice(n int) returns int language sql as 'select n * 2';\n"
              "create view big as select id from orders where total > 100;");
        write("U1__a.sql", "drop view big; drop function twice; drop table orders;");
        succeed({"up"});
        write("V2__b.sql", "create table lines (id int);");
    }
    [[nodiscard]] CommandResult up(const std::string& how) const { return run({"up", "--check-drift", how}); }
};

}  // namespace

TEST_CASE("nothing changed by hand is no drift, and neither is what a migration did") {
    const DriftProject project;
    CHECK(project.up("refuse").exit_code == 0);
    project.write("V3__c.sql", "alter table orders add column note text; drop view big;");
    CHECK(project.up("refuse").exit_code == 0);
    project.write("V4__d.sql", "select 1;");
    const CommandResult result = project.up("refuse");
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(contains(result.err, "drift"));
}

TEST_CASE("refuse: every kind of change is named, and nothing is applied") {
    const DriftProject project;
    for (const auto& each : std::vector<std::array<std::string, 3>>{
             {"create index by_hand on orders (at)", "index by_hand on public.orders was added", "drop index by_hand"},
             {"alter table orders alter total type bigint",
              "column public.orders.total was changed: integer, now bigint", ""},
             {"alter table orders add check (total > 0)", "constraint orders_total_check on public.orders was added",
              "alter table orders drop constraint orders_total_check"},
             {"drop index orders_total", "index orders_total on public.orders is gone",
              "create index orders_total on orders (total)"},
             {"create or replace function twice(n int) returns int language sql as 'select n * 3'",
              "function public.twice(n integer) was changed", ""},
             {"create or replace view big as select id from orders where total > 200", "view public.big was changed",
              ""},
             {"grant select on orders to public", "table public.orders was changed",
              "revoke select on orders from public"},
             {"create table other (id int)", "table public.other was added", "drop table other"},
             {"create type mood as enum ('good')", "type public.mood was added", "drop type mood"}}) {
        const auto& [change, message, undo] = each;
        CAPTURE(each[0]);
        if (change.find("alter total") != std::string::npos)
            project.database.exec("drop view big");
        project.database.exec(change);
        const CommandResult result = project.up("refuse");
        CHECK_MESSAGE(result.exit_code == 12, result.err);
        CHECK_MESSAGE(contains(result.err, message), result.err);
        CHECK(contains(result.err, "tripmig repair --accept-drift"));
        CHECK(project.history() == "1 V");
        if (undo.empty())
            project.succeed({"repair", "--accept-drift"});
        else
            project.database.exec(undo);
        if (change.find("alter total") != std::string::npos)
            project.database.exec("create view big as select id from orders where total > 100");
        project.succeed({"repair", "--accept-drift"});
    }
    CHECK(project.up("refuse").exit_code == 0);
    CHECK(project.history() == "1 V,2 V");
}

TEST_CASE("warn: it is told each time until it is accepted; off says nothing") {
    const DriftProject project;
    project.database.exec("create index by_hand on orders (at)");
    CommandResult result = project.up("warn");
    CHECK(result.exit_code == 0);
    CHECK_MESSAGE(contains(result.err, "index by_hand on public.orders was added"), result.err);
    project.write("V3__c.sql", "select 1;");
    result = project.up("warn");
    CHECK_MESSAGE(contains(result.err, "index by_hand on public.orders was added"), result.err);
    project.succeed({"repair", "--accept-drift"});
    project.write("V4__d.sql", "select 1;");
    CHECK_FALSE(contains(project.up("refuse").err, "by_hand"));
    project.database.exec("drop index by_hand");
    project.write("V5__e.sql", "select 1;");
    result = project.up("off");
    CHECK(result.exit_code == 0);
    CHECK_FALSE(contains(result.err, "by_hand"));
    project.write("V6__f.sql", "select 1;");
    result = project.up("refuse");  // what was not recorded is not compared
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_MESSAGE(contains(result.err, "a run did not record the schema"), result.err);
}

TEST_CASE("tripmig.toml and the environment say it too, and nothing pending is never stopped") {
    const DriftProject project;
    project.database.exec("create index by_hand on orders (at)");
    Surroundings around = project.surroundings();
    around.environment["TRIPMIG_MIGRATIONS_CHECK_DRIFT"] = "refuse";
    CHECK(run_tripmig(project.with_where({"up"}), around).exit_code == 12);
    project.folder.write("tripmig.toml", "[migrations]\ncheck_drift = \"refuse\"\n");
    CHECK(project.run({"up"}).exit_code == 12);
    project.remove("V2__b.sql");
    CHECK(project.run({"up"}).exit_code == 0);
}

TEST_CASE("partitions come and go, and tripmig's own schema changes, without drift") {
    const DriftProject project;
    project.write("V2__b.sql",
                  "create table events (id bigint, at timestamptz not null) partition by range (at);"
                  "create index on events (id);");
    project.folder.write("partitions/events.toml",
                         "table = \"events\"\nkey = \"at\"\ninterval = \"1 month\"\nname = \"{table}_{start:%Y_%m}\"\n"
                         "[retention]\nkeep = \"2 months\"\n");
    project.succeed({"up"});
    project.succeed({"partition", "maintain", "--now", "2024-01-15"});
    project.succeed({"partition", "maintain", "--now", "2024-06-15"});
    CHECK(project.database.scalar("SELECT count(*) > 0 FROM tripmig.detached") == "t");
    project.write("V3__c.sql", "select 1;");
    const CommandResult result = project.up("refuse");
    CHECK_MESSAGE(result.exit_code == 0, result.err);
}

TEST_CASE("a swap is no drift") {
    const DriftProject project;
    project.database.exec(
        "insert into orders select g, g, now() - g * interval '1 day' from generate_series(1, 300) g");
    project.write("V2__b.sql",
                  "alter table orders drop constraint orders_pkey; alter table orders add primary key (id, at);");
    project.succeed({"up"});
    project.succeed({"swap", "run", "orders", "--key", "at", "--interval", "1 month"});
    CHECK(project.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "p");
    project.write("V3__c.sql", "select 1;");
    const CommandResult result = project.up("refuse");
    CHECK_MESSAGE(result.exit_code == 0, result.err);
}

TEST_CASE("down records the schema; what an interrupted run left is not called a change by hand") {
    const DriftProject project;
    project.succeed({"down", "--yes"});
    CHECK(project.up("refuse").exit_code == 0);
    CHECK(project.history() == "1 V,2 V");
    project.database.exec("create index by_hand on orders (at); delete from tripmig.catalog_record");
    project.write("V3__c.sql", "select 1;");
    const CommandResult result = project.up("refuse");
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_MESSAGE(contains(result.err, "no run has recorded the schema yet"), result.err);
}

TEST_CASE("doctor tells what was changed by hand") {
    const DriftProject project;
    project.database.exec("create index by_hand on orders (at)");
    const CommandResult result = project.run({"doctor", "--only", "schema"});
    CHECK_MESSAGE(contains(result.out, "index by_hand on public.orders was added"), result.out);
    project.succeed({"repair", "--accept-drift"});
    CHECK_FALSE(contains(project.run({"doctor", "--only", "schema"}).out, "by_hand"));
}
