#include "http/server.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/error.hpp"

namespace tripmig::http {

using Clock = std::chrono::steady_clock;

/// One client. Its answer is made as soon as its head has come; what else it sends is not read.
struct Server::Connection {
    Connection(int descriptor, Clock::time_point end) : socket(descriptor), deadline(end) {}
    ~Connection() { ::close(socket); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int socket;
    Clock::time_point deadline;
    std::string received = {};
    std::string head = {};                              ///< of the answer
    std::shared_ptr<const std::string> body = nullptr;  ///< null: HEAD
    std::size_t sent = 0;                               ///< of both
    bool is_answered = false;
    bool is_closing = false;  ///< all is sent; the client's end of it is waited for
};

namespace {

std::string numeric_address(const sockaddr* address, socklen_t length) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    if (::getnameinfo(address, length, host.data(), host.size(), port.data(), port.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return "?";
    const std::string text = host.data();
    return fmt::format("{}:{}", text.find(':') == std::string::npos ? text : "[" + text + "]", port.data());
}

/// -1, with errno set, when it can't.
int listen_on(const addrinfo& where) {
    const int socket = ::socket(where.ai_family, where.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, where.ai_protocol);
    if (socket < 0)
        return -1;
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (where.ai_family == AF_INET6)  // IPv4 has a socket of its own
        ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(socket, where.ai_addr, where.ai_addrlen) == 0 && ::listen(socket, SOMAXCONN) == 0)
        return socket;
    const int failed = errno;
    ::close(socket);
    errno = failed;
    return -1;
}

Error cannot_listen(const Address& address, const std::string& why) {
    return {ExitCode::refused, fmt::format("cannot listen on {}:{}: {}", address.host, address.port, why),
            "choose another address or port with --listen, or stop what uses this one"};
}

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Addresses look_up(const Address& address) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int failed =
        ::getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(), address.port.c_str(), &hints, &found);
    if (failed != 0)
        throw cannot_listen(address, ::gai_strerror(failed));
    return {found, ::freeaddrinfo};
}

bool is_only_for_now(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

Address parse_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    Address address;
    if (colon != std::string_view::npos) {
        address.host = text.substr(0, colon);
        address.port = text.substr(colon + 1);
    }
    std::string& host = address.host;
    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (is_bracketed)
        host = host.substr(1, host.size() - 2);
    const bool is_number =
        !address.port.empty() && address.port.size() <= 5 &&
        std::all_of(address.port.begin(), address.port.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
    if (!is_number || std::stoi(address.port) > 65535 || (!is_bracketed && host.find(':') != std::string::npos))
        throw Error(ExitCode::usage, fmt::format("{} is not an address to listen on", text),
                    "write HOST:PORT: 127.0.0.1:9187, [::1]:9187, or :9187 for every address of this machine");
    return address;
}

Server::Server(const Address& address, Handler handler, Limits limits)
    : m_handler(std::move(handler)), m_limits(limits) {
    const Addresses addresses = look_up(address);
    int failed = 0;
    for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
        const int socket = listen_on(*each);
        if (socket >= 0)
            m_listeners.push_back(socket);
        else
            failed = errno;
        if (address.port == "0" && !m_listeners.empty())
            break;  // a second one would have another port
    }
    if (m_listeners.empty() || failed == EADDRINUSE) {
        for (const int listener : m_listeners)
            ::close(listener);
        throw cannot_listen(address, std::generic_category().message(failed));
    }
}

Server::~Server() {
    for (const int listener : m_listeners)
        ::close(listener);
}

std::string Server::address() const {
    std::string text;
    for (const int listener : m_listeners) {
        sockaddr_storage bound{};
        socklen_t length = sizeof bound;
        auto* const address = reinterpret_cast<sockaddr*>(&bound);  // NOLINT: as getsockname(2) wants it
        ::getsockname(listener, address, &length);
        text += (text.empty() ? "" : ", ") + numeric_address(address, length);
    }
    return text;
}

void Server::accept_from(int listener) {
    for (;;) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (socket < 0) {
            // No descriptor left: the oldest client gives its own up, or the loop would find the same again at once.
            if ((errno == EMFILE || errno == ENFILE) && !m_connections.empty()) {
                m_connections.pop_front();
                continue;
            }
            return;
        }
        if (m_connections.size() >= m_limits.connections)
            m_connections.pop_front();
        m_connections.push_back(std::make_unique<Connection>(socket, Clock::now() + m_limits.request));
    }
}

void Server::accept_all() {
    for (const int listener : m_listeners)
        accept_from(listener);
}

void Server::answer(Connection& connection) {
    const auto request = parse_request(connection.received);
    const bool is_head = request && request->method == "HEAD";
    Response response = plain_response(400, "this is not a request of HTTP/1.1\n");
    if (connection.received.size() > m_limits.head_bytes)
        response = plain_response(431, "the request's head is too long\n");
    else if (request && !is_head && request->method != "GET")
        response = plain_response(405, "only GET and HEAD\n");
    else if (request)
        response = m_handler(*request);
    connection.head = response_head(response);
    if (!is_head)
        connection.body = response.body;
    connection.received.clear();
    connection.is_answered = true;
    connection.deadline = Clock::now() + m_limits.response;
}

bool Server::receive(Connection& connection) {
    std::array<char, 4096> piece{};
    const ssize_t count = ::recv(connection.socket, piece.data(), piece.size(), 0);
    if (count < 0)
        return is_only_for_now(errno);
    if (count == 0)
        return false;
    if (connection.is_answered)  // what comes now belongs to no request that is answered
        return true;
    connection.received.append(piece.data(), static_cast<std::size_t>(count));
    if (end_of_head(connection.received) == std::string_view::npos && connection.received.size() <= m_limits.head_bytes)
        return true;
    answer(connection);
    return send(connection);
}

bool Server::send(Connection& connection) {
    for (;;) {
        std::string_view rest = connection.head;
        std::size_t sent = connection.sent;
        if (sent >= rest.size() && connection.body) {
            sent -= rest.size();
            rest = *connection.body;
        }
        rest.remove_prefix(std::min(sent, rest.size()));
        if (rest.empty())
            break;
        const ssize_t count = ::send(connection.socket, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count < 0)
            return is_only_for_now(errno);
        connection.sent += static_cast<std::size_t>(count);
    }
    // Closed at once, bytes that the client had sent in excess would turn into a reset, and the answer might be lost.
    if (!connection.is_closing)
        ::shutdown(connection.socket, SHUT_WR);
    connection.is_closing = true;
    return true;
}

bool Server::serve(Connection& connection, bool is_ready) {
    if (Clock::now() >= connection.deadline)
        return false;
    if (!is_ready)
        return true;
    return connection.is_answered && !connection.is_closing ? send(connection) : receive(connection);
}

void Server::run(const StopSignal& stop) {
    std::vector<pollfd> watched;
    while (!stop.is_raised()) {
        watched.assign(1, {stop.descriptor(), POLLIN, 0});
        for (const int listener : m_listeners)
            watched.push_back({listener, POLLIN, 0});
        const std::size_t first = watched.size();
        auto soonest = Clock::now() + std::chrono::minutes(1);
        for (const auto& connection : m_connections) {
            const bool sends = connection->is_answered && !connection->is_closing;
            watched.push_back({connection->socket, static_cast<short>(sends ? POLLOUT : POLLIN), 0});
            soonest = std::min(soonest, connection->deadline);
        }
        const auto patience = std::chrono::ceil<std::chrono::milliseconds>(soonest - Clock::now()).count();
        if (::poll(watched.data(), watched.size(), static_cast<int>(std::max<std::int64_t>(patience, 0))) < 0 &&
            errno != EINTR)
            throw Error(ExitCode::unexpected, "poll: " + std::generic_category().message(errno));
        std::size_t at = first;
        for (auto each = m_connections.begin(); each != m_connections.end(); ++at)
            each = serve(**each, watched[at].revents != 0) ? std::next(each) : m_connections.erase(each);
        accept_all();
    }
}

}  // namespace tripmig::http
