#include "chaos/proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace tripmig::chaos {

namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw std::runtime_error("too long for a socket: " + path);
    std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.size());
    return address;
}

int made_socket() {
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        throw std::runtime_error("no socket");
    return descriptor;
}

}  // namespace

Proxy::Proxy(const std::filesystem::path& folder, std::string server)
    : m_server(std::move(server)), m_listener(made_socket()) {
    const sockaddr_un address = address_of(folder / ".s.PGSQL.5432");
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets API
    if (::bind(m_listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(m_listener, 16) != 0)
        throw std::runtime_error("cannot listen in " + folder.string());
    m_thread = std::thread([this] { serve(); });
}

Proxy::~Proxy() {
    m_stop = true;
    m_thread.join();
    close_all();
    ::close(m_listener);
}

void Proxy::arm(Hit hit, int at, std::function<void()> victim) {
    const std::lock_guard<std::mutex> lock(m_guard);
    m_hit = hit;
    m_at = at;
    m_victim = std::move(victim);
    m_messages = 0;
    m_has_hit = false;
}

void Proxy::close_all() {
    for (const Pair& pair : m_pairs) {
        ::close(pair.client);
        ::close(pair.server);
    }
    m_pairs.clear();
}

void Proxy::accept_one() {
    Pair pair;
    pair.client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (pair.client < 0)
        return;
    pair.server = made_socket();
    const sockaddr_un address = address_of(m_server);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets API
    if (::connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(pair.client);
        ::close(pair.server);
        return;
    }
    m_pairs.push_back(pair);
}

void Proxy::strike() {
    m_has_hit = true;
    if (m_hit == Hit::kill_before || m_hit == Hit::kill_after)
        m_victim();
    m_hit = Hit::none;
    close_all();
}

/// False when that way is closed, or everything is.
bool Proxy::pass(int from, int to, bool is_client) {
    std::array<char, 65536> buffer{};
    const ssize_t count = ::recv(from, buffer.data(), buffer.size(), 0);
    if (count <= 0)
        return false;
    const std::lock_guard<std::mutex> lock(m_guard);
    const bool is_it = is_client && ++m_messages == m_at && m_hit != Hit::none;
    if (is_it && (m_hit == Hit::kill_before || m_hit == Hit::cut_before)) {
        strike();
        return false;
    }
    for (ssize_t sent = 0; sent < count;) {
        const ssize_t step = ::send(to, buffer.data() + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL);
        if (step <= 0)
            return false;
        sent += step;
    }
    if (is_it)
        strike();
    return !is_it;
}

void Proxy::serve() {
    while (!m_stop) {
        std::vector<pollfd> waits{{m_listener, POLLIN, 0}};
        for (const Pair& pair : m_pairs) {
            waits.push_back({pair.client, POLLIN, 0});
            waits.push_back({pair.server, POLLIN, 0});
        }
        if (::poll(waits.data(), waits.size(), 50) <= 0)
            continue;
        const std::vector<Pair> pairs = m_pairs;
        for (std::size_t number = 0; number < pairs.size() && !m_pairs.empty(); ++number) {
            const Pair& pair = pairs[number];
            const bool from_client = (waits[1 + 2 * number].revents) != 0;
            const bool from_server = (waits[2 + 2 * number].revents) != 0;
            if ((!from_client || pass(pair.client, pair.server, true)) && m_pairs.size() == pairs.size() &&
                (!from_server || pass(pair.server, pair.client, false)))
                continue;
            if (m_pairs.empty())
                break;  // struck
            ::close(pair.client);
            ::close(pair.server);
            m_pairs.erase(m_pairs.begin() + static_cast<std::ptrdiff_t>(number));
            break;  // look again
        }
        if ((waits[0].revents & POLLIN) != 0)
            accept_one();
    }
}

}  // namespace tripmig::chaos
