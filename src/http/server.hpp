#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/stop_signal.hpp"
#include "http/request.hpp"

namespace tripmig::http {

/// Where a server listens.
struct Address {
    std::string host;  ///< "127.0.0.1", "::1"; empty: every address of the machine
    std::string port;
};

/// "127.0.0.1:9187", "[::1]:9187", ":9187", "localhost:9187". Throws Error{usage}.
Address parse_address(std::string_view text);

/// What one client may take.
struct Limits {
    std::chrono::milliseconds request{10'000};   ///< from the connection to the end of the request's head
    std::chrono::milliseconds response{30'000};  ///< from there to the last byte that the client takes
    std::size_t head_bytes = 8192;
    std::size_t connections = 256;  ///< with more than that the oldest one ends
};

/// Answers GET and HEAD with what is made already: one thread, no wait for any client. Each connection is for one
/// request; a client that is slow, or silent, holds nobody else up and is gone when its time is over.
class Server {
  public:
    using Handler = std::function<Response(const Request&)>;

    /// Listens at once. Throws Error{refused} that names the address when it is taken or not this machine's.
    Server(const Address& address, Handler handler, Limits limits = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// "127.0.0.1:9187", with the port that was given for 0.
    [[nodiscard]] std::string address() const;

    /// Until the signal is raised: then at once.
    void run(const StopSignal& stop);

  private:
    struct Connection;

    void accept_all();
    void accept_from(int listener);
    /// What is there to do for that connection; false: it is over.
    bool serve(Connection& connection, bool is_ready);
    bool receive(Connection& connection);
    void answer(Connection& connection);
    static bool send(Connection& connection);

    Handler m_handler;
    Limits m_limits;
    std::vector<int> m_listeners;
    std::list<std::unique_ptr<Connection>> m_connections;  ///< the oldest first
};

}  // namespace tripmig::http
