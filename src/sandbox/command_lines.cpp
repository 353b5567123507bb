#include "sandbox/command_lines.hpp"

#include <fmt/format.h>

#include <clocale>

namespace tripmig::sandbox {

namespace {

bool has_locale(const char* name) {
    const locale_t locale = ::newlocale(LC_ALL_MASK, name, nullptr);
    if (locale == nullptr)
        return false;
    ::freelocale(locale);
    return true;
}

/// unix_socket_directories is a list (manual 20.3.1): quoted, a comma or a blank in the path is no separator.
std::string quoted_directory(const std::string& path) {
    std::string quoted = "\"";
    for (const char c : path) {
        if (c == '"')
            quoted += c;
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace

std::vector<std::string> initdb_command(const Server& server) {
    const char* const locale = has_locale("C.UTF-8") ? "C.UTF-8" : "C";
    return {server.bindir / "initdb",
            "--pgdata=" + server.data_directory().string(),
            "--username=postgres",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            fmt::format("--locale={}", locale),
            "--no-sync"};
}

std::vector<std::string> copy_command(const Server& server, const std::filesystem::path& from) {
    return {"/bin/cp", "-a", "--", from / "data", server.data_directory()};
}

std::vector<std::string> postgres_command(const Server& server) {
    std::vector<std::string> command{server.bindir / "postgres", "-D", server.data_directory()};
    const auto set = [&command](const std::string& name, const std::string& value) {
        command.emplace_back("-c");
        command.push_back(name + "=" + value);
    };
    set("listen_addresses", server.listens ? "127.0.0.1" : "");
    set("port", std::to_string(server.port));
    set("unix_socket_directories", quoted_directory(server.directory));
    set("unix_socket_permissions", "0700");
    set("max_connections", "200");
    set("timezone", "UTC");
    set("log_timezone", "UTC");
    if (!server.durable) {
        set("fsync", "off");
        set("full_page_writes", "off");
    }
    for (const Setting& setting : server.settings)
        set(setting.name, setting.value);
    return command;
}

std::vector<std::string> remove_command(const Server& server) {
    const std::string socket = server.socket_file();
    return {"/bin/rm", "-rf",           "--", server.data_directory(), server.log_file(), server.state_file(),
            socket,    socket + ".lock"};
}

std::string bootstrap_sql(const Server& server) {
    const std::string password = server.listens ? fmt::format(" PASSWORD '{}'", server.password) : "";
    return fmt::format(
        "CREATE ROLE sandbox LOGIN NOSUPERUSER CREATEDB CREATEROLE{};\n"
        "CREATE DATABASE sandbox OWNER sandbox;\n",
        password);
}

std::string password_sql(const Server& server) {
    return server.listens ? fmt::format("ALTER ROLE sandbox PASSWORD '{}';\n", server.password) : "";
}

}  // namespace tripmig::sandbox
