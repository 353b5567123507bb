// One clear message and the documented exit code for what goes wrong before a statement runs.
#include <doctest/doctest.h>

#include "support/command.hpp"
#include "support/test_database.hpp"

using namespace tripmig::test;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

CommandResult run_in(const TemporaryFolder& folder, const std::vector<std::string>& arguments) {
    Surroundings where;
    where.directory = folder.path();
    return run_tripmig(arguments, where);
}

}  // namespace

TEST_CASE("no server: exit 6, the address named") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "select 1;");
    const auto result = run_in(folder, {"up", "--url", "postgresql://nobody:hunter2@127.0.0.1:1/nowhere"});
    CHECK(result.exit_code == 6);
    CHECK_MESSAGE(has(result.err, "127.0.0.1"), result.err);
    CHECK_MESSAGE(!has(result.err, "hunter2"), result.err);
    CHECK_MESSAGE(has(result.err, "hint:"), result.err);
}

TEST_CASE("--wait-for-database tries until its time is over") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "select 1;");
    const auto result = run_in(folder, {"up", "--wait-for-database", "700ms", "--url", "host=127.0.0.1 port=1"});
    CHECK(result.exit_code == 6);
    CHECK_MESSAGE(has(result.err, "waiting up to"), result.err);
    CHECK(run_in(folder, {"up", "--wait-for-database", "soon"}).exit_code == 2);
}

TEST_CASE("a database that is not there: exit 6") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "select 1;");
    const TestDatabase database;
    const auto result = run_in(folder, {"up", "--url", database.url_as("nosuchrole")});
    CHECK(result.exit_code == 6);
    CHECK_MESSAGE(has(result.err, "nosuchrole"), result.err);
}

TEST_CASE("a missing migrations directory: exit 2") {
    const TemporaryFolder folder;
    const auto result = run_in(folder, {"up"});
    CHECK(result.exit_code == 2);
    CHECK_MESSAGE(has(result.err, "migrations"), result.err);
    CHECK_MESSAGE(has(result.err, "--migrations DIR"), result.err);
}

TEST_CASE("a typo in tripmig.toml: exit 2, line, and the nearest key") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "select 1;");
    folder.write("tripmig.toml", "[migrations]\nlock_timeuot = \"1s\"\n");
    const auto result = run_in(folder, {"up"});
    CHECK(result.exit_code == 2);
    CHECK_MESSAGE(has(result.err, "tripmig.toml:2:1"), result.err);
    CHECK_MESSAGE(has(result.err, "lock_timeout"), result.err);
}

TEST_CASE("a wrong file name, two files of one version, a wrong directive: exit 2") {
    const TestDatabase database;
    const TemporaryFolder folder;
    const std::vector<std::string> up{"up", "--url", database.url()};
    folder.write("migrations/V1__a.sql", "select 1;");
    SUBCASE("name") {
        folder.write("migrations/V2_b.sql", "select 1;");
        CHECK_MESSAGE(has(run_in(folder, up).err, "V2_b.sql"), "the file is named");
    }
    SUBCASE("twins") {
        folder.write("migrations/V1.0__b.sql", "select 1;");
        const auto result = run_in(folder, up);
        CHECK_MESSAGE((has(result.err, "V1.0__b.sql") && has(result.err, "V1__a.sql")), result.err);
    }
    SUBCASE("directive") {
        folder.write("migrations/V1__a.sql", "-- tripmig: transction=off\nselect 1;");
        const auto result = run_in(folder, up);
        CHECK_MESSAGE((has(result.err, "V1__a.sql:1:") && has(result.err, "transaction")), result.err);
    }
    SUBCASE("psql command") {
        folder.write("migrations/V1__a.sql", "select 1;\n\\connect other\n");
        CHECK_MESSAGE(has(run_in(folder, up).err, "V1__a.sql:2:1"), "the place is shown");
    }
    SUBCASE("include outside") {
        folder.write("secret.sql", "select 1;");
        folder.write("migrations/V1__a.sql", "\\i ../secret.sql\n");
        CHECK_MESSAGE(has(run_in(folder, up).err, "outside of the migrations directory"), "refused");
    }
    CHECK(run_in(folder, up).exit_code == 2);
    CHECK(database.scalar("select to_regnamespace('tripmig') is null") == "t");
}

TEST_CASE("no privilege: exit 13, and what to grant") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "create table a (b int);");
    database.exec("do $$ begin create role onlooker login; exception when duplicate_object then null; end $$");
    const auto result = run_in(folder, {"up", "--url", database.url_as("onlooker")});
    CHECK(result.exit_code == 13);
    CHECK_MESSAGE(has(result.err, "CREATE SCHEMA tripmig"), result.err);
}

TEST_CASE("a read-only server: exit 12") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "create table a (b int);");
    database.exec("alter database " + database.name() + " set default_transaction_read_only = on");
    const auto result = run_in(folder, {"up", "--url", database.url()});
    CHECK(result.exit_code == 12);
    CHECK_MESSAGE(has(result.err, "read-only"), result.err);
}

TEST_CASE("state written by a newer tripmig is refused") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "create table a (b int);");
    CHECK(run_in(folder, {"up", "--url", database.url()}).exit_code == 0);
    database.exec("update tripmig.meta set version = 99, tool_version = '9.9.9'");
    const auto result = run_in(folder, {"up", "--url", database.url()});
    CHECK(result.exit_code == 12);
    CHECK_MESSAGE(has(result.err, "9.9.9"), result.err);
}

TEST_CASE("lint needs no database") {
    const TemporaryFolder folder;
    folder.write("a.sql", "create table a (b int);\n-- later\ncreate index concurrently i on a (b);\n");
    const auto result = run_in(folder, {"lint", "--json", "a.sql"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(has(result.out, "\"line\": 3"));
    CHECK(has(result.out, "\"transactional\": false"));
    folder.write("b.sql", "select 'open;\n");
    const auto broken = run_in(folder, {"lint", "b.sql"});
    CHECK(broken.exit_code == 2);
    CHECK_MESSAGE(has(broken.err, "b.sql:1:8"), broken.err);
}

TEST_CASE("new makes the next version's files") {
    const TemporaryFolder folder;
    folder.write("migrations/V7__a.sql", "select 1;");
    const auto result = run_in(folder, {"new", "add users, table", "--undo"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(has(result.out, "V8__add_users_table.sql"));
    CHECK(has(folder.read("migrations/U8__add_users_table.sql"), "Undoes"));
}
