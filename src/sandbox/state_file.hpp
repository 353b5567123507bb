#pragma once

#include <filesystem>
#include <optional>

#include "sandbox/server.hpp"
#include "sandbox/server_user.hpp"

namespace tripmig::sandbox {

/// Puts down, in the sandbox's own directory, what a later command needs to find, stop or restart the server.
void write_state(const Server& server, const std::optional<ServerUser>& owner);

/// The server of that directory, running or not; none when the directory is no sandbox.
/// Throws Error{refused} when the file there cannot be understood.
std::optional<Server> read_state(const std::filesystem::path& directory);

}  // namespace tripmig::sandbox
