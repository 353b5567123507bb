#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "base/exit_code.hpp"
#include "sandbox/server.hpp"

namespace tripmig::cli {

/// The environment of a command in a sandbox: `base` without anything that could lead a client elsewhere (libpq's
/// variables, manual 34.15, and our own of [database]), with DATABASE_URL and PG* pointing into the sandbox.
std::map<std::string, std::string> sandbox_environment(std::map<std::string, std::string> base,
                                                       const sandbox::Server& server);

/// Runs the command to its end, its stdin, stdout and stderr being ours. Returns what a shell would: its exit code,
/// 128 + the signal that ended it, 127 when there is no such program, 126 when it cannot be run.
/// SIGINT, SIGTERM and SIGHUP to us alone go on to the command (a Ctrl-C has reached it already); it gets SIGTERM when
/// we are killed.
ExitCode run_command(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                     Reporter& reporter);

}  // namespace tripmig::cli
