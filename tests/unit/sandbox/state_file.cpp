#include "sandbox/state_file.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.hpp"

namespace fs = std::filesystem;
using namespace tripmig::sandbox;

namespace {

struct Folder {
    Folder() {
        std::string name = "/tmp/tripmig-test-XXXXXX";
        path = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    fs::path path;
};

}  // namespace

TEST_CASE("what is put down is read back") {
    const Folder folder;
    Server server;
    server.directory = folder.path;
    server.bindir = "/opt/pg 15/bin";
    server.port = 15432;
    server.listens = true;
    server.durable = true;
    server.password = "secret";
    server.settings = {{"work_mem", "7MB"}, {"log_line_prefix", "%m = "}};
    write_state(server, std::nullopt);
    const auto found = read_state(folder.path);
    REQUIRE(found);
    CHECK(found->directory == folder.path);
    CHECK(found->bindir == "/opt/pg 15/bin");
    CHECK(found->url() == server.url());
    CHECK(found->durable);
    REQUIRE(found->settings.size() == 2);
    CHECK(found->settings[1].name == "log_line_prefix");
    CHECK(found->settings[1].value == "%m = ");
    CHECK((fs::status(server.state_file()).permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
          fs::perms::none);
}

TEST_CASE("a directory without a state file contains no sandbox, a file of another kind is refused") {
    const Folder folder;
    CHECK_FALSE(read_state(folder.path));
    CHECK_FALSE(read_state(folder.path / "missing"));
    std::ofstream(folder.path / "sandbox.state") << "something=else\n";
    CHECK_THROWS_AS(read_state(folder.path), tripmig::Error);
}
