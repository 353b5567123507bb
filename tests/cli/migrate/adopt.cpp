// `tripmig adopt`: databases as Flyway, golang-migrate, dbmate and goose leave them, taken over and then upgraded. The
// tables are laid out as the tools' own documentation and DDL has them.
#include <cstdint>

#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {

/// Flyway's table, of its PostgreSQL support.
constexpr const char* flyway_table = R"(
    create table flyway_schema_history (
        installed_rank int not null constraint flyway_schema_history_pk primary key,
        version varchar(50), description varchar(200) not null, type varchar(20) not null,
        script varchar(1000) not null, checksum int, installed_by varchar(100) not null,
        installed_on timestamp not null default now(), execution_time int not null, success boolean not null);
    create index flyway_schema_history_s_idx on flyway_schema_history (success);
    insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by,
                                       execution_time, success) )";

constexpr const char* valid_until = "alter table location_history add column valid_until timestamp with time zone;";

MigrationProject& flyway(MigrationProject& project, const std::string& rows) {
    project.database.exec(std::string(flyway_table) + rows);
    return project;
}

/// CRC-32 of schema, table and database, times golang-migrate's salt, modulo 2^32; none of tripmig's own code.
std::string golang_migrate_key(const std::string& database) {
    const std::string bytes = std::string("public\0schema_migrations\0", 25) + database;
    std::uint32_t crc = ~std::uint32_t{0};
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int i = 0; i < 8; ++i)
            crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xEDB88320U : crc >> 1U;
    }
    return std::to_string(static_cast<std::uint32_t>(~crc * 1486364155U));
}

void after_adoption(const MigrationProject& project, const std::string& expected) {
    CHECK(project.history() == expected);
    CHECK(project.json({"adopt"})["adopted"].empty());
    CHECK(project.history() == expected);
    CHECK(project.run({"validate", "--strict"}).exit_code == 0);
}

}  // namespace

TEST_CASE("Flyway: adopted with its checksums, then upgraded") {
    MigrationProject project;
    project.write("V1__base.sql", "create table location_history (id int);\n");
    project.write("V1.1__valid_until.sql", std::string(valid_until) + "\r\n");
    project.write("V2__gone.sql", "create table gone ();");
    project.write("R__view.sql", "create or replace view v as select 1 as one;");
    project.write("R__changed.sql", "create or replace view w as select 2 as two;");
    project.database.exec(
        "create table location_history (id int, valid_until timestamptz); create view v as select 1 as one;");
    // V2 was applied and undone; the checksum of V1 is not known (NULL), as of a row that Flyway marked itself.
    flyway(project,
           "values (0, null, '<< Flyway Schema Creation >>', 'SCHEMA', '\"public\"', null, 'x', 0, true),"
           "(1, '1', 'base', 'SQL', 'V1__base.sql', null, 'x', 1, true),"
           "(2, '1.1', 'valid until', 'SQL', 'V1.1__valid_until.sql', -1039259818, 'x', 1, true),"
           "(3, '2', 'gone', 'SQL', 'V2__gone.sql', 77, 'x', 1, true),"
           "(4, '2', 'gone', 'UNDO_SQL', 'U2__gone.sql', 77, 'x', 1, true),"
           "(5, null, 'view', 'SQL', 'R__view.sql', -1, 'x', 1, true),"
           "(6, null, 'changed', 'SQL', 'R__changed.sql', 1, 'x', 1, true)");
    // Flyway's own number of R__view.sql.
    project.database.exec("update flyway_schema_history set checksum = -80868444 where installed_rank = 5");
    const auto result = project.json({"adopt"});
    CHECK(result["tool"] == "Flyway");
    CHECK(result["table"] == "public.flyway_schema_history");
    CHECK(result["version"] == "1.1");
    CHECK(project.history() == "1 adopted,1.1 adopted,view R");
    CHECK(result["warnings"].size() == 1);
    CHECK(project.json({"status"})["pending"] == 2);
    project.succeed({"up"});
    CHECK(project.database.scalar("select to_regclass('gone') is not null and to_regclass('w') is not null") == "t");
    after_adoption(project, "1 adopted,1.1 adopted,view R,2 V,changed R");
}

TEST_CASE("Flyway: a baseline begins the history, deleted and Java rows are told apart") {
    MigrationProject project;
    project.write("V1__a.sql", "insert into nowhere values (1);");
    project.write("V4__d.sql", "create table d ();");
    project.write("V5__e.sql", "create table e ();");
    flyway(project,
           "values (1, '2', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', null, 'x', 0, true),"
           "(2, '3', 'c', 'SQL', 'V3__c.sql', 5, 'x', 1, true), (3, '3', 'c', 'DELETE', 'V3__c.sql', 5, 'x', 0, true),"
           "(4, '4', 'd', 'JDBC', 'db.V4__d', null, 'x', 1, true)");
    project.succeed({"adopt"});
    CHECK(project.history() == "2 baseline,4 adopted");
    project.succeed({"up"});
    after_adoption(project, "2 baseline,4 adopted,5 V");
}

TEST_CASE("Flyway: a file that is not what was applied is named, and nothing is recorded") {
    MigrationProject project;
    project.write("V1__a.sql", "create table a ();");
    project.write("V2__b.sql", valid_until);
    flyway(project,
           "values (1, '1', 'a', 'SQL', 'V1__a.sql', null, 'x', 1, true),"
           "(2, '2', 'b', 'SQL', 'V2__b.sql', -1039259817, 'x', 1, true)");
    project.fail({"adopt"}, 4,
                 "V2__b.sql is not what Flyway applied: its checksum is -1039259818, -1039259817 was recorded");
    CHECK(project.history() == "");
    project.database.exec("update flyway_schema_history set success = false where version = '2'");
    project.fail({"adopt"}, 12, "V2__b.sql failed under Flyway");
    CHECK(project.history() == "");
}

TEST_CASE("golang-migrate: one number stands for all files up to it; dirty is refused with the way out") {
    const MigrationProject project;
    project.write("1_a.up.sql", "create table a (b int);");
    project.write("2_b.up.sql", "create table b (c int);");
    project.write("2_b.down.sql", "drop table b;");
    project.write("3_c.up.sql", "insert into b values (3);");
    project.database.exec(
        "create table a (b int); create table b (c int);"
        "create table schema_migrations (version bigint not null primary key, dirty boolean not null);"
        "insert into schema_migrations values (2, true)");
    project.fail({"adopt"}, 12, "migrate force 2");
    project.database.exec("update schema_migrations set dirty = false");
    CHECK(project.json({"adopt", "--from", "golang-migrate"})["adopted"].size() == 2);
    project.succeed({"up"});
    CHECK(project.database.scalar("select c from b") == "3");
    after_adoption(project, "1 adopted,2 adopted,3 V");
}

TEST_CASE("golang-migrate: what was undone here stays undone, whatever its own table says") {
    const MigrationProject project;
    project.write("1_a.up.sql", "create table a ();");
    project.write("1_a.down.sql", "drop table a;");
    project.database.exec(
        "create table a (); create table schema_migrations (version bigint primary key, dirty boolean);"
        "insert into schema_migrations values (1, false)");
    project.succeed({"adopt"});
    project.succeed({"down", "--yes"});
    CHECK(project.json({"adopt"})["adopted"].empty());
    CHECK(project.history() == "");
    project.succeed({"up"});
    CHECK(project.history() == "1 V");
}

TEST_CASE("up does not run again what another tool's history names, and does not mind a stranger's") {
    const MigrationProject project;
    project.write("1_a.up.sql", "create table if not exists a ();");
    project.database.exec(
        "create table schema_migrations (version bigint primary key, dirty boolean);"
        "insert into schema_migrations values (1, false)");
    project.fail({"up"}, 12, "tripmig adopt");
    CHECK(project.database.scalar("select to_regclass('a') is null and to_regclass('tripmig.migrations') is null") ==
          "t");
    SUBCASE("when it is told so") {
        project.succeed({"up", "--ignore-foreign-history"});
        CHECK(project.history() == "1 V");
    }
    SUBCASE("versions of files that are not here") {
        project.database.exec("update schema_migrations set version = 77");
        project.succeed({"up"});
    }
    SUBCASE("of another tool than these files are of") {
        project.remove("1_a.up.sql");
        project.write("V1__a.sql", "create table a ();");
        project.succeed({"up"});
    }
}

TEST_CASE("golang-migrate: adopt waits for its lock, of the library and of the command line") {
    const MigrationProject project;
    project.write("1_a.up.sql", "create table a ();");
    project.database.exec(
        "create table schema_migrations (version bigint primary key, dirty boolean);"
        "insert into schema_migrations values (1, false)");
    project.folder.write("tripmig.toml", "[migrations]\nrun_lock_wait = \"100ms\"\n");
    for (const std::string prefix : {"", "/"}) {
        const Connection other = project.database.connect();
        other.exec("select pg_advisory_lock(" + golang_migrate_key(prefix + project.database.name()) + ")");
        project.fail({"adopt"}, 5, "golang-migrate's lock is held");
    }
    project.succeed({"adopt"});
}

TEST_CASE("dbmate: each version by its row; missing files are named, and left out when asked") {
    const MigrationProject project;
    project.write("20240101_a.sql", "-- migrate:up\ncreate table a (b int);\n-- migrate:down\ndrop table a;\n");
    project.write("20240103_c.sql", "-- migrate:up\ninsert into a values (3);\n-- migrate:down\n");
    project.database.exec(
        "create table a (b int); create table schema_migrations (version varchar(128) primary key);"
        "insert into schema_migrations values ('20240102'), ('20240101')");
    project.fail({"adopt"}, 4, "dbmate applied version 20240102, but its file is missing");
    CHECK(project.history() == "");
    const auto result = project.json({"adopt", "--allow-missing"});
    CHECK(result["adopted"].size() == 1);
    CHECK(result["left_out"][0] == "20240102");
    project.succeed({"up"});
    CHECK(project.database.scalar("select b from a") == "3");
    CHECK(project.history() == "20240101 adopted,20240103 V");
    project.succeed({"down", "--to", "0", "--yes"});
    CHECK(project.database.scalar("select to_regclass('a') is null") == "t");
}

TEST_CASE("goose: the last row of a version counts, 0 does not; its lock is waited for") {
    const MigrationProject project;
    project.write("00001_a.sql", "-- +goose Up\ncreate table a (b int);\n");
    project.write("00002_b.sql", "-- +goose Up\ninsert into a values (2);\n");
    project.database.exec(
        "create table a (b int); create table goose_db_version (id integer primary key generated by default as "
        "identity,"
        " version_id bigint not null, is_applied boolean not null, tstamp timestamp not null default now());"
        "insert into goose_db_version (version_id, is_applied) values (0, true), (1, true), (2, true), (2, false)");
    {
        const Connection other = project.database.connect();
        other.exec("select pg_advisory_lock(4097083626)");
        project.folder.write("tripmig.toml", "[migrations]\nrun_lock_wait = \"100ms\"\n");
        project.fail({"adopt"}, 5, "goose's lock is held");
    }
    CHECK(project.json({"adopt"})["tool"] == "goose");
    CHECK(project.history() == "1 adopted");
    project.succeed({"up"});
    CHECK(project.database.scalar("select b from a") == "2");
    after_adoption(project, "1 adopted,2 V");
}

TEST_CASE("Flyway's own lock, computed as Java does, is waited for") {
    MigrationProject project;
    project.write("V1__a.sql", "create table a ();");
    flyway(project, "values (1, '1', 'a', 'SQL', 'V1__a.sql', null, 'x', 1, true)");
    project.folder.write("tripmig.toml", "[migrations]\nrun_lock_wait = \"100ms\"\n");
    const Connection other = project.database.connect();
    other.exec("begin; select pg_advisory_xact_lock(77433833903597)");
    project.fail({"adopt"}, 5, "Flyway's lock is held");
    other.exec("rollback");
    project.succeed({"adopt"});
}

TEST_CASE("none, several, and a table of another name") {
    MigrationProject project;
    project.write("V1__a.sql", "create table a ();");
    project.fail({"adopt"}, 12, "no history table");
    project.database.exec(
        "create schema other; create table other.schema_migrations (version varchar primary key);"
        "create table schema_migrations (version bigint primary key, inserted_at timestamp)");
    flyway(project, "values (1, '1', 'a', 'SQL', 'V1__a.sql', null, 'x', 1, true)");
    project.fail({"adopt"}, 12, "other.schema_migrations of dbmate, public.flyway_schema_history of Flyway");
    project.database.exec("alter table flyway_schema_history rename to \"Migrations\"");
    project.fail({"adopt", "--from", "flyway"}, 12, "no history table of flyway");
    CHECK(project.json({"adopt", "--table", "public.\"Migrations\""})["adopted"].size() == 1);
}

TEST_CASE("a role that may not lock the old table is told which privilege it lacks") {
    const MigrationProject project;
    project.write("1_a.up.sql", "create table a ();");
    const Connection owner(project.database.superuser_url());
    owner.exec(
        "create schema old; create table old.schema_migrations (version bigint primary key, dirty boolean);"
        "insert into old.schema_migrations values (1, false);"
        "grant usage on schema old to public; grant select on old.schema_migrations to public");
    project.fail({"adopt"}, 13, "schema_migrations");
    CHECK(project.history() == "");
}
