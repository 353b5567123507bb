#include "sandbox/server.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <string_view>
#include <system_error>

#include "base/lines.hpp"
#include "base/read_file.hpp"

namespace tripmig::sandbox {

namespace fs = std::filesystem;

namespace {

/// RFC 3986: what is not unreserved becomes %XX; a slash may stand in a query.
std::string percent_encoded(const std::string& text, std::string_view also_plain) {
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos ||
            also_plain.find(c) != std::string_view::npos)
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", byte);
    }
    return encoded;
}

std::string socket_url(const Server& server, std::string_view role) {
    return fmt::format("postgresql://{}@/sandbox?host={}&port={}", role,
                       percent_encoded(server.directory.string(), "/"), server.port);
}

/// None when it cannot be read.
std::vector<std::string> lines_in(const fs::path& file) {
    std::string text;
    return read_file(file, text) ? std::vector<std::string>() : split_lines(text);
}

}  // namespace

std::string Server::url() const {
    if (listens)
        return fmt::format("postgresql://sandbox:{}@127.0.0.1:{}/sandbox", percent_encoded(password, ""), port);
    return socket_url(*this, "sandbox");
}

std::string Server::superuser_url() const {
    return socket_url(*this, "postgres");
}

std::optional<pid_t> Server::pid() const {
    const std::vector<std::string> lines = lines_in(data_directory() / "postmaster.pid");
    pid_t number = 0;
    if (lines.empty() || std::from_chars(lines[0].data(), lines[0].data() + lines[0].size(), number).ec != std::errc{})
        return std::nullopt;
    if (number <= 1)
        return std::nullopt;
    std::error_code failure;
    const fs::path working_directory = fs::read_symlink(fmt::format("/proc/{}/cwd", number), failure);
    if (failure || !fs::equivalent(working_directory, data_directory(), failure))
        return std::nullopt;
    return number;
}

bool Server::is_ready() const {
    constexpr std::size_t status_line = 7;
    const std::vector<std::string> lines = lines_in(data_directory() / "postmaster.pid");
    return lines.size() > status_line && lines[status_line].rfind("ready", 0) == 0 && pid().has_value();
}

std::string Server::log_tail(std::size_t lines) const {
    const std::vector<std::string> all = lines_in(log_file());
    const std::size_t first = all.size() > lines ? all.size() - lines : 0;
    return fmt::format("{}", fmt::join(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(), "\n"));
}

}  // namespace tripmig::sandbox
