#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "base/exit_code.hpp"
#include "sandbox/options.hpp"
#include "sandbox/server.hpp"

namespace tripmig::app {

/// What a throw-away server shall be.
struct SandboxOptions {
    std::string bindir;                 ///< of initdb and postgres; empty: looked for
    std::string directory;              ///< empty: a fresh one
    std::string from;                   ///< a stopped sandbox to copy; empty: none
    std::vector<std::string> settings;  ///< NAME=VALUE
    bool durable = false;
    std::optional<int> port;  ///< of 127.0.0.1; 0: any free one
};

/// Throws Error{usage} for a setting that is none and a bindir without server programs, Error{refused} where none are
/// found.
sandbox::Options describe_sandbox(const Context& context, const SandboxOptions& options);

/// What is in a sandbox's directory.
struct SandboxStatus {
    std::filesystem::path directory;
    std::optional<sandbox::Server> server;  ///< nullopt: nothing
    std::optional<pid_t> pid;               ///< nullopt: it does not run

    [[nodiscard]] ExitCode exit_code() const { return pid ? ExitCode::ok : ExitCode::unreachable; }
};

/// A server that stays.
SandboxStatus start_sandbox(const Context& context, const SandboxOptions& options);

/// Changes nothing.
SandboxStatus sandbox_status(const std::filesystem::path& directory);
/// Throws Error{unreachable} when it does not run.
SandboxStatus require_sandbox(const std::filesystem::path& directory);

struct StoppedSandbox {
    std::filesystem::path directory;
    bool was_there = false;
    bool is_kept = false;  ///< the directory, to be started again
};

StoppedSandbox stop_sandbox(const Context& context, const std::filesystem::path& directory, bool keep);

}  // namespace tripmig::app
