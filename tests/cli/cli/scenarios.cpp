// The scenario driver itself: a case that is not as expected must fail, and say what is not.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "support/command.hpp"
#include "support/test_database.hpp"

namespace fs = std::filesystem;
using namespace tripmig::test;

namespace {

/// A scenario folder and a database of its own to play it in.
struct Scenario {
    Scenario() { write_run("exit 0"); }

    void write_run(const std::string& script) const {
        const fs::path run = folder.write("run", "#!/bin/sh\n" + script + "\n");
        fs::permissions(run, fs::perms::owner_exec, fs::perm_options::add);
    }

    [[nodiscard]] CommandResult play() const {
        Surroundings surroundings;
        surroundings.environment["DATABASE_URL"] = database.url();
        return run_command({TRIPMIG_SOURCE_DIR "/tests/scenarios/run_case", folder.path()}, surroundings);
    }

    TemporaryFolder folder;
    TestDatabase database;
};

bool says(const CommandResult& result, const std::string& text) {
    return result.err.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a case without expectations passes when run exits 0, and fails with what it said otherwise") {
    const Scenario scenario;
    CHECK(scenario.play().exit_code == 0);
    scenario.write_run("echo the reason >&2; exit 7");
    const auto result = scenario.play();
    CHECK(result.exit_code == 1);
    CHECK(says(result, "exit code 7, not 0"));
    CHECK(says(result, "the reason"));
    scenario.folder.write("expect.exit", "7\n");
    CHECK(scenario.play().exit_code == 0);
}

TEST_CASE("a row of expect.sql fails the case, and so does a query that cannot run") {
    const Scenario scenario;
    scenario.folder.write("schema.sql", "create table t (a int);");
    scenario.write_run("psql -qc 'insert into t values (1)' \"$DATABASE_URL\"");
    scenario.folder.write("expect.sql", "select 1 from t having count(*) <> 1;\nselect a, 'is here' from t;");
    const auto row = scenario.play();
    CHECK(row.exit_code == 1);
    CHECK(says(row, "1|is here"));
    CHECK(says(row, "select a, 'is here' from t;"));
    scenario.database.exec("drop table t");
    scenario.folder.write("expect.sql", "select 1 from no_such_table;");
    const auto query = scenario.play();
    CHECK(query.exit_code == 1);
    CHECK(says(query, "no_such_table"));
}

TEST_CASE("a schema that cannot be made fails the case before run") {
    const Scenario scenario;
    scenario.folder.write("schema.sql", "create table;");
    scenario.write_run("touch ran");
    CHECK(says(scenario.play(), "schema.sql failed"));
    CHECK_FALSE(fs::exists(scenario.folder.path() / "ran"));
}

TEST_CASE("a writer that fails fails the case") {
    const Scenario scenario;
    scenario.folder.write("schema.sql", "create table t (a int primary key);");
    scenario.folder.write("during.pgbench", "-- pgbench: -c 1 -n\ninsert into t values (1);\n");
    scenario.write_run("until [ \"$(psql -XAtc 'table t' \"$DATABASE_URL\")\" = 1 ]; do :; done; sleep 1");
    const auto result = scenario.play();
    CHECK(result.exit_code == 1);
    CHECK(says(result, "duplicate key"));
}
