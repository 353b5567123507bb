#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/server_user.hpp"
#include "sandbox/supervisor_report.hpp"

namespace tripmig::sandbox {

/// What the supervisor is to do, all of it known before it starts.
struct SupervisorOrders {
    std::filesystem::path directory;        ///< the sandbox's
    bool make_directory = false;            ///< it does not exist yet
    std::filesystem::path log_file;         ///< of initdb and the server
    std::vector<std::string> make_cluster;  ///< the command line of initdb or cp; empty: there is a cluster already
    std::vector<std::string> postgres;      ///< the command line
    std::vector<std::string> remove;        ///< the command line that clears the directory; empty: the cluster stays
    std::optional<ServerUser> user;         ///< whom these run as
    bool die_together = true;               ///< the server ends when the supervisor is killed
};

/// The handle of a process that makes, runs and clears away a server, and does the last even when this process is
/// killed: it notices that the socket between the two has no other end any more. Until then it waits; it never polls.
class Supervisor {
  public:
    explicit Supervisor(const SupervisorOrders& orders);
    ~Supervisor();  ///< Stops the server at once, clears the directory, and returns when both are gone.
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    /// The next report, when one comes within that time. Only failures and ends are reported: no news is good news, but
    /// for the cluster, which is told when it is made.
    std::optional<SupervisorReport> next_report(std::chrono::milliseconds wait);

    /// The supervisor leaves; the server stays.
    void release();

    /// Stops the server cleanly and leaves its directory.
    void stop_and_keep();

  private:
    void give_last_order(char order);
    void clear_in_its_place() const;

    std::filesystem::path m_directory;
    std::vector<std::string> m_remove;
    pid_t m_pid = -1;
    int m_socket = -1;
};

}  // namespace tripmig::sandbox
