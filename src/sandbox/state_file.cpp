#include "sandbox/state_file.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <system_error>

#include "base/error.hpp"
#include "base/lines.hpp"
#include "base/read_file.hpp"
#include "base/write_file.hpp"

namespace tripmig::sandbox {

namespace fs = std::filesystem;

namespace {

std::string state_text(const Server& server) {
    std::string text = fmt::format("bindir={}\nport={}\nlistens={}\ndurable={}\npassword={}\n", server.bindir.string(),
                                   server.port, server.listens ? 1 : 0, server.durable ? 1 : 0, server.password);
    for (const Setting& setting : server.settings)
        text += fmt::format("setting={}={}\n", setting.name, setting.value);
    return text;
}

void take_line(Server& server, const fs::path& file, const std::string& line) {
    const std::size_t equals = line.find('=');
    const std::string key = line.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : line.substr(equals + 1);
    if (key == "bindir")
        server.bindir = value;
    else if (key == "listens")
        server.listens = value == "1";
    else if (key == "durable")
        server.durable = value == "1";
    else if (key == "password")
        server.password = value;
    else if (key == "setting")
        server.settings.push_back(parse_setting(value));
    else if (key != "port" || std::from_chars(value.data(), value.data() + value.size(), server.port).ec != std::errc{})
        throw Error(ExitCode::refused, fmt::format("{} does not describe a sandbox: '{}'", file.string(), line),
                    "if the directory is not a sandbox, use another one: --dir DIR");
}

}  // namespace

void write_state(const Server& server, const std::optional<ServerUser>& owner) {
    const std::optional<FileOwner> given = owner ? std::optional(FileOwner{owner->uid, owner->gid}) : std::nullopt;
    if (const std::error_code failed = write_private_file(server.state_file(), state_text(server), given))
        throw Error(ExitCode::unexpected,
                    fmt::format("cannot write {}: {}", server.state_file().string(), failed.message()));
}

std::optional<Server> read_state(const fs::path& directory) {
    Server server;
    server.directory = directory;
    std::string text;
    if (read_file(server.state_file(), text))
        return std::nullopt;
    for (const std::string& line : split_lines(text))
        take_line(server, server.state_file(), line);
    return server;
}

}  // namespace tripmig::sandbox
