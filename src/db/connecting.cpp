// How a connection comes about: begun without waiting, completed within its time, tried again when all are taken.

#include <fmt/format.h>
#include <poll.h>

#include <csignal>

#include "base/error.hpp"
#include "config/connection_string.hpp"
#include "db/connection_parameters.hpp"
#include "db/connection_state.hpp"
#include "db/own_settings.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

void Connection::State::start() {
    connection.reset(start_connecting(parameters));
    if (raw() == nullptr)
        throw Error(ExitCode::unexpected, "libpq could not allocate a connection");
    polling = PGRES_POLLING_WRITING;
    tell_sqlstate(raw());
    PQsetNoticeReceiver(raw(), NoticeForwarder::receive, &notices);
    while (is_connecting() && advance()) {
    }
}

bool Connection::State::is_connecting() const {
    return PQstatus(raw()) != CONNECTION_BAD && polling != PGRES_POLLING_OK && polling != PGRES_POLLING_FAILED;
}

/// One step further when the socket is ready: libpq takes a premature call for progress.
bool Connection::State::advance() {
    pollfd descriptor{PQsocket(raw()), static_cast<short>(polling == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (::poll(&descriptor, 1, 0) <= 0)
        return false;
    polling = PQconnectPoll(raw());
    return true;
}

/// False: the time is over.
bool Connection::State::connects_by(chr::steady_clock::time_point deadline, bool has_deadline) {
    while (is_connecting()) {
        if (advance())
            continue;
        if (!wait(polling == PGRES_POLLING_READING ? POLLIN : POLLOUT, chr::milliseconds(100)))
            stop.check();
        if (has_deadline && chr::steady_clock::now() > deadline)
            return !is_connecting();
    }
    return true;
}

void Connection::State::complete(chr::seconds timeout) {
    constexpr chr::milliseconds pause{200};
    const auto deadline = chr::steady_clock::now() + timeout;
    bool is_told = false;
    for (;;) {
        if (!connects_by(deadline, timeout.count() > 0))
            throw Error(ExitCode::unreachable, fmt::format("no answer from the server in time ({})", description),
                        "check host, port and network; `connect_timeout` in [database] sets how long to wait");
        if (polling == PGRES_POLLING_OK && PQstatus(raw()) == CONNECTION_OK)
            break;
        const Refusal refusal = read_refusal(PQerrorMessage(raw()));
        if (refusal.sqlstate != too_many_connections || !waits_for_free || chr::steady_clock::now() + pause > deadline)
            throw_refused(refusal);
        if (!is_told)
            reporter.info("database.full", fmt::format("no connection is free ({}): trying again for up to {} s",
                                                       description, timeout.count()));
        is_told = true;
        stop.wait_for(pause);
        stop.check();
        start();
    }
    parameters.clear();  // there may be a password in them
    PQsetErrorVerbosity(raw(), PQERRORS_DEFAULT);
    PQsetnonblocking(raw(), 1);
}

void Connection::State::throw_refused(const Refusal& refusal) const {
    Error error = cannot_connect(refusal, description);
    if (PQconnectionNeedsPassword(raw()) != 0)
        error.with_hint(
            "the server wants a password: set `password_file` in [database], PGPASSWORD, or a pass file (~/.pgpass)");
    else if (PQconnectionUsedPassword(raw()) != 0 && refusal.sqlstate != too_many_connections)
        error.with_hint("the server was reached with a password: check user, password and database name");
    throw error;
}

namespace {

/// A session that only watches another one: that one works on without it when no connection is free.
bool is_optional(std::string_view role) {
    return role == "watcher" || role == "witness";
}

}  // namespace

PendingConnection::PendingConnection(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                                     const StopSignal& stop)
    : m_state(std::make_unique<Connection::State>(database, role, reporter, stop)),
      m_timeout(database.connect_timeout) {
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
