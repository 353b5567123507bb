#pragma once

#include <filesystem>
#include <optional>

#include "base/stop_signal.hpp"
#include "sandbox/options.hpp"
#include "sandbox/server.hpp"

namespace tripmig::sandbox {

/// Where `sandbox start` puts a server when nobody says where: /tmp/tripmig-sandbox-UID. (Not XDG_RUNTIME_DIR: that is
/// memory, and root's is closed to the user that its server runs as.)
std::filesystem::path default_directory();

struct Started {
    Server server;
    bool ran_already = false;
};

/// A server that outlives this process, in Options::directory. When one runs there it stays as it is; when a stopped
/// one lies there it is started again, with the new settings after its former ones. Throws Error{refused} when the
/// directory holds something else, or the server does not come up.
Started start_detached(const Options& options, const StopSignal& stop);

/// The sandbox of that directory, running or not; none: nothing is there. Throws Error{refused} when the directory is
/// not ours, or others may enter it: what stands in it may send us to somebody else's server.
std::optional<Server> find_detached(const std::filesystem::path& directory);

/// Throws Error{refused} when the directory holds no sandbox, or one that runs: such a cluster cannot be copied.
void require_stopped(const std::filesystem::path& directory);

/// Stops the server of that directory, when it runs, and removes what the sandbox made, unless `keep`.
/// Returns what it found there. Throws Error{refused} when the server belongs to somebody else or does not end.
std::optional<Server> stop_detached(const std::filesystem::path& directory, bool keep, const StopSignal& stop);

}  // namespace tripmig::sandbox
