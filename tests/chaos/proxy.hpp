#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tripmig::chaos {

/// What happens to a command at one of its messages.
enum class Hit {
    none,
    kill_before,  ///< SIGKILL, and the message never arrives
    kill_after,   ///< SIGKILL once it was passed on: the server does it, or not
    cut_before,   ///< all its connections break
    cut_after,    ///< they break once the message was passed on: a COMMIT may be in doubt
    end_before,   ///< pg_terminate_backend for all of them, and the message never arrives
    end_after,    ///< the same once it was passed on
};
std::string to_string(Hit hit);

/// What a command sent at once.
struct Message {
    int number = 0;      ///< over all its connections, from 1
    std::string words;   ///< see words_of()
    std::string before;  ///< those of the one before it on the same connection
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

    /// From now on `choose` is asked at each message, until it says another thing than none: that happens. `act` does
    /// what the proxy can't: killing the command, ending its sessions; false: there was no session yet, and nothing
    /// happened. After an end it is asked again: a session that the server did not know yet goes on to its next
    /// message.
    void arm(std::function<Hit(const Message& message)> choose, std::function<bool(Hit hit)> act);

    /// Waits for a strike that is under way: the command may be dead before it is over.
    [[nodiscard]] bool has_hit();
    /// What happened where, for whoever plays it again. Empty: nothing.
    [[nodiscard]] std::string struck();
    [[nodiscard]] int messages() const { return m_messages; }

  private:
    struct Pair {
        int client = -1;
        int server = -1;
        std::string last = {};  ///< what the client sent, in words
    };
    void serve();
    void accept_one();
    bool pass_forth(Pair& pair);
    static bool pass_back(const Pair& pair);
    Hit chosen(Pair& pair, std::string_view bytes);
    bool strike(Hit hit);
    void close_all();

    std::string m_server;
    int m_listener = -1;
    std::vector<Pair> m_pairs;
    std::atomic<bool> m_stop{false};
    bool m_has_hit = false;
    std::atomic<int> m_messages{0};
    std::mutex m_guard;
    std::function<Hit(const Message&)> m_choose;
    std::function<bool(Hit)> m_act;
    std::string m_struck;
    std::thread m_thread;
};

}  // namespace tripmig::chaos
