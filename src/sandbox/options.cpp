#include "sandbox/options.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace tripmig::sandbox {

namespace fs = std::filesystem;

namespace {

std::string random_letters(std::size_t count) {
    static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
    std::string text(count, ' ');
    if (::getrandom(text.data(), count, 0) != static_cast<ssize_t>(count))
        throw Error(ExitCode::unexpected, "the system provided no random numbers");
    for (char& c : text)
        c = letters[static_cast<unsigned char>(c) % letters.size()];
    return text;
}

/// A port that nobody listens on at this moment.
int free_port() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool found =
        descriptor >= 0 && ::bind(descriptor, generic, length) == 0 && ::getsockname(descriptor, generic, &length) == 0;
    if (descriptor >= 0)
        ::close(descriptor);
    if (!found)
        throw Error(ExitCode::refused, "there is no free port on 127.0.0.1", "omit --listen: the socket needs no port");
    return ntohs(address.sin_port);
}

/// sockaddr_un holds 108 bytes with the closing zero; the name of the socket is .s.PGSQL.PORT.
void check_socket_path(const fs::path& directory) {
    constexpr std::size_t limit = 107;
    const std::size_t length = directory.string().size() + std::strlen("/.s.PGSQL.65535");
    if (length > limit)
        throw Error(
            ExitCode::usage,
            fmt::format("{} is too long for the server's socket by {} bytes", directory.string(), length - limit),
            "use a directory with a shorter path: --dir DIR");
}

}  // namespace

Server describe_server(const Options& options) {
    Server server;
    server.directory = options.directory.empty() ? fs::path("/tmp") / ("tripmig-" + random_letters(8))
                                                 : fs::absolute(options.directory).lexically_normal();
    check_socket_path(server.directory);
    server.bindir = options.bindir;
    server.durable = options.durable;
    server.settings = options.settings;
    if (options.port) {
        constexpr std::size_t password_length = 24;
        server.listens = true;
        server.port = *options.port == 0 ? free_port() : *options.port;
        server.password = random_letters(password_length);
    }
    return server;
}

}  // namespace tripmig::sandbox
