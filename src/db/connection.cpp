#include "db/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <optional>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "db/connection_state.hpp"
#include "db/pipeline.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;

Result Connection::execute(const std::string& sql) {
    m_state->send(sql);
    return m_state->finish(sql, std::nullopt, {});
}

std::vector<std::string> Connection::copy_out(const std::string& sql) {
    m_state->send(sql);
    std::vector<std::string> copied;
    m_state->finish(sql, std::nullopt, {}, &copied);
    return copied;
}

Result Connection::execute(const std::string& sql, const Parameters& parameters) {
    m_state->send(sql, parameters);
    return m_state->finish(sql, std::nullopt, {});
}

Result Connection::execute(const Step& step) {
    m_state->send(step.sql, step.parameters);
    return m_state->finish(step.sql, step.source, step.copy_data);
}

std::vector<Result> Connection::execute_pipelined(const std::vector<Step>& steps) {
    Pipeline pipeline(m_state->raw());
    if (!pipeline.send(steps, m_state->prepared))
        m_state->throw_lost();
    return m_state->finish_pipeline(pipeline);
}

// What DISCARD ALL does (manual, DISCARD) in one round trip, but for DISCARD PLANS and for the statements that we
// prepared: a thousand small files would have them planned a thousand times.
void Connection::discard_session() {
    const Result prepared = execute(
        "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; SELECT "
        "pg_catalog.pg_advisory_unlock_all(); "
        "DISCARD TEMP; DISCARD SEQUENCES; SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements WHERE "
        "from_sql)");
    if (!prepared.flag())
        return;
    m_state->prepared.clear();
    execute("DEALLOCATE ALL");
}

bool Connection::forget_lost_prepared() {
    const Result left = execute("SELECT name FROM pg_catalog.pg_prepared_statements WHERE NOT from_sql");
    std::set<std::string> names;
    for (const Row& row : left)
        names.insert(row.text("name"));
    return std::erase_if(m_state->prepared, [&](const std::string& name) { return names.count(name) == 0; }) > 0;
}

void Connection::reconnect() {
    Connection fresh(m_state->database, m_state->role, m_state->reporter, m_state->stop, SessionSettings::of_role);
    fresh.m_state->observer = std::move(m_state->observer);
    m_state = std::move(fresh.m_state);
}

std::unique_ptr<StepConnection> Connection::open_beside(std::string_view name, const StopSignal& stop) const {
    return std::make_unique<Connection>(m_state->database, name, m_state->reporter, stop, SessionSettings::own);
}

void Connection::set_wait_observer(WaitObserver observer) {
    m_state->observer = std::move(observer);
}

int Connection::protocol_backend_pid() const {
    return PQbackendPID(m_state->raw());
}

int Connection::server_version() const {
    return PQserverVersion(m_state->raw());
}

std::int64_t Connection::round_trips() const noexcept {
    return m_state->round_trips;
}

bool Connection::in_transaction() const {
    const auto status = PQtransactionStatus(m_state->raw());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool Connection::is_broken() const {
    return PQstatus(m_state->raw()) != CONNECTION_OK;
}

const std::string& Connection::description() const {
    return m_state->description;
}

void Connection::rollback_quietly() noexcept {
    // Synchronous on purpose: it must work after the stop signal too, when every other wait gives up.
    PGconn* connection = m_state->raw();
    while (PGresult* left = PQgetResult(connection))
        PQclear(left);
    if (in_transaction())
        finish_quietly("ROLLBACK");
}

void Connection::finish_quietly(const std::string& sql) noexcept {
    PGconn* connection = m_state->raw();
    PQsetnonblocking(connection, 0);
    PQclear(PQexec(connection, sql.c_str()));
    PQsetnonblocking(connection, 1);
}

std::string client_library() {
    constexpr int of_major = 10000;
    return fmt::format("libpq {}.{}", PQlibVersion() / of_major, PQlibVersion() % of_major);
}

}  // namespace tripmig::db
