#include <doctest/doctest.h>

#include "config/config.hpp"
#include "expect_error.hpp"
#include "temporary_folder.hpp"

using namespace std::chrono_literals;
using tripmig::config::Config;
using tripmig::config::load_config;
using tripmig::config::Sources;

namespace {

struct Project {
    TemporaryFolder folder;
    Sources sources;

    explicit Project(const std::string& text) {
        folder.write("tripmig.toml", text);
        sources.working_directory = folder.path();
    }
    [[nodiscard]] Config load() const { return load_config(sources); }
    [[nodiscard]] std::string error() const {
        return usage_error_of([&] { load_config(sources); });
    }
};

std::string error_of(const std::string& text) {
    return Project(text).error();
}

std::string error_in(const std::string& variable, const std::string& text) {
    Project project("");
    project.sources.environment[variable] = text;
    return project.error();
}

}  // namespace

TEST_CASE("without a file there are the defaults") {
    const TemporaryFolder folder;
    Sources sources;
    sources.working_directory = folder.path();
    const Config config = load_config(sources);
    CHECK(config == Config{});
    CHECK(config.migrations.dir == "migrations");
    CHECK(config.file.empty());
}

TEST_CASE("a file with every section") {
    const Project project(R"(
[database]
url = "postgresql://app:secret@db.example/app"
direct_url = "Server=direct.example;Database=app"
password_file = "secrets/password"
pooler = "session"
connect_timeout = "3s"
[state]
schema = "Billing_State"
[migrations]
dir = "db/migrations"
dialect = "goose"
lock_timeout = "2s"
lock_deadline = "10min"
run_lock_wait = "0s"
inline_swap_rows = 5
[migrations.placeholders]
role = "app_user"
"Odd-Name" = "x"
[partitions]
dir = "/etc/policies"
max_create = 10
max_drop = 0
[swap]
workers = 4
chunk_target = "250ms"
margin = "1 day"
final_keys = 10
max_lock_hold = "500ms"
lock_budget = "50ms"
blocker_age = "1s"
cutover_deadline = "1h"
max_replica_lag = "1min"
max_active_backends = 20
rest = 150
rest_when_busy = 300
probe = "select true"
[report]
metrics_file = "metrics.prom"
color = "never"
)");
    const Config config = project.load();
    CHECK(config.file == project.folder.path() / "tripmig.toml");
    CHECK(config.database.parameters.at("host") == "db.example");
    CHECK(config.database.direct_parameters.at("host") == "direct.example");
    CHECK(config.database.password_file == "secrets/password");
    CHECK(config.database.pooler == tripmig::config::DatabaseConfig::Pooler::session);
    CHECK(config.database.connect_timeout == 3s);
    CHECK(config.state.schema == "billing_state");
    CHECK(config.migrations.dir == "db/migrations");
    CHECK(config.migrations.dialect == "goose");
    CHECK(config.migrations.placeholders ==
          std::map<std::string, std::string>{{"role", "app_user"}, {"Odd-Name", "x"}});
    CHECK(config.migrations.lock_timeout == 2s);
    CHECK(config.migrations.lock_deadline == 10min);
    CHECK(config.migrations.run_lock_wait == 0s);
    CHECK(config.migrations.inline_swap_rows == 5);
    CHECK(config.partitions.dir == "/etc/policies");
    CHECK(config.partitions.max_create == 10);
    CHECK(config.partitions.max_drop == 0);
    CHECK(config.swap.workers == 4);
    CHECK(config.swap.chunk_target == 250ms);
    CHECK(config.swap.margin == 24h);
    CHECK(config.swap.final_keys == 10);
    CHECK(config.swap.max_lock_hold == 500ms);
    CHECK(config.swap.lock_budget == 50ms);
    CHECK(config.swap.blocker_age == 1s);
    CHECK(config.swap.cutover_deadline == 1h);
    CHECK(config.swap.max_replica_lag == 1min);
    CHECK(config.swap.max_active_backends == 20);
    CHECK(config.swap.rest == 150);
    CHECK(config.swap.rest_when_busy == 300);
    CHECK(config.swap.probe == "select true");
    CHECK(config.report.metrics_file == "metrics.prom");
    CHECK(config.report.color == "never");
}

TEST_CASE("the file is found upwards, and its relative paths are relative to it") {
    Project project("[migrations]\ndir = \"db\"\n[report]\nmetrics_file = \"../m.prom\"\n");
    project.folder.write("a/b/x", "");
    project.sources.working_directory = project.folder.path() / "a" / "b";
    project.sources.environment["TRIPMIG_PARTITIONS_DIR"] = "here";
    const Config config = project.load();
    CHECK(config.file == project.folder.path() / "tripmig.toml");
    CHECK(config.migrations.dir == project.folder.path() / "db");
    CHECK(config.report.metrics_file == project.folder.path().parent_path() / "m.prom");
    CHECK(config.partitions.dir == "here");

    project.sources.environment.clear();
    CHECK(project.load().partitions.dir == project.folder.path() / "partitions");
}

TEST_CASE("--config names the file") {
    Project project("this is not read");
    project.folder.write("conf/other.toml", "[state]\nschema = \"other\"\n");
    project.sources.config_file = "conf/other.toml";
    CHECK(project.load().state.schema == "other");
    CHECK(project.load().migrations.dir == project.folder.path() / "conf" / "migrations");
    project.sources.config_file = "conf/none.toml";
    CHECK(contains(project.error(), "configuration file conf/none.toml does not exist"));
    project.sources.config_file = "conf";
    CHECK(contains(project.error(), "configuration file conf is a directory"));
}

TEST_CASE("flags win over the environment, which wins over the file") {
    Project project("[migrations]\nlock_timeout = \"1s\"\nlock_deadline = \"1min\"\nrun_lock_wait = \"1h\"\n");
    project.sources.environment = {{"TRIPMIG_MIGRATIONS_LOCK_DEADLINE", "2min"},
                                   {"TRIPMIG_MIGRATIONS_RUN_LOCK_WAIT", "2h"}};
    project.sources.flags = {{"migrations.run_lock_wait", "3h"}};
    const Config config = project.load();
    CHECK(config.migrations.lock_timeout == 1s);
    CHECK(config.migrations.lock_deadline == 2min);
    CHECK(config.migrations.run_lock_wait == 3h);
}

TEST_CASE("whose URL it is: flag, TRIPMIG_DATABASE_URL, DATABASE_URL, file") {
    Project project("[database]\nurl = \"postgres://file/d\"\n");
    const auto host = [&] { return project.load().database.parameters.at("host"); };
    CHECK(host() == "file");
    project.sources.environment["PGHOST"] = "pg";
    CHECK(host() == "file");
    project.sources.environment["DATABASE_URL"] = "postgres://common/d";
    CHECK(host() == "common");
    project.sources.environment["TRIPMIG_DATABASE_URL"] = "postgres://own/d";
    project.sources.environment["DATABASE_URL"] = "mysql://not/ours";
    CHECK(host() == "own");
    project.sources.flags["database.url"] = "postgres://flag/d";
    project.sources.environment["TRIPMIG_DATABASE_URL"] = "";
    CHECK(host() == "flag");
    project.sources.flags["database.url"] = "pgsql://flag/d";
    CHECK(contains(project.error(), "--url: pgsql:// is not a PostgreSQL URL"));
    project.sources.flags.clear();
    CHECK(contains(project.error(), "DATABASE_URL: mysql:// is not a PostgreSQL URL"));
}

TEST_CASE("a password in a URL wins over a lower source's password file, and none over its own source's") {
    Project project("[database]\nurl = \"postgres://u:p@file/d\"\npassword_file = \"pw\"\n");
    CHECK(project.load().database.password_file == "pw");
    project.sources.environment["DATABASE_URL"] = "postgres://common/d";
    CHECK(project.load().database.password_file == "pw");
    project.sources.environment["DATABASE_URL"] = "postgres://u:p@common/d";
    CHECK(project.load().database.password_file.empty());
    project.sources.environment["TRIPMIG_DATABASE_PASSWORD_COMMAND"] = "pass show db";
    CHECK(project.load().database.password_command == "pass show db");
    CHECK(project.load().database.password_file.empty());
}

TEST_CASE("the password's file and command take each other's place") {
    Project project("[database]\npassword_file = \"pw\"\n");
    project.sources.environment["TRIPMIG_DATABASE_PASSWORD_COMMAND"] = "pass show db";
    CHECK(project.load().database.password_file.empty());
    CHECK(project.load().database.password_command == "pass show db");
    project.sources.flags["database.password_file"] = "other";
    CHECK(project.load().database.password_file == "other");
    CHECK(project.load().database.password_command.empty());
}

TEST_CASE("two ways to the password in one source are one too many") {
    CHECK(contains(error_of("[database]\npassword_command = \"c\"\npassword_file = \"f\"\n"),
                   "given together with password_file"));
}

TEST_CASE("placeholders come one by one from every source") {
    Project project("[migrations.placeholders]\nrole = \"file\"\nowner = \"file\"\n");
    project.sources.environment = {{"TRIPMIG_MIGRATIONS_PLACEHOLDERS_ROLE", "environment"},
                                   {"TRIPMIG_MIGRATIONS_PLACEHOLDERS_Extra", "1"}};
    CHECK(project.load().migrations.placeholders ==
          std::map<std::string, std::string>{{"role", "environment"}, {"owner", "file"}, {"Extra", "1"}});
    CHECK(contains(error_of("[migrations]\nplaceholders = 3\n"), "a table of names and strings"));
    CHECK(contains(error_of("[migrations.placeholders]\nx = 3\n"), "placeholders.x: this must be a string"));
    CHECK(contains(error_of("[migrations.placeholders]\n\"a}\" = \"\"\n"), "cannot be the name of a placeholder"));
}

TEST_CASE("unknown keys and sections are shown at their place, with the nearest known one") {
    const std::string typo = error_of("[migrations]\n  lock_timout = \"2s\"\n");
    CHECK(contains(typo, "tripmig.toml:2:3: unknown key \"lock_timout\" in [migrations]"));
    CHECK(contains(typo, "  2 |   lock_timout = \"2s\"\n    |   ^"));
    CHECK(contains(typo, "hint: did you mean lock_timeout?"));
    CHECK(contains(error_of("[migratons]\n"), "tripmig.toml:1:2: unknown section [migratons]"));
    CHECK(contains(error_of("[migratons]\n"), "did you mean [migrations]?"));
    CHECK(contains(error_of("[spools]\n"), "unknown section [spools]"));
    CHECK(contains(error_of("schema = \"x\"\n"), "schema belongs below [state]"));
    CHECK(contains(error_of("shcema = \"x\"\n"), "did you mean schema below [state]?"));
    CHECK(contains(error_of("[swap]\nlock_timeout = \"1s\"\n"), "lock_timeout belongs below [migrations]"));
    CHECK(contains(error_of("swap = 3\n"), "swap is a section"));
    CHECK(contains(error_of("[swap]\nzzzzzzzzz = 1\n"), "[swap] has workers, chunk_target"));
    CHECK(contains(error_of("[database]\npassword = \"hunter2\"\n"), "unknown key \"password\" in [database]"));
    CHECK_FALSE(contains(error_of("[database]\npassword = \"hunter2\"\n"), "hunter2"));
}

TEST_CASE("bad values say what they may be") {
    CHECK(contains(error_of("[migrations]\nlock_timeout = 500\n"), "tripmig.toml:2:16: lock_timeout: 500 has no unit"));
    CHECK(contains(error_of("[migrations]\nlock_timeout = \"5 parsecs\"\n"),
                   "lock_timeout: \"5 parsecs\" is not a valid duration"));
    CHECK(contains(error_of("[migrations]\nlock_timeout = \"0s\"\n"), "from 1ms to 24 days"));
    CHECK(contains(error_of("[migrations]\nlock_timeout = \"25 days\"\n"), "is out of range"));
    CHECK(contains(error_of("[migrations]\nlock_timeout = true\n"), "this must be a duration, but is true or false"));
    CHECK(contains(error_of("[migrations]\ndialect = \"goos\"\n"), "did you mean \"goose\"? use one of auto, flyway"));
    CHECK(contains(error_of("[migrations]\ndir = \"\"\n"), "this must not be empty"));
    CHECK(contains(error_of("[migrations]\ndir = 3\n"), "write \"3\", in quotes"));
    CHECK(contains(error_of("[swap]\nworkers = \"4\"\n"), "this must be an integer, but is a string"));
    CHECK(contains(error_of("[swap]\nworkers = 1000\n"), "from 0 to 256"));
    CHECK(contains(error_of("[swap]\nmargin = \"90min\"\n"), "\"90min\" is not a whole number of hours"));
    CHECK(contains(error_of("[swap]\nworkers = { a = 1 }\n"), "but is a table"));
    CHECK(contains(error_of("[database]\nconnect_timeout = \"1500ms\"\n"), "is not a whole number of seconds"));
    CHECK(contains(error_of("[state]\nschema = \"pg_x\"\n"), "belongs to PostgreSQL"));
    CHECK(contains(error_of("[state]\nschema = \"a.b\"\n"), "schema: a.b is not one name"));
}

TEST_CASE("a bad URL is placed, and its password stays hidden") {
    const std::string said = error_of("[database]\nurl = \"postgres://u:hunter2@h:x/d\"\n");
    CHECK(contains(said, "tripmig.toml:2:7: url: the port is not a number"));
    CHECK(contains(said, "  2 | url = ...\n"));
    CHECK_FALSE(contains(said, "hunter2"));
    CHECK_FALSE(contains(error_of("[database]\nurl = [\"hunter2\"]\n"), "hunter2"));
    CHECK_FALSE(contains(error_of("[database]\npassword_command = [\"echo\", \"hunter2\"]\n"), "hunter2"));
    CHECK_FALSE(contains(error_in("TRIPMIG_DATABASE_URL", "postgres://u:hunter2@h:x/d"), "hunter2"));
}

TEST_CASE("values from the environment are text for any type") {
    Project project("");
    project.sources.environment = {
        {"TRIPMIG_SWAP_WORKERS", "4"}, {"TRIPMIG_SWAP_LOCK_BUDGET", "20ms"}, {"TRIPMIG_REPORT_COLOR", "always"}};
    CHECK(project.load().swap.workers == 4);
    CHECK(project.load().swap.lock_budget == 20ms);
    CHECK(contains(error_in("TRIPMIG_SWAP_WORKERS", "four"), "TRIPMIG_SWAP_WORKERS: \"four\" is not a valid integer"));
    CHECK(contains(error_in("TRIPMIG_SWAP_LOCK_BUDGET", "20"),
                   "TRIPMIG_SWAP_LOCK_BUDGET: \"20\" is not a valid duration"));
}

TEST_CASE("a mistyped variable is named, other people's are let be") {
    CHECK(contains(error_in("TRIPMIG_MIGRATION_DIR", "x"), "unknown environment variable TRIPMIG_MIGRATION_DIR"));
    CHECK(contains(error_in("TRIPMIG_MIGRATION_DIR", "x"), "did you mean TRIPMIG_MIGRATIONS_DIR?"));
    for (const char* name :
         {"TRIPMIG_BINARY", "TRIPMIG_SANDBOX_X", "TRIPMIG_TEST_X", "TRIPMIG_SERVICE_HOST", "TRIPMIG_PORT",
          "TRIPMIG_PORT_9187_TCP_ADDR", "TRIPMIG_DATABASE_SERVICE_PORT_PG", "OTHER", "PGHOST"}) {
        CAPTURE(name);
        CHECK(error_in(name, "tcp://10.0.0.1:5432") == "no error");
    }
}

TEST_CASE("a flag that stands for no option is a defect") {
    Project project("");
    project.sources.flags["database.uri"] = "x";
    CHECK_THROWS_AS(static_cast<void>(project.load()), tripmig::Error);
}
