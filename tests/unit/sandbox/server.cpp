#include "sandbox/server.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace fs = std::filesystem;
using tripmig::sandbox::Server;

namespace {

Server server_in(const fs::path& directory) {
    Server server;
    server.directory = directory;
    return server;
}

/// A sandbox's directory with a data folder and nothing that runs in it.
struct Directory {
    Directory() {
        std::string name = "/tmp/tripmig-test-XXXXXX";
        server = server_in(::mkdtemp(name.data()));
        fs::create_directory(server.data_directory());
    }
    ~Directory() { fs::remove_all(server.directory); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    void write_pid_file(const std::string& pid) const {
        std::ofstream(server.data_directory() / "postmaster.pid") << pid << "\n\n\n5432\n\n\n\nready   \n";
    }

    Server server;
};

}  // namespace

TEST_CASE("the URL of a server that only has a socket names the directory and the port, whatever PGPORT says") {
    const Server server = server_in("/tmp/tripmig-abc");
    CHECK(server.url() == "postgresql://sandbox@/sandbox?host=/tmp/tripmig-abc&port=5432");
    CHECK(server.superuser_url() == "postgresql://postgres@/sandbox?host=/tmp/tripmig-abc&port=5432");
    CHECK(server.host() == "/tmp/tripmig-abc");
}

TEST_CASE("characters that mean something in a URL are encoded") {
    CHECK(server_in("/tmp/a b&c%d?ü").url() ==
          "postgresql://sandbox@/sandbox?host=/tmp/a%20b%26c%25d%3F%C3%BC&port=5432");
}

TEST_CASE("a listening server is reached over TCP with a password, its superuser still over the socket") {
    Server server = server_in("/tmp/tripmig-abc");
    server.listens = true;
    server.port = 15432;
    server.password = "secret";
    CHECK(server.url() == "postgresql://sandbox:secret@127.0.0.1:15432/sandbox");
    CHECK(server.superuser_url() == "postgresql://postgres@/sandbox?host=/tmp/tripmig-abc&port=15432");
    server.password = "a@b/c:d%?";
    CHECK(server.url() == "postgresql://sandbox:a%40b%2Fc%3Ad%25%3F@127.0.0.1:15432/sandbox");
}

TEST_CASE("a postmaster.pid whose process is somebody else's, or no more, is no server") {
    const Directory directory;
    CHECK_FALSE(directory.server.pid());
    directory.write_pid_file(std::to_string(::getpid()));  // lives, but works elsewhere
    CHECK_FALSE(directory.server.pid());
    CHECK_FALSE(directory.server.is_ready());
    for (const char* const stale : {"", "0", "-1", "1", "4194305", "not a number"}) {
        directory.write_pid_file(stale);
        CHECK_FALSE(directory.server.pid());
    }
}

TEST_CASE("a process that works in the data directory is the server") {
    const Directory directory;
    directory.write_pid_file(std::to_string(::getpid()));
    const fs::path before = fs::current_path();
    fs::current_path(directory.server.data_directory());
    CHECK(directory.server.pid() == ::getpid());
    CHECK(directory.server.is_ready());
    fs::current_path(before);
}

TEST_CASE("the tail of a log") {
    const Directory directory;
    CHECK(directory.server.log_tail().empty());
    std::ofstream(directory.server.log_file()) << "one\ntwo\nthree\n";
    CHECK(directory.server.log_tail(2) == "two\nthree");
    CHECK(directory.server.log_tail() == "one\ntwo\nthree");
}
