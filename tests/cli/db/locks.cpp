// `tripmig status --locks`, and what is told of a statement that takes long, through the built binary.
#include <thread>

#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {

nlohmann::json locks(const MigrationProject& project, std::size_t migration) {
    const auto document = project.json({"status", "--locks"});
    return document["migrations"][migration]["locks"];
}

std::string strongest(const MigrationProject& project, std::size_t migration) {
    const auto found = locks(project, migration);
    std::string text;
    for (const auto& relation : found["relations"])
        text += relation["mode"].get<std::string>() + " on " + relation["relation"].get<std::string>() + ";";
    return text;
}

}  // namespace

TEST_CASE("the strongest locks of each migration, on what others can know of") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (id int primary key, n int); create table b (id int primary key);");
    project.write("V2__b.sql", "alter table a add column m int;\ncreate index on b (id);");
    project.write("V3__c.sql", "insert into a values (1, 2, 3);");
    project.write("V4__d.sql", "begin; savepoint s; lock table b in exclusive mode; rollback to s; analyze a; commit;");
    project.succeed({"up"});
    CHECK(strongest(project, 0).empty());
    CHECK(locks(project, 0)["held_ms"].is_null());
    CHECK(strongest(project, 1) == "ACCESS EXCLUSIVE on public.a;SHARE on public.b;");
    CHECK(strongest(project, 2).empty());
    CHECK(strongest(project, 3) == "SHARE UPDATE EXCLUSIVE on public.a;");
    const std::string text = project.succeed({"status", "--locks"});
    CHECK(text.find("ACCESS EXCLUSIVE on public.a") != std::string::npos);
    CHECK(text.find("none that block others") != std::string::npos);
    const auto plain = project.json({"status"});
    CHECK_FALSE(plain["migrations"][0].contains("locks"));
}

TEST_CASE("the time under the strongest lock counts from the statement that took it") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (id int primary key); create table b (id int primary key);");
    project.write("V2__late.sql", "select pg_sleep(0.8);\ncreate index on b (id);\nalter table a add column n int;");
    project.write("V3__early.sql", "alter table a add column m int;\nselect pg_sleep(0.3);\ncreate index on b (id);");
    project.write("V4__one.sql", "do $$ begin perform pg_sleep(0.2); alter table a add column o int; end $$;");
    project.write("V5__alone.sql",
                  "-- tripmig: transaction=off\nselect pg_sleep(0.8);\nbegin; alter table a add column p int; "
                  "select pg_sleep(0.1); commit;\ncreate index on b (id);");
    project.succeed({"up"});
    CHECK(locks(project, 1)["held_ms"].get<int>() < 700);
    CHECK(locks(project, 2)["held_ms"].get<int>() >= 300);
    CHECK(locks(project, 3)["held_ms"].get<int>() >= 200);
    CHECK(strongest(project, 4) == "ACCESS EXCLUSIVE on public.a;SHARE on public.b;");
    CHECK(locks(project, 4)["held_ms"].get<int>() >= 100);
    CHECK(locks(project, 4)["held_ms"].get<int>() < 700);
}

TEST_CASE("a statement in CONCURRENTLY names whom it waits for, and its locks are seen from outside") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (id int, n int);");
    project.succeed({"up"});
    project.database.exec("insert into a select g, g from generate_series(1, 1000) g");
    project.write("V2__i.sql", "create index concurrently a_n on a (n);");
    const Connection old = project.database.connect();
    old.exec("begin; set local application_name = 'nightly report'; insert into a values (0, 0)");
    BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
    run.wait_for_text("waits for pid");
    CHECK(run.err().find("nightly report") != std::string::npos);
    old.exec("commit");
    CHECK(run.wait().exit_code == 0);
    CHECK(strongest(project, 1) == "SHARE UPDATE EXCLUSIVE on public.a;");
    CHECK(locks(project, 1)["held_ms"].get<int>() > 0);
}

TEST_CASE("how far a long index build is, in every phase, from the server's own view") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (id int, t text);");
    project.succeed({"up"});
    project.database.exec(
        "insert into a select g, md5(g::text) || md5((g + 1)::text) from generate_series(1, 400000) g");
    project.write("V2__i.sql", "create index concurrently a_t on a (t collate \"en-x-icu\", id);");
    const auto result = project.run({"up", "--log-format", "json"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_MESSAGE(result.err.find(", building index: ") != std::string::npos, result.err);
    CHECK_MESSAGE(result.err.find("index: building index") == std::string::npos, result.err);
    CHECK(result.err.find("\"unit\":\"blocks\"") != std::string::npos);
}
