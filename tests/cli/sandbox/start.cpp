#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/command.hpp"
#include "support/test_database.hpp"

namespace fs = std::filesystem;
using namespace tripmig::test;

namespace {

/// A place for one sandbox, which is stopped at the end whatever the test does.
class Place {
  public:
    Place() { fs::permissions(m_folder.path(), fs::perms::others_exec, fs::perm_options::add); }
    ~Place() { ask("stop"); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    [[nodiscard]] std::string directory() const { return m_folder.path() / "sandbox"; }

    CommandResult ask(const std::string& what, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments{"sandbox", what, "--dir", directory()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_tripmig(arguments);
    }

  private:
    TemporaryFolder m_folder;
};

std::string without_line_end(std::string text) {
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

}  // namespace

TEST_CASE("start prints a URL, a second start says that it runs already, stop leaves nothing") {
    const Place place;
    CHECK(place.ask("status").exit_code == 6);
    CHECK(place.ask("url").exit_code == 6);

    const auto started = place.ask("start");
    REQUIRE(started.exit_code == 0);
    const Connection session(without_line_end(started.out));
    CHECK(session.scalar("select current_user || ' ' || current_database()") == "sandbox sandbox");

    const auto again = place.ask("start");
    CHECK(again.exit_code == 0);
    CHECK(again.out == started.out);
    CHECK(again.err.find("already") != std::string::npos);
    CHECK(place.ask("url").out == started.out);
    CHECK(place.ask("status").exit_code == 0);

    const auto stopped = place.ask("stop");
    CHECK(stopped.exit_code == 0);
    CHECK_FALSE(fs::exists(place.directory()));
    CHECK_THROWS(session.exec("select 1"));
    CHECK(place.ask("stop").exit_code == 0);
    CHECK(place.ask("status").exit_code == 6);
}

TEST_CASE("status as a document") {
    const Place place;
    const auto before = nlohmann::json::parse(place.ask("status", {"--json"}).out);
    CHECK(before["running"] == false);
    const std::string url = without_line_end(place.ask("start").out);
    const auto document = nlohmann::json::parse(place.ask("status", {"--json"}).out);
    CHECK(document["running"] == true);
    CHECK(document["url"] == url);
    CHECK(document["directory"] == place.directory());
    CHECK(::kill(document["pid"].get<int>(), 0) == 0);
    CHECK(Connection(document["superuser_url"]).scalar("select rolsuper from pg_roles where rolname = current_user") ==
          "t");
}

TEST_CASE("a stopped sandbox that is kept starts again with its data and its settings") {
    const Place place;
    const std::string url = without_line_end(place.ask("start", {"--setting", "work_mem=7MB"}).out);
    Connection(url).exec("create table kept as select 42 as answer");
    CHECK(place.ask("stop", {"--keep"}).exit_code == 0);
    CHECK_THROWS(Connection(url));
    CHECK(place.ask("status").exit_code == 6);

    CHECK(without_line_end(place.ask("start", {"--setting", "max_connections=30"}).out) == url);
    CHECK(Connection(url).scalar("select answer from kept") == "42");
    CHECK(Connection(url).scalar("show work_mem") == "7MB");
    CHECK(Connection(url).scalar("show max_connections") == "30");
}

TEST_CASE("what `run --keep` leaves, `start` picks up") {
    const Place place;
    const auto kept = place.ask("run", {"--keep", "--", "psql", "-qc", "create table kept as select 42 as answer"});
    CHECK(kept.exit_code == 0);
    REQUIRE(fs::exists(place.directory()));
    CHECK(place.ask("status").exit_code == 6);
    CHECK(Connection(without_line_end(place.ask("start").out)).scalar("select answer from kept") == "42");
}

TEST_CASE("a stopped sandbox is copied: its data and roles, not its password, and it stays as it is") {
    const Place model;
    const Place copy;
    const std::vector<std::string> from{"--from", model.directory()};
    CHECK(copy.ask("start", from).err.find("contains no sandbox") != std::string::npos);
    Connection(without_line_end(model.ask("start").out)).exec("create table kept as select 42 as answer");
    const CommandResult running = copy.ask("start", from);
    CHECK(running.exit_code == 12);
    CHECK(running.err.find("is running") != std::string::npos);
    CHECK_FALSE(fs::exists(copy.directory()));
    REQUIRE(model.ask("stop", {"--keep"}).exit_code == 0);

    const CommandResult started = copy.ask("start", {"--from", model.directory(), "--listen"});
    REQUIRE_MESSAGE(started.exit_code == 0, started.err);
    CHECK(started.out.find("@127.0.0.1:") != std::string::npos);
    const Connection session(without_line_end(started.out));
    CHECK(session.scalar("select current_user || ' ' || answer from kept") == "sandbox 42");
    session.exec("drop table kept");
    const CommandResult other =
        run_tripmig({"sandbox", "run", "--from", model.directory(), "--", "psql", "-XAtc", "select answer from kept"});
    CHECK_MESSAGE(other.out == "42\n", other.err);
}

TEST_CASE("a server that was killed does not run, and starts again past its stale lock files") {
    const Place place;
    const std::string url = without_line_end(place.ask("start").out);
    const auto document = nlohmann::json::parse(place.ask("status", {"--json"}).out);
    BackgroundCommand waiting({"psql", "-XAtc", "select pg_sleep(1000)", url});
    ::kill(document["pid"].get<int>(), SIGKILL);
    CHECK(waiting.wait().exit_code == 2);
    CHECK(place.ask("status").exit_code == 6);
    CHECK(place.ask("start").exit_code == 0);
    CHECK(Connection(url).scalar("select 1") == "1");
}

TEST_CASE("many starts at once make one server") {
    const Place place;
    constexpr int many = 4;
    std::vector<std::unique_ptr<BackgroundCommand>> starts;
    starts.reserve(many);
    for (int i = 0; i < many; ++i)
        starts.push_back(
            std::make_unique<BackgroundCommand>(tripmig_command({"sandbox", "start", "--dir", place.directory()})));
    int already = 0;
    for (const auto& start : starts) {
        const auto result = start->wait();
        CHECK(result.exit_code == 0);
        already += result.err.find("already") != std::string::npos ? 1 : 0;
    }
    CHECK(already == many - 1);
}

TEST_CASE("a directory that holds something else stays as it is") {
    TemporaryFolder folder;
    folder.write("precious", "data");
    const auto started = run_tripmig({"sandbox", "start", "--dir", folder.path()});
    CHECK(started.exit_code == 12);
    CHECK(started.err.find("something other") != std::string::npos);
    CHECK(run_tripmig({"sandbox", "stop", "--dir", folder.path()}).exit_code == 0);
    CHECK(folder.read("precious") == "data");

    fs::permissions(folder.path(), fs::perms::others_read | fs::perms::others_exec, fs::perm_options::add);
    fs::remove(folder.path() / "precious");
    CHECK(run_tripmig({"sandbox", "start", "--dir", folder.path()}).err.find("other users can access it") !=
          std::string::npos);
}

TEST_CASE("a taken port is an error that the server's log explains, and the loser leaves nothing") {
    const Place one;
    const Place other;
    const std::string url = without_line_end(one.ask("start", {"--listen"}).out);
    const std::size_t colon = url.rfind(':');
    const std::string port = url.substr(colon + 1, url.rfind('/') - colon - 1);
    CHECK(Connection(url).scalar("select inet_server_port()") == port);
    const auto refused = other.ask("start", {"--port", port});
    CHECK(refused.exit_code == 12);
    CHECK(refused.err.find("Address already in use") != std::string::npos);
    CHECK_FALSE(fs::exists(other.directory()));
}

TEST_CASE("a directory that others may enter, or that is somebody else's, is not believed") {
    const Place place;
    fs::create_directory(place.directory());
    // Whoever put it there would see what is sent to his server.
    std::ofstream(place.directory() + "/sandbox.state") << "bindir=/x\nport=5432\nlistens=1\ndurable=0\npassword=x\n";
    const auto is_refused = [&place](const std::string& why) {
        for (const char* const what : {"url", "status", "stop"}) {
            const auto result = place.ask(what);
            CHECK(result.exit_code == 12);
            CHECK(result.out == "");
            CHECK_MESSAGE(result.err.find(why) != std::string::npos, result.err);
        }
    };
    is_refused("other users can access it");
    fs::permissions(place.directory(), fs::perms::owner_all);
    if (::geteuid() == 0) {
        REQUIRE(::chown(place.directory().c_str(), 12345, 12345) == 0);
        is_refused("it belongs to another user");
        REQUIRE(::chown(place.directory().c_str(), 0, 0) == 0);
    }
    fs::rename(place.directory(), place.directory() + "2");
    fs::create_directory_symlink("sandbox2", place.directory());
    is_refused("it is not a directory");
    fs::remove(place.directory());
    fs::remove_all(place.directory() + "2");
}
