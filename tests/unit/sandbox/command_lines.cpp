#include "sandbox/command_lines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace tripmig::sandbox;

namespace {

Server some_server() {
    Server server;
    server.directory = "/tmp/tripmig-abc";
    server.bindir = "/opt/pg/bin";
    return server;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("a server listens on its socket only, and does not wait for the disk") {
    const auto words = postgres_command(some_server());
    CHECK(words.front() == "/opt/pg/bin/postgres");
    CHECK(has(words, "listen_addresses="));
    CHECK(has(words, "unix_socket_directories=\"/tmp/tripmig-abc\""));
    CHECK(has(words, "fsync=off"));
}

TEST_CASE("a durable server keeps PostgreSQL's own fsync") {
    Server server = some_server();
    server.durable = true;
    CHECK_FALSE(has(postgres_command(server), "fsync=off"));
    CHECK_FALSE(has(postgres_command(server), "full_page_writes=off"));
}

TEST_CASE("settings come last, so that they win") {
    Server server = some_server();
    server.settings = {{"max_connections", "30"}};
    const auto words = postgres_command(server);
    CHECK(words.back() == "max_connections=30");
    CHECK(has(words, "max_connections=200"));
}

TEST_CASE("a comma or a quote in the directory does not end its name") {
    Server server = some_server();
    server.directory = "/tmp/a,b\"c";
    CHECK(has(postgres_command(server), "unix_socket_directories=\"/tmp/a,b\"\"c\""));
}

TEST_CASE("what is removed is what a sandbox makes, never the whole directory") {
    const auto words = remove_command(some_server());
    CHECK_FALSE(has(words, "/tmp/tripmig-abc"));
    CHECK(has(words, "/tmp/tripmig-abc/data"));
    CHECK(has(words, "/tmp/tripmig-abc/.s.PGSQL.5432.lock"));
    CHECK(has(words, "--"));
}

TEST_CASE("the role has a password only where one is asked for") {
    Server server = some_server();
    CHECK(bootstrap_sql(server).find("PASSWORD") == std::string::npos);
    server.listens = true;
    server.password = "secret";
    CHECK(bootstrap_sql(server).find("CREATEROLE PASSWORD 'secret'") != std::string::npos);
}
