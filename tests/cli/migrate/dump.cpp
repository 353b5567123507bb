// `tripmig dump` and `tripmig wait` through the built binary.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/migration_project.hpp"

using namespace tripmig::test;

TEST_CASE("a dump is the same text for the same schema, has no version and nothing of tripmig's own") {
    const MigrationProject project;
    project.write("V1__a.sql",
                  "create table a (n int); comment on table a is E'\\n\\\\restrict me\\n-- Dumped by pg_dump 1\\n';");
    project.succeed({"up"});
    const std::string first = project.succeed({"dump"});
    CHECK(first == project.succeed({"dump"}));
    CHECK(first.find("CREATE TABLE public.a") != std::string::npos);
    CHECK(first.find("migrations") == std::string::npos);
    CHECK(first.find("Dumped from") == std::string::npos);
    CHECK(first.find("\\unrestrict") == std::string::npos);
    CHECK(first.find("\n\\restrict me\n-- Dumped by pg_dump 1\n") != std::string::npos);
    CHECK(first.substr(first.size() - 2) != "\n\n");
}

TEST_CASE("--check tells the first difference, and says nothing when there is none") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (n int);");
    project.succeed({"up"});
    project.fail({"dump", "--check", "schema.sql"}, 2, "cannot read schema.sql");
    project.fail({"dump", "--check"}, 2, "needs the file");
    project.succeed({"dump", "schema.sql"});
    CHECK(project.folder.read("schema.sql") == project.succeed({"dump"}));
    project.succeed({"dump", "--check", "schema.sql"});
    project.database.exec("alter table a add column m int");
    const auto result = project.run({"dump", "--check", "schema.sql"});
    CHECK(result.exit_code == 4);
    CHECK_MESSAGE(result.err.find("file:         n integer\n") != std::string::npos, result.err);
    CHECK(result.err.find("database:     n integer,") != std::string::npos);
    CHECK(project.folder.read("schema.sql").find("m integer") == std::string::npos);
}

TEST_CASE("a dump goes through a link and into a FIFO, and replaces neither") {
    namespace fs = std::filesystem;
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (n int);");
    project.succeed({"up"});
    const std::string schema = project.succeed({"dump"});
    project.folder.write("kept/schema.sql", "old");
    fs::create_symlink("kept/schema.sql", project.folder.path() / "schema.sql");
    project.succeed({"dump", "schema.sql"});
    CHECK(fs::is_symlink(project.folder.path() / "schema.sql"));
    CHECK(project.folder.read("kept/schema.sql") == schema);
    const fs::path fifo = project.folder.path() / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    BackgroundCommand reader({"cat", fifo.string()});
    project.succeed({"dump", "fifo"});
    CHECK(reader.wait().out == schema);
    CHECK(fs::is_fifo(fifo));
    CHECK(project.succeed({"dump", "/dev/stdout"}) == schema);
}

TEST_CASE("a dump that fails is loud, and the password is in nobody's sight") {
    const MigrationProject project;
    project.database.exec("create table a (n int)");
    const Connection root(project.database.superuser_url());
    root.exec(
        "drop role if exists onlooker; create role onlooker login password 'hush-hush'; revoke select on a from "
        "public");
    const auto result =
        run_tripmig({"dump", "--url", project.database.url_as("onlooker", "hush-hush")}, project.surroundings());
    CHECK(result.exit_code == 1);
    CHECK_MESSAGE(result.err.find("permission denied for table a") != std::string::npos, result.err);
    CHECK(result.err.find("hush-hush") == std::string::npos);
    CHECK(result.out.empty());
    root.exec("drop role onlooker");

    // A pg_dump of our own says what it was given.
    project.folder.write("bin/pg_dump", "#!/bin/sh\necho \"$@\"\nenv | grep PGPASSWORD\n");
    std::filesystem::permissions(project.folder.path() / "bin/pg_dump", std::filesystem::perms::owner_all);
    Surroundings where = project.surroundings();
    where.environment["PG_BINDIR"] = (project.folder.path() / "bin").string();
    const auto told = run_tripmig({"dump", "--url", project.database.url() + "&password=it's"}, where);
    CHECK_MESSAGE(told.exit_code == 0, told.err);
    CHECK(told.out.find("PGPASSWORD=it's") != std::string::npos);
    CHECK(told.out.substr(0, told.out.find('\n')).find("it's") == std::string::npos);
    where.environment["PG_BINDIR"] = "/nowhere";
    const auto missing = run_tripmig({"dump", "--url", project.database.url()}, where);
    CHECK(missing.exit_code == 12);
    CHECK(missing.err.find("/nowhere/pg_dump was not found") != std::string::npos);
}

TEST_CASE("wait ends when the last file is applied, by whomever") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (n int);");
    project.fail({"wait", "--timeout", "0s"}, 3, "timed out: 1 pending, the first is V1__a.sql");
    BackgroundCommand waiting(tripmig_command(project.with_where({"wait"})), project.surroundings());
    waiting.wait_for_text("waiting: 1 pending");
    project.succeed({"up"});
    const auto result = waiting.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.err.find("at version 1") != std::string::npos);
    project.succeed({"wait"});
    project.remove("V1__a.sql");
    project.write("V0.5__z.sql", "select 1;");
    project.fail({"wait"}, 4, "V0.5__z.sql");
}

TEST_CASE("wait for a database that is not there yet, and no longer than it should") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (n int);");
    const auto gone =
        run_tripmig({"wait", "--timeout", "300ms", "--url", "host=/nowhere dbname=x"}, project.surroundings());
    CHECK(gone.exit_code == 6);
    CHECK(gone.err.find("waiting: cannot connect") != std::string::npos);
    CHECK(run_tripmig({"wait", "--timeout", "soon"}, project.surroundings()).exit_code == 2);
    BackgroundCommand waiting(tripmig_command(project.with_where({"wait"})), project.surroundings());
    waiting.wait_for_text("waiting:");
    waiting.kill(SIGTERM);
    CHECK(waiting.wait().exit_code == 143);
}

TEST_CASE("a dump has no owners unless they are asked for: it is the same under another role") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (n int);");
    project.succeed({"up"});
    CHECK(project.succeed({"dump"}).find("OWNER TO") == std::string::npos);
    CHECK(project.succeed({"dump", "--owner"}).find("ALTER TABLE public.a OWNER TO") != std::string::npos);
    project.succeed({"dump", "schema.sql"});
    const TestDatabase other;
    const Connection root(other.superuser_url());
    root.exec("create table a (n int)");  // owned by the superuser
    const auto same =
        run_tripmig({"dump", "--check", "schema.sql", "--url", other.superuser_url()}, project.surroundings());
    CHECK_MESSAGE(same.exit_code == 0, same.err);
}

TEST_CASE("a dump with its history is a start for a fresh database: nothing is pending there") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (n int);");
    project.write("V2__b.sql", "create table b (n int);");
    project.write("R__v.sql", "create or replace view v as select 1 as x;");
    project.succeed({"up"});
    project.succeed({"dump", "--with-history", "start.sql"});
    const TestDatabase fresh;
    const auto loaded = run_command({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", fresh.url(), "-f", "start.sql"},
                                    project.surroundings());
    CHECK_MESSAGE(loaded.exit_code == 0, loaded.err);
    const auto status = run_tripmig({"status", "--exit-code", "--url", fresh.url()}, project.surroundings());
    CHECK_MESSAGE(status.exit_code == 0, status.out);
    project.write("V3__c.sql", "create table c (n int);");
    const auto up = run_tripmig({"up", "--url", fresh.url()}, project.surroundings());
    CHECK_MESSAGE(up.exit_code == 0, up.err);
    CHECK(fresh.scalar("select string_agg(id::text, ',' order by id) from tripmig.migrations") == "1,2,3,4");
}
