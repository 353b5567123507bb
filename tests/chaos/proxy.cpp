#include "chaos/proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "chaos/message.hpp"

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

std::string to_string(Hit hit) {
    switch (hit) {
        case Hit::none:
            break;
        case Hit::kill_before:
            return "killed before";
        case Hit::kill_after:
            return "killed after";
        case Hit::cut_before:
            return "cut off before";
        case Hit::cut_after:
            return "cut off after";
        case Hit::end_before:
            return "sessions ended before";
        case Hit::end_after:
            return "sessions ended after";
    }
    return "undisturbed at";
}

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

void Proxy::arm(std::function<Hit(const Message&)> choose, std::function<bool(Hit)> act) {
    const std::lock_guard<std::mutex> lock(m_guard);
    m_choose = std::move(choose);
    m_act = std::move(act);
    m_struck.clear();
    m_messages = 0;
    m_has_hit = false;
}

bool Proxy::has_hit() {
    const std::lock_guard<std::mutex> lock(m_guard);
    return m_has_hit;
}

std::string Proxy::struck() {
    const std::lock_guard<std::mutex> lock(m_guard);
    return m_struck;
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

/// False when there was nobody to be ended: the command goes on.
bool Proxy::strike(Hit hit) {
    const bool is_end = hit == Hit::end_before || hit == Hit::end_after;
    {
        const std::lock_guard<std::mutex> lock(m_guard);
        if (!is_end)
            m_choose = nullptr;
        if (m_act) {  // else the command ended by itself since: it was its last message
            if (!m_act(hit))
                return false;
            m_has_hit = true;
        }
    }
    if (!is_end)
        close_all();  // those that are ended tell the command so themselves
    return true;
}

Hit Proxy::chosen(Pair& pair, std::string_view bytes) {
    const std::lock_guard<std::mutex> lock(m_guard);
    Message message{++m_messages, words_of(bytes, pair.last.empty()), pair.last};
    pair.last = message.words;
    const Hit hit = m_choose ? m_choose(message) : Hit::none;
    if (hit != Hit::none)
        m_struck = to_string(hit) + " message " + std::to_string(message.number) + ", " + message.words.substr(0, 300);
    return hit;
}

namespace {

bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t step = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (step <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(step));
    }
    return true;
}

}  // namespace

/// False when that way is closed, or everything is.
bool Proxy::pass_forth(Pair& pair) {
    std::array<char, 65536> buffer{};
    const ssize_t count = ::recv(pair.client, buffer.data(), buffer.size(), 0);
    if (count <= 0)
        return false;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    const Hit hit = chosen(pair, bytes);
    const int to = pair.server;
    switch (hit) {
        case Hit::none:
            return send_all(to, bytes);
        case Hit::end_before:
            return strike(hit) || send_all(to, bytes);
        case Hit::end_after:
            (void)send_all(to, bytes);
            (void)strike(hit);
            return true;
        case Hit::kill_after:
        case Hit::cut_after:
            (void)send_all(to, bytes);
            [[fallthrough]];
        default:
            (void)strike(hit);
            return false;
    }
}

bool Proxy::pass_back(const Pair& pair) {
    std::array<char, 65536> buffer{};
    const ssize_t count = ::recv(pair.server, buffer.data(), buffer.size(), 0);
    return count > 0 && send_all(pair.client, {buffer.data(), static_cast<std::size_t>(count)});
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
        const std::size_t count = m_pairs.size();
        for (std::size_t number = 0; number < count; ++number) {
            Pair& pair = m_pairs[number];
            const bool from_client = waits[1 + 2 * number].revents != 0;
            const bool from_server = waits[2 + 2 * number].revents != 0;
            if ((!from_client || pass_forth(pair)) && (!from_server || pass_back(pair)))
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
