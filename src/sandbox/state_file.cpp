#include "sandbox/state_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <string>
#include <system_error>

#include "base/error.hpp"

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

[[noreturn]] void cannot_write(const fs::path& file) {
    throw Error(ExitCode::unexpected,
                fmt::format("cannot write {}: {}", file.string(), std::generic_category().message(errno)));
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
                    "if the directory is none, name another one: --dir DIR");
}

}  // namespace

void write_state(const Server& server, const std::optional<ServerUser>& owner) {
    const fs::path file = server.state_file();
    const std::string text = state_text(server);
    const int descriptor =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        cannot_write(file);
    const bool owned = !owner || ::fchown(descriptor, owner->uid, owner->gid) == 0;
    const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const bool closed = ::close(descriptor) == 0;
    if (!owned || !written || !closed)
        cannot_write(file);
}

std::optional<Server> read_state(const fs::path& directory) {
    Server server;
    server.directory = directory;
    std::ifstream stream(server.state_file());
    if (!stream)
        return std::nullopt;
    for (std::string line; std::getline(stream, line);)
        take_line(server, server.state_file(), line);
    return server;
}

}  // namespace tripmig::sandbox
