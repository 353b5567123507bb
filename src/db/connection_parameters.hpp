#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace tripmig::db {

/// libpq's keyword/value pairs for one connection: the configured ones, the password from its file or command (read
/// anew at every call, since mounted secrets and cloud tokens change), application_name `tripmig ROLE`, UTF-8, TCP
/// keepalives and tcp_user_timeout, so that the lock of a dead pod goes within about 30 seconds (manual 34.1.2). Throws
/// Error{usage} when the password file cannot be read or the command fails, never with its output; each has
/// `connect_timeout` and 64 KiB. Error{terminated} when a signal stopped it.
std::map<std::string, std::string> connection_parameters(const config::DatabaseConfig& database, std::string_view role);

/// The same database past its pooler, when `direct_url` says where that is: for sessions that hold locks.
config::DatabaseConfig direct_connection(const config::DatabaseConfig& database);

}  // namespace tripmig::db
