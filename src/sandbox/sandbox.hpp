#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/stop_signal.hpp"
#include "sandbox/server.hpp"
#include "sandbox/supervisor.hpp"

namespace tripmig::sandbox {

/// When a server ends that nobody stops.
enum class Lifetime {
    bound,    ///< with the process that started it, SIGKILL included; its directory is made, and goes with it
    released  ///< it may outlive that process: release(). The directory stands already, perhaps with a stopped cluster
};

/// A running server that lives as long as this object, and no longer, unless it is released or kept: the destructor, or
/// the end of this process in whatever way, stops the server and removes what it made.
class Sandbox {
  public:
    /// Role and database `sandbox` are there, and the server accepts connections. `from`: the directory of a stopped
    /// sandbox whose cluster is copied where there is none; empty: a new one is made.
    /// Throws Error{refused} with the last lines of the server's log when it does not come up, Error{interrupted} or
    /// Error{terminated} when `stop` is raised first. Nothing is left then.
    Sandbox(Server server, Lifetime lifetime, const StopSignal& stop, std::filesystem::path from = {});

    [[nodiscard]] const Server& server() const noexcept { return m_server; }

    /// Has the server ended by itself? Then this is the end of its log.
    [[nodiscard]] std::optional<std::string> crash();

    /// The server outlives this process.
    void release() { m_supervisor->release(); }

    /// Stops the server cleanly and leaves the directory, to be started again.
    void stop_and_keep() { m_supervisor->stop_and_keep(); }

  private:
    void wait_until_ready(const StopSignal& stop);
    void heed(const SupervisorReport& report) const;
    [[noreturn]] void fail(const std::string& what) const;
    [[noreturn]] void fail_with_status(const std::string& job, int wait_status) const;
    void run_as_superuser(const std::string& sql) const;

    Server m_server;
    std::filesystem::path m_from;
    std::unique_ptr<Supervisor> m_supervisor;
};

}  // namespace tripmig::sandbox
