#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "db/connection.hpp"

namespace tripmig::db {

/// A run of a command that changes something. Holds no secret.
struct AuditEntry {
    std::int64_t id = 0;
    std::string command;  ///< "partition maintain"
    std::string options;  ///< as they are written
    std::string os_user;
    std::string host;
    std::int64_t pid = 0;
    std::string db_role;
    std::string application;                    ///< application_name as the configuration has it
    std::optional<std::string> client_address;  ///< as the server saw it; nullopt: a Unix socket
    std::string tool_version;
    std::string started_at;               ///< UTC
    std::optional<std::string> ended_at;  ///< nullopt: it is at work, or was killed
    std::optional<std::int64_t> duration_ms;
    std::optional<std::int64_t> exit_code;
    std::optional<std::string> message;  ///< of its error
};

/// Its id. What the server knows itself, and the times, are not taken from the entry.
std::int64_t begin_audit(Connection& connection, std::string_view state_schema, const AuditEntry& entry);
void end_audit(Connection& connection, std::string_view state_schema, std::int64_t id, int exit_code,
               const std::optional<std::string>& message);

/// The newest first, at most `most`. nullopt: the state schema has no audit that this role may read.
std::optional<std::vector<AuditEntry>> read_audit(Connection& connection, std::string_view state_schema,
                                                  std::optional<Instant> since, std::size_t most);

}  // namespace tripmig::db
