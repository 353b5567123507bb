#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sandbox/server.hpp"

namespace tripmig::sandbox {

/// initdb for a fresh cluster: superuser `postgres`, UTF-8, trust on the socket, passwords over TCP.
std::vector<std::string> initdb_command(const Server& server);

/// cp of another sandbox's cluster, which no server uses.
std::vector<std::string> copy_command(const Server& server, const std::filesystem::path& from);

/// The server in the foreground, its settings on the command line.
std::vector<std::string> postgres_command(const Server& server);

/// rm for what a sandbox made in its directory, and for nothing else that stands there.
std::vector<std::string> remove_command(const Server& server);

/// What a fresh cluster is told by its superuser: role and database `sandbox`.
std::string bootstrap_sql(const Server& server);

/// What a copied one is told, which has both: the role's password. Empty: nothing.
std::string password_sql(const Server& server);

}  // namespace tripmig::sandbox
