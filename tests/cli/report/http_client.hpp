#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace tripmig::test {

/// A connection to a port of this machine, with no manners but those that a test gives it.
class HttpConnection {
  public:
    explicit HttpConnection(int port) : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(m_socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            ::close(m_socket);
            throw std::runtime_error("cannot connect");
        }
    }
    ~HttpConnection() {
        if (m_socket >= 0)
            ::close(m_socket);
    }
    HttpConnection(HttpConnection&& other) noexcept : m_socket(std::exchange(other.m_socket, -1)) {}
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    void send(const std::string& text) const { ::send(m_socket, text.data(), text.size(), MSG_NOSIGNAL); }

    /// All that comes until the other side ends the connection.
    [[nodiscard]] std::string receive_all(std::chrono::milliseconds patience = std::chrono::seconds(10)) const {
        const auto end = std::chrono::steady_clock::now() + patience;
        std::string text;
        std::array<char, 65536> piece{};
        for (;;) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
            pollfd watched{m_socket, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&watched, 1, static_cast<int>(left.count())) <= 0)
                throw std::runtime_error("the server is silent; so far it sent " + std::to_string(text.size()) +
                                         " bytes");
            const ssize_t count = ::recv(m_socket, piece.data(), piece.size(), 0);
            if (count <= 0)
                return text;
            text.append(piece.data(), static_cast<std::size_t>(count));
        }
    }

  private:
    int m_socket;
};

struct HttpAnswer {
    int status = 0;
    std::string head;
    std::string body;
};

inline HttpAnswer parse_answer(const std::string& text) {
    const std::size_t end = text.find("\r\n\r\n");
    if (text.rfind("HTTP/1.1 ", 0) != 0 || end == std::string::npos)
        throw std::runtime_error("not an answer: " + text.substr(0, 100));
    return {std::stoi(text.substr(9, 3)), text.substr(0, end + 2), text.substr(end + 4)};
}

inline HttpAnswer http_get(int port, const std::string& path, const std::string& method = "GET") {
    const HttpConnection connection(port);
    connection.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return parse_answer(connection.receive_all());
}

}  // namespace tripmig::test
