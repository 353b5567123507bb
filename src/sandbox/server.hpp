#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/setting.hpp"

namespace tripmig::sandbox {

/// A throw-away server, whether it runs or not. Everything it is lives in one directory, that no one but its own user
/// (and root) may enter: the socket there trusts whoever reaches it.
struct Server {
    std::filesystem::path directory;
    std::filesystem::path bindir;
    int port = 5432;       ///< of the socket's name, and of TCP when it listens
    bool listens = false;  ///< on 127.0.0.1, with scram-sha-256
    std::string password;  ///< of role sandbox over TCP; empty: it does not listen
    bool durable = false;  ///< fsync and full_page_writes are on
    std::vector<Setting> settings;

    [[nodiscard]] std::filesystem::path data_directory() const { return directory / "data"; }
    [[nodiscard]] std::filesystem::path log_file() const { return directory / "server.log"; }
    [[nodiscard]] std::filesystem::path state_file() const { return directory / "sandbox.state"; }
    [[nodiscard]] std::filesystem::path socket_file() const { return directory / (".s.PGSQL." + std::to_string(port)); }
    [[nodiscard]] std::string host() const { return listens ? "127.0.0.1" : directory.string(); }

    /// Database `sandbox`, as its owner, role `sandbox`: no superuser, but CREATEDB and CREATEROLE, as on a managed
    /// server.
    [[nodiscard]] std::string url() const;
    /// Database `sandbox`, as role `postgres`, always over the socket.
    [[nodiscard]] std::string superuser_url() const;

    /// The postmaster's process id, when it runs. A stale postmaster.pid counts as not running: the process must have
    /// the data directory as its working directory.
    [[nodiscard]] std::optional<pid_t> pid() const;
    /// Runs, and accepts connections (manual 73.1: the last line of postmaster.pid).
    [[nodiscard]] bool is_ready() const;

    /// The last lines of the server's log, for a person to read.
    [[nodiscard]] std::string log_tail(std::size_t lines = 20) const;
};

}  // namespace tripmig::sandbox
