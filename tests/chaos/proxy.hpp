#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tripmig::chaos {

/// What happens to a command when it has sent so many messages.
enum class Hit {
    none,
    kill_before,  ///< SIGKILL, and the message never arrives
    kill_after,   ///< SIGKILL once it was passed on: the server does it, or not
    cut_before,   ///< all its connections break
    cut_after,    ///< they break once the message was passed on: a COMMIT may be in doubt
};

/// A man in the middle between a command and the server: a Unix socket that passes bytes on and counts what the command
/// sends. So "at every step" means every message that tripmig ever sends, not those it tells about.
class Proxy {
  public:
    /// `folder`: where its socket is made. `server`: the server's own socket.
    Proxy(const std::filesystem::path& folder, std::string server);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    /// From now on: at the message number `at`, counted from here over all connections. `victim` kills the command.
    void arm(Hit hit, int at, std::function<void()> victim);

    [[nodiscard]] bool has_hit() const { return m_has_hit; }
    [[nodiscard]] int messages() const { return m_messages; }

  private:
    struct Pair {
        int client = -1;
        int server = -1;
    };
    void serve();
    void accept_one();
    bool pass(int from, int to, bool is_client);
    void strike();
    void close_all();

    std::string m_server;
    int m_listener = -1;
    std::vector<Pair> m_pairs;
    std::atomic<bool> m_stop{false};
    std::atomic<bool> m_has_hit{false};
    std::atomic<int> m_messages{0};
    std::mutex m_guard;
    Hit m_hit = Hit::none;
    int m_at = 0;
    std::function<void()> m_victim;
    std::thread m_thread;
};

}  // namespace tripmig::chaos
