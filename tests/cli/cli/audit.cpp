// The audit: a row for each run of a command that changes something, written when it starts and completed when it ends.
#include <csignal>

#include "support/migration_project.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

/// "up 0, down 12": what the audit has, the oldest first; "..." for a run without an end.
std::string rows(const MigrationProject& project) {
    return project.database.scalar(
        "SELECT coalesce(string_agg(command || ' ' || coalesce(exit_code::text, '...'), ', ' ORDER BY id), '') "
        "FROM tripmig.audit");
}

}  // namespace

TEST_CASE("who ran what, from where, and how it ended") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.write("U1__a.sql", "drop table a;");
    project.succeed({"up"});
    project.succeed({"up"});  // nothing to do: no row
    project.write("V2__b.sql", "select 1 / 0;");
    project.fail({"up", "--to", "2"}, 7, "division by zero");
    project.remove("V2__b.sql");
    project.succeed({"down", "--yes"});
    project.succeed({"repair"});
    CHECK(rows(project) == "up 0, up 7, down 0, repair 0");

    const json runs = project.json({"audit"})["runs"];
    REQUIRE(runs.size() == 4);
    const json& failed = runs[2];  // the newest comes first
    CHECK(failed["command"] == "up");
    CHECK(failed["options"] == "--url (hidden) --to 2");
    CHECK(failed["state"] == "ended");
    CHECK(contains(failed["message"].get<std::string>(), "division by zero"));
    CHECK(failed["db_role"] == project.database.scalar("SELECT current_user"));
    CHECK(failed["host"].get<std::string>().size() > 0);
    CHECK(failed["os_user"].get<std::string>().size() > 0);
    CHECK(failed["application"] == "tripmig up");
    CHECK(failed["duration_ms"].get<int>() >= 0);
    CHECK(contains(project.succeed({"audit"}), "division by zero"));
}

TEST_CASE("commands that change nothing have no row, and no schema") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.succeed({"up", "--dry-run"});
    project.succeed({"status"});
    project.fail({"audit"}, 12, "there is no table tripmig.audit");
    CHECK(project.database.scalar("SELECT to_regnamespace('tripmig') IS NULL") == "t");
}

TEST_CASE("a run that is killed is seen, as is one that is at work, and a signal is its end") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.succeed({"up"});
    project.write("V2__b.sql", "select pg_sleep(300);");
    BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
    wait_until(project.database, "SELECT count(*) = 2 FROM tripmig.audit");
    CHECK(project.json({"audit"})["runs"][0]["state"] == "running");
    run.kill(SIGKILL);
    run.wait();
    const json killed = project.json({"audit"})["runs"][0];
    CHECK(killed["state"] == "killed");
    CHECK(killed["exit_code"].is_null());
    CHECK(killed["ended_at"].is_null());
    (void)project.database.scalar(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND "
        "application_name LIKE 'tripmig%'");
    BackgroundCommand again(tripmig_command(project.with_where({"up"})), project.surroundings());
    wait_until(project.database, "SELECT count(*) = 3 FROM tripmig.audit");
    again.kill(SIGTERM);
    CHECK(again.wait().exit_code == 143);
    CHECK(rows(project) == "up 0, up ..., up 143");
}

TEST_CASE("--since takes a time or a duration") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.succeed({"up"});
    project.database.exec("UPDATE tripmig.audit SET started_at = now() - interval '2 days'");
    project.succeed({"repair"});
    CHECK(project.json({"audit"})["runs"].size() == 2);
    CHECK(project.json({"audit", "--since", "24h"})["runs"].size() == 1);
    CHECK(project.json({"audit", "--since", "3 days"})["runs"].size() == 2);
    CHECK(project.json({"audit", "--since", "2020-01-01"})["runs"].size() == 2);
    CHECK(project.json({"audit", "--since", "2999-01-01T00:00+09:00"})["runs"].empty());
    project.fail({"audit", "--since", "yesterday"}, 2, "neither a time nor a duration");
}

TEST_CASE("no password is in it, wherever one was given") {
    const MigrationProject project;
    project.folder.write("tripmig.toml", "[migrations.placeholders]\nsecret = \"Hidden-4711\"\n");
    project.write("V1__a.sql", "do $$ begin raise exception 'it was ${secret}'; end $$;");
    const CommandResult result = run_tripmig(
        {"up", "--url",
         project.database.url() + (contains(project.database.url(), "?") ? "&" : "?") + "password=Hidden-4712"},
        project.surroundings());
    CHECK(result.exit_code == 7);
    CHECK(rows(project) == "up 7");
    CHECK_FALSE(
        contains(project.database.scalar("SELECT string_agg(a::text, ' ') FROM tripmig.audit AS a"), "Hidden-47"));
}

TEST_CASE("a state schema of version 3 gets the tables, and what others put on them is refused") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.succeed({"up"});
    project.database.exec(
        "DROP TABLE tripmig.audit, tripmig.catalog, tripmig.catalog_record, tripmig.measurements;"
        "UPDATE tripmig.meta SET version = 3");
    project.succeed({"status"});
    project.write("V2__b.sql", "create table b (b int);");
    project.succeed({"up"});
    CHECK(rows(project) == "up 0");
    CHECK(project.database.scalar("SELECT version FROM tripmig.meta") == "4");
    CHECK(project.database.scalar("SELECT count(*) FROM pg_class AS c, aclexplode(c.relacl) AS item "
                                  "WHERE c.relnamespace = 'tripmig'::regnamespace AND item.grantee <> c.relowner") ==
          "0");
    project.database.exec("CREATE RULE peep AS ON INSERT TO tripmig.audit DO ALSO SELECT 1");
    project.write("V3__c.sql", "create table c (b int);");
    project.fail({"up"}, 12, "tripmig.audit has the rule peep");
}

TEST_CASE("partition maintain is a row, and takes away what is older than 400 days") {
    const MigrationProject project;
    project.database.exec(
        "CREATE TABLE orders (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at); "
        "CREATE TABLE plain (id bigint)");
    project.folder.write("partitions/orders.toml", "table = \"orders\"\nkey = \"at\"\ninterval = \"1 month\"\n");
    project.succeed({"partition", "maintain", "--dry-run"});
    project.succeed({"partition", "maintain"});
    project.database.exec("UPDATE tripmig.audit SET started_at = now() - interval '401 days'");
    project.succeed({"partition", "maintain", "--only", "orders"});
    CHECK(rows(project) == "partition maintain 0");
    CHECK(project.json({"audit"})["runs"][0]["options"] == "--url (hidden) --only orders");
    CHECK(project.database.scalar("SELECT count(*) > 0 FROM tripmig.measurements WHERE table_name = 'orders' AND "
                                  "partitions > 0 AND bytes IS NOT NULL") == "t");
    CHECK(project.database.scalar("SELECT bytes > 0 FROM tripmig.measurements WHERE table_name = ''") == "t");
}
