// How a connection comes about: begun without waiting, completed within its time, tried again when all are taken.

#include <fmt/format.h>
#include <poll.h>

#include <csignal>

#include "base/error.hpp"
#include "config/connection_string.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "db/connection_state.hpp"
#include "db/own_settings.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

namespace {

/// A session that only watches another one: that one works on without it when no connection is free.
bool is_optional(std::string_view role) {
    return role == "watcher" || role == "witness";
}

}  // namespace

PendingConnection::PendingConnection(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                                     const StopSignal& stop)
    : m_state(std::make_unique<ConnectionState>(database, role, reporter, stop)), m_timeout(database.connect_timeout) {
    m_state->waits_for_free = !is_optional(role);
    try {
        m_state->parameters = connection_parameters(database, role);
    } catch (const Error&) {
        stop.check();  // it ended the password command
        throw;
    }
    m_state->description = config::redacted(m_state->parameters);
    m_state->start();
}

PendingConnection::~PendingConnection() = default;
PendingConnection::PendingConnection(PendingConnection&&) noexcept = default;

Connection::Connection(PendingConnection pending, SessionSettings settings) : m_state(std::move(pending.m_state)) {
    m_state->complete(pending.m_timeout);
    if (settings == SessionSettings::own)
        execute(own_settings_sql(server_version()));
}

Connection::Connection(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                       const StopSignal& stop, SessionSettings settings)
    : Connection(PendingConnection(database, role, reporter, stop), settings) {
}

}  // namespace tripmig::db
