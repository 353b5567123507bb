// One clear message and the documented exit code for what goes wrong before a statement runs.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>

#include "support/command.hpp"
#include "support/test_database.hpp"

using namespace tripmig::test;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Is there a process with these words in its command line?
bool is_at_work(const std::string& words) {
    std::error_code none;
    for (const auto& process : std::filesystem::directory_iterator("/proc", none)) {
        std::ifstream stream(process.path() / "cmdline", std::ios::binary);
        std::string line((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
        std::replace(line.begin(), line.end(), '\0', ' ');
        if (has(line, words))
            return true;
    }
    return false;
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
        CHECK_MESSAGE(has(run_in(folder, up).err, "outside the migrations directory"), "refused");
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

TEST_CASE("a password never comes back in a message, whatever separator was forgotten") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "select 1;");
    for (const char* const url :
         {"Host=127.0.0.1;Port=1;Username=u;Password S3cr3t;Database=app", "Host=127.0.0.1;Username=u;Password;S3cr3t",
          "Host=127.0.0.1;Username=u;Password=abc;S3cr3t=Rest", "host=127.0.0.1 port=1 user=u;Password=S3cr3t",
          "postgresql://u@h/app?password=ab&S3cr3t=x", "postgresql://u@127.0.0.1:1/app&password=S3cr3t",
          "host=127.0.0.1 connect_timeout=1;password=S3cr3t"}) {
        const auto result = run_in(folder, {"status", "--url", url});
        CAPTURE(url);
        CHECK(result.exit_code == 2);
        CHECK_MESSAGE(!has(result.out + result.err, "S3cr3t"), result.err);
        const auto without_flag = run_in(folder, {"status", url});
        CHECK(without_flag.exit_code == 2);
        CHECK_MESSAGE(!has(without_flag.out + without_flag.err, "S3cr3t"), without_flag.err);
    }
}

TEST_CASE("the value of a placeholder is in no error and in no dry run") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write("tripmig.toml", "[migrations.placeholders]\npw = \"S3cr3tPw\"\n");
    folder.write("migrations/V1__a.sql", "select '${pw}', nothing;\n");
    for (const char* const format : {"text", "sql", "json"}) {
        const auto dry = run_in(folder, {"up", "--url", database.url(), std::string("--dry-run=") + format});
        CHECK(dry.exit_code == 0);
        CHECK_MESSAGE(has(dry.out, "select '${pw}', nothing"), dry.out);
        CHECK_MESSAGE(!has(dry.out + dry.err, "S3cr3t"), dry.out);
    }
    const auto failed = run_in(folder, {"up", "--url", database.url()});
    CHECK(failed.exit_code == 7);
    CHECK_MESSAGE(has(failed.err, "V1__a.sql:1:17: column"), failed.err);
    CHECK_MESSAGE(!has(failed.err, "S3cr3t"), failed.err);
    folder.write("migrations/V1__a.sql", "select ''${pw}''::int, \"${pw}\";\n");
    for (const char* const log : {"text", "json"}) {
        const auto quoted = run_in(folder, {"up", "--url", database.url(), "--log-format", log, "--verbose"});
        CHECK(quoted.exit_code == 7);
        CHECK_MESSAGE(!has(quoted.out + quoted.err, "S3cr3t"), quoted.err);
    }
    folder.write("tripmig.toml", "[migrations.placeholders]\npw = 12345678\n");
    CHECK(!has(run_in(folder, {"up", "--url", database.url()}).err, "12345678"));
    folder.write("tripmig.toml", "[migrations.placeholders]\npw = \"S3cr3tPw\n");
    CHECK(!has(run_in(folder, {"up", "--url", database.url()}).err, "S3cr3t"));
}

TEST_CASE("a password that does not come within connect_timeout is not waited for, and its command is ended") {
    const TestDatabase database;
    const TemporaryFolder folder;
    const auto fails = [&](const std::string& setting, const std::string& why) {
        folder.write("tripmig.toml", "[database]\nconnect_timeout = \"1s\"\n" + setting + "\n");
        const auto result = run_in(folder, {"status", "--url", database.url()});
        CHECK(result.exit_code == 2);
        CHECK_MESSAGE(has(result.err, why), result.err);
    };
    fails("password_command = \"sleep 12345.25 | cat\"", "did not end within 1 s");
    CHECK(comes_true([] { return !is_at_work("sleep 12345.25"); }));
    fails("password_command = \"cat /dev/zero\"", "more than 64 KiB");
    fails("password_command = \"exit 3\"", "failed with exit code 3");
    fails("password_file = \"/dev/zero\"", "it is not a regular file or a FIFO");
    folder.write("long", std::string(70'000, 'x'));
    fails("password_file = \"long\"", "it is longer than 64 KiB");
    REQUIRE(::mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
    fails("password_file = \"fifo\"", "nothing was written to it within 1 s");
}

TEST_CASE("SIGTERM ends a password command and all that it started") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write("tripmig.toml",
                 "[database]\nconnect_timeout = \"100s\"\n"
                 "password_command = \"echo asked >&2; sleep 12345.75 | cat\"\n");
    Surroundings where;
    where.directory = folder.path();
    BackgroundCommand status(tripmig_command({"status", "--url", database.url()}), where);
    status.wait_for_text("asked");
    status.kill(SIGTERM);
    CHECK(status.wait().exit_code == 143);
    CHECK(comes_true([] { return !is_at_work("sleep 12345.75"); }));
}

namespace {

/// The server answers nobody, and takes no request to cancel.
class FrozenServer {
  public:
    explicit FrozenServer(int backend) : m_pids{backend, postmaster()} {
        for (const int pid : m_pids)
            ::kill(pid, SIGSTOP);
    }
    ~FrozenServer() {
        for (const int pid : m_pids)
            ::kill(pid, SIGCONT);
    }
    FrozenServer(const FrozenServer&) = delete;
    FrozenServer& operator=(const FrozenServer&) = delete;

  private:
    static int postmaster() {
        const char* const folder = std::getenv("TRIPMIG_SANDBOX_DIR");
        REQUIRE(folder != nullptr);
        int pid = 0;
        std::ifstream(std::string(folder) + "/data/postmaster.pid") >> pid;
        REQUIRE(pid > 1);
        return pid;
    }
    std::array<int, 2> m_pids;
};

}  // namespace

TEST_CASE("a frozen server does not keep SIGTERM from ending a run; a second signal ends it at once") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "select pg_sleep(1000);");
    Surroundings where;
    where.directory = folder.path();
    const std::string sleeps =
        " from pg_stat_activity where query like 'select pg_sleep%' and datname = current_database()";
    for (const bool twice : {false, true}) {
        CAPTURE(twice);
        BackgroundCommand run(tripmig_command({"up", "--url", database.url()}), where);
        wait_until(database, "select count(*) = 1" + sleeps);
        const int backend = std::stoi(database.scalar("select pid" + sleeps));
        {
            const FrozenServer frozen(backend);
            run.kill(SIGTERM);
            if (twice) {
                std::this_thread::sleep_for(
                    std::chrono::milliseconds(400));  // within 250 ms it would be the same signal
                run.kill(SIGTERM);
            }
            const CommandResult result = run.wait();
            CHECK(result.exit_code == 143);
            CHECK_MESSAGE(has(result.err, twice ? "stopped at once by a second signal" : "did not answer the request"),
                          result.err);
        }
        database.exec("select pg_terminate_backend(pid) from pg_stat_activity where pid = " + std::to_string(backend));
        wait_until(database, "select count(*) = 0" + sleeps);
    }
}

TEST_CASE("every connection is taken: it is tried again until connect_timeout, and the hint fits") {
    const TestDatabase database;
    const Connection root(database.superuser_url());
    root.exec("drop role if exists few; create role few login connection limit 1");
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "select 1;");
    const auto timeout = [&folder](const std::string& value) {
        folder.write("tripmig.toml", "[database]\nconnect_timeout = \"" + value + "\"\n");
    };
    const std::vector<std::string> status{"status", "--url", database.url_as("few")};
    {
        const Connection only(database.url_as("few"));
        timeout("1s");
        const auto full = run_in(folder, status);
        CHECK(full.exit_code == 6);
        CHECK_MESSAGE(has(full.err, "no connection is free"), full.err);
        CHECK_MESSAGE(has(full.err, "53300"), full.err);
        CHECK_MESSAGE(has(full.err, "CONNECTION LIMIT"), full.err);
        CHECK_MESSAGE(!has(full.err, "check the address"), full.err);
        CHECK_MESSAGE(!has(full.err, "LOCATION"), full.err);
    }
    timeout("60s");
    Surroundings where;
    where.directory = folder.path();
    auto only = std::make_unique<Connection>(database.url_as("few"));
    BackgroundCommand waits(tripmig_command(status), where);
    waits.wait_for_text("no connection is free");
    only.reset();
    CHECK(waits.wait().exit_code == 0);
    root.exec("drop role few");
}

TEST_CASE("the server's lock table is full: exit 12, the setting to raise and its value") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "select count(pg_advisory_xact_lock(n)) from generate_series(1, 1000000) n;");
    const auto result = run_in(folder, {"up", "--url", database.url()});
    CHECK(result.exit_code == 12);
    CHECK_MESSAGE(has(result.err, "raise max_locks_per_transaction"), result.err);
    CHECK_MESSAGE(has(result.err, "max_locks_per_transaction is now 64"), result.err);
}

TEST_CASE("a warning of the server names the file and the line") {
    const TestDatabase database;
    const TemporaryFolder folder;
    const std::string body = "do $$ begin raise warning 'careful'; end $$;\n";
    folder.write("migrations/V1__w.sql", "create table a (b int);\n" + body);
    folder.write("migrations/V2__w.sql", "vacuum a;\nselect 1;\n" + body);
    folder.write("migrations/V3__w.sql", body + "copy a from stdin;\n1\n\\.\n" + body);
    const auto result = run_in(folder, {"up", "--url", database.url()});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    for (const char* place : {"V1__w.sql:2", "V2__w.sql:3", "V3__w.sql:1", "V3__w.sql:5"})
        CHECK_MESSAGE(has(result.err, "warning: " + std::string(place) + ": careful"), result.err);
}

TEST_CASE("what a migration says by NOTICE and INFO is shown, unless --quiet; what our own statements say is not") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write(
        "migrations/V1__n.sql",
        "drop table if exists nothing;\ndo $$ begin raise notice 'half done'; raise info 'all done'; end $$;\n");
    const auto result = run_in(folder, {"up", "--url", database.url()});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    for (const char* line : {"V1__n.sql:1: NOTICE: table \"nothing\" does not exist, skipping",
                             "V1__n.sql:2: NOTICE: half done", "V1__n.sql:2: INFO: all done"})
        CHECK_MESSAGE(has(result.err, line), result.err);
    CHECK_MESSAGE(!has(result.err, "schema \"tripmig\""), result.err);
    folder.write("migrations/V2__n.sql", "do $$ begin raise notice 'again'; end $$;\n");
    const auto quiet = run_in(folder, {"up", "--quiet", "--url", database.url()});
    CHECK_MESSAGE(!has(quiet.err, "again"), quiet.err);
}

TEST_CASE("the time of a run counts from its first file's beginning") {
    const TestDatabase database;
    const TemporaryFolder folder;
    folder.write("migrations/V1__slow.sql", "select pg_sleep(1.1);");
    folder.write("migrations/V2__quick.sql", "select 1;");
    const auto result = run_in(folder, {"up", "--url", database.url()});
    const std::size_t at = result.err.find("2 files in ");
    REQUIRE_MESSAGE(at != std::string::npos, result.err);
    CHECK_MESSAGE(std::stod(result.err.substr(at + 11)) >= 1.1, result.err);
}
