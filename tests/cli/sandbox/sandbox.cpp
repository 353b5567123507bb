#include <doctest/doctest.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "support/command.hpp"
#include "support/test_database.hpp"

namespace fs = std::filesystem;
using namespace tripmig::test;

namespace {

/// The command tells where its sandbox is, and goes on until a signal ends it. Its command line names the directory
/// too.
const std::vector<std::string> tell_and_wait{
    "sandbox", "run",
    "--",      "sh",
    "-c",      R"(echo "at $TRIPMIG_SANDBOX_DIR"; exec sh -c 'while :; do sleep 1; done' "$TRIPMIG_SANDBOX_DIR")"};

/// What such a command has told.
std::string told_directory(BackgroundCommand& command) {
    command.wait_for_text("\n");
    const std::string out = command.out();
    const std::size_t start = std::string("at ").size();
    return out.substr(start, out.find('\n') - start);
}

/// Every process whose command line speaks of that directory.
int processes_of(const std::string& directory) {
    int count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
        std::ifstream stream(entry.path() / "cmdline", std::ios::binary);
        const std::string line((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
        count += line.find(directory) != std::string::npos ? 1 : 0;
    }
    return count;
}

/// The child of that process which goes by that name; 0: there is none.
int child_named(int parent, const std::string& name) {
    const std::string folder = "/proc/" + std::to_string(parent);
    std::ifstream children(folder + "/task/" + std::to_string(parent) + "/children");
    for (int child = 0; children >> child;) {
        std::string its_name;
        std::ifstream("/proc/" + std::to_string(child) + "/comm") >> its_name;
        if (its_name == name)
            return child;
    }
    return 0;
}

bool is_gone(const std::string& directory) {
    return !fs::exists(directory) && processes_of(directory) == 0;
}

/// A shell script in a sandbox.
std::vector<std::string> running(const std::string& script, const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments{"sandbox", "run"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {"--", "sh", "-c", script});
    return arguments;
}

/// psql of the sandbox itself, asking one thing.
std::vector<std::string> asking(const std::string& sql) {
    return {"sandbox", "run", "--", "psql", "-XAtc", sql};
}

}  // namespace

TEST_CASE("a command finds an empty database of its own, as a role that is no superuser") {
    const auto result = run_tripmig(asking(
        "select current_user, current_database(), rolsuper, rolcreatedb, rolcreaterole, inet_server_addr() is null, "
        "(select pg_get_userbyid(datdba) from pg_database where datname = current_database()) "
        "from pg_roles where rolname = current_user"));
    CHECK(result.err == "");
    CHECK(result.out == "sandbox|sandbox|f|t|t|t|sandbox\n");
    CHECK(result.exit_code == 0);
}

TEST_CASE("the environment of a sandbox leads into it and nowhere else") {
    Surroundings surroundings;
    surroundings.environment = {{"PGHOSTADDR", "192.0.2.1"},
                                {"PGSERVICE", "production"},
                                {"PGOPTIONS", "-c default_transaction_read_only=on"},
                                {"TRIPMIG_DATABASE_URL", "postgresql://production.example/trips"},
                                {"DATABASE_URL", "postgresql://production.example/trips"}};
    const auto result = run_tripmig(running(R"(
        env | grep -c production
        psql -XAtc 'show transaction_read_only' "$DATABASE_URL"
        psql -XAtc 'select current_user' "$TRIPMIG_SANDBOX_SUPERUSER_URL"
        test -x "$TRIPMIG_SANDBOX_BINDIR/initdb" && echo bindir)"),
                                    surroundings);
    CHECK(result.out == "0\noff\npostgres\nbindir\n");
}

TEST_CASE("the exit code is the command's") {
    CHECK(run_tripmig({"sandbox", "run", "--", "true"}).exit_code == 0);
    CHECK(run_tripmig({"sandbox", "run", "--", "sh", "-c", "exit 42"}).exit_code == 42);
    CHECK(run_tripmig({"sandbox", "run", "--", "sh", "-c", "kill -SEGV $$"}).exit_code == 128 + SIGSEGV);
    const auto missing = run_tripmig({"sandbox", "run", "--", "no-such-program"});
    CHECK(missing.exit_code == 127);
    CHECK(missing.err.find("no-such-program: No such file") != std::string::npos);
    CHECK(run_tripmig({"sandbox", "run", "--", "/etc/passwd"}).exit_code == 126);
}

TEST_CASE("arguments of the command are its own, whatever they look like") {
    const auto result = run_tripmig({"sandbox", "run", "--", "printf", "%s\n", "--json", "--", "--keep", "run", "-x"});
    CHECK(result.out == "--json\n--\n--keep\nrun\n-x\n");
}

TEST_CASE("stdin, stdout and the working directory are handed on") {
    Surroundings surroundings;
    surroundings.input = "from stdin";
    surroundings.directory = "/usr/lib";
    CHECK(run_tripmig({"sandbox", "run", "--", "sh", "-c", "cat; pwd"}, surroundings).out == "from stdin/usr/lib\n");
}

TEST_CASE("nothing is left after SIGKILL, neither server nor directory nor command") {
    BackgroundCommand command(tripmig_command(tell_and_wait));
    const std::string directory = told_directory(command);
    REQUIRE(processes_of(directory) > 0);
    command.kill(SIGKILL);
    CHECK(command.wait().exit_code == 128 + SIGKILL);
    CHECK(comes_true([&] { return is_gone(directory); }));
}

TEST_CASE("when the process that looks after the server is killed, the server ends and tripmig clears up") {
    BackgroundCommand command(tripmig_command(tell_and_wait));
    const std::string directory = told_directory(command);
    const int supervisor = child_named(command.pid(), "tripmig-sandbox");
    REQUIRE(supervisor > 0);
    ::kill(supervisor, SIGKILL);
    CHECK(comes_true([&] { return processes_of(directory + "/data") == 0; }));
    command.kill(SIGTERM);
    const auto result = command.wait();
    CHECK(result.exit_code == 128 + SIGTERM);
    CHECK(result.err.find("the server ended before the command") != std::string::npos);
    CHECK(comes_true([&] { return is_gone(directory); }));
}

TEST_CASE("SIGTERM goes on to the command, and the sandbox is cleared away before tripmig ends") {
    BackgroundCommand command(tripmig_command(tell_and_wait));
    const std::string directory = told_directory(command);
    command.kill(SIGTERM);
    CHECK(command.wait().exit_code == 128 + SIGTERM);
    CHECK(is_gone(directory));
}

TEST_CASE("two sandboxes at once, and one in the other") {
    BackgroundCommand one(tripmig_command(tell_and_wait));
    const auto nested = run_tripmig(running(R"(
        export OUTER="$PGHOST"
        "$TRIPMIG_BINARY" sandbox run -- sh -c 'test "$PGHOST" != "$OUTER" && psql -XAtc "select 1"'
        psql -XAtc 'select 2')"));
    CHECK(nested.out == "1\n2\n");
    CHECK(one.is_running());
    CHECK(fs::exists(told_directory(one)));
}

TEST_CASE("server parameters, and a durable server") {
    const auto set = run_tripmig({"sandbox", "run", "--setting", "work_mem=7MB", "--setting", "lock_timeout=1min", "--",
                                  "psql", "-XAtc", "show work_mem", "-c", "show lock_timeout", "-c", "show fsync"});
    CHECK(set.out == "7MB\n1min\noff\n");
    const auto durable = run_tripmig({"sandbox", "run", "--durable", "--", "psql", "-XAtc", "show fsync"});
    CHECK(durable.out == "on\n");
    const auto wrong = run_tripmig({"sandbox", "run", "--setting", "work_mem", "--", "true"});
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("name=value") != std::string::npos);
}

TEST_CASE("a server that does not start shows the end of its log, and leaves nothing") {
    TemporaryFolder folder;
    const std::string directory = folder.path() / "sandbox";
    fs::permissions(folder.path(), fs::perms::others_exec, fs::perm_options::add);
    const auto result =
        run_tripmig({"sandbox", "run", "--dir", directory, "--setting", "shared_buffers=banana", "--", "true"});
    CHECK(result.exit_code == 12);
    CHECK(result.err.find("invalid value for parameter \"shared_buffers\": \"banana\"") != std::string::npos);
    CHECK_FALSE(fs::exists(directory));
}

TEST_CASE("a listening sandbox asks for a password") {
    const auto result = run_tripmig(running(R"(
        psql -XAtc 'select inet_server_addr()' "$DATABASE_URL"
        PGPASSWORD=wrong psql -XAtc 'select 1' 2>&1 | grep -c 'password authentication failed')",
                                            {"--listen"}));
    CHECK(result.out == "127.0.0.1\n1\n");
}

TEST_CASE("a binary folder without PostgreSQL is an error of usage") {
    const auto result = run_tripmig({"sandbox", "run", "--pg-bindir", "/usr/include", "--", "true"});
    CHECK(result.exit_code == 2);
    CHECK(result.err.find("/usr/include has no initdb") != std::string::npos);
}

TEST_CASE("a broken configuration is no obstacle") {
    TemporaryFolder folder;
    folder.write("tripmig.toml", "[database\n");
    Surroundings surroundings;
    surroundings.directory = folder.path();
    surroundings.environment["TRIPMIG_NO_SUCH_KEY"] = "1";
    CHECK(run_tripmig({"sandbox", "run", "--", "true"}, surroundings).exit_code == 0);
}

TEST_CASE("as root the server runs as somebody else") {
    if (::geteuid() != 0)
        return;
    const auto result = run_tripmig({"sandbox", "run", "--", "sh", "-c", "stat -c '%U %a' $TRIPMIG_SANDBOX_DIR"});
    const std::string user = ::getpwnam("postgres") != nullptr ? "postgres" : "nobody";
    CHECK(result.out == user + " 700\n");
}

TEST_CASE("an ordinary user runs it as himself") {
    if (::geteuid() != 0)
        return;
    TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
    const fs::path binary = folder.path() / "tripmig";
    fs::copy_file(tripmig_command({}).front(), binary);
    const std::vector<std::string> as_nobody{
        "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", binary, "sandbox", "run", "--"};
    const auto run_there = [&as_nobody](const fs::path& directory, const std::vector<std::string>& command) {
        std::vector<std::string> words = as_nobody;
        words.insert(words.end(), command.begin(), command.end());
        Surroundings where;
        where.directory = directory;
        return run_command(words, where);
    };
    const auto result =
        run_there(folder.path(), {"sh", "-c", "stat -c %U $TRIPMIG_SANDBOX_DIR; psql -XAtc 'select current_user'"});
    CHECK(result.err == "");
    CHECK(result.out == "nobody\nsandbox\n");
    // Where he may not be, PostgreSQL's programs complain: ours start elsewhere, and only the command stays.
    const TemporaryFolder closed;
    fs::permissions(closed.path(), fs::perms::owner_all);
    const auto inside = run_there(closed.path(), {"sh", "-c", "readlink /proc/$$/cwd"});
    CHECK(inside.err == "");
    CHECK(inside.out == closed.path().string() + "\n");
}

TEST_CASE("the command stays in the user's directory, and relative paths count from there") {
    const TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms::others_exec, fs::perm_options::add);
    Surroundings where;
    where.directory = folder.path();
    const auto result =
        run_tripmig({"sandbox", "run", "--dir", "here", "--", "sh", "-c", "pwd; echo $TRIPMIG_SANDBOX_DIR"}, where);
    CHECK(result.out == folder.path().string() + "\n" + (folder.path() / "here").string() + "\n");
    CHECK_FALSE(fs::exists(folder.path() / "here"));
}
