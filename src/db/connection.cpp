#include "db/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "config/connection_string.hpp"
#include "db/connection_parameters.hpp"
#include "db/pipeline.hpp"
#include "db/server_error.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

struct Connection::State {
    std::unique_ptr<PGconn, void (*)(PGconn*)> connection{nullptr, PQfinish};
    Reporter& reporter;
    const StopSignal& stop;
    std::string description;
    WaitObserver observer;
    std::set<std::string> prepared;
    PostgresPollingStatusType polling = PGRES_POLLING_WRITING;  ///< while it connects

    State(Reporter& reporter_, const StopSignal& stop_) : reporter(reporter_), stop(stop_) {}

    [[nodiscard]] PGconn* raw() const { return connection.get(); }

    void start(const std::map<std::string, std::string>& parameters);
    [[nodiscard]] bool is_connecting() const;
    bool advance();
    void complete(chr::seconds timeout);
    void check_connected(bool timed_out);
    /// Waits until the socket is ready. False: the stop signal was raised.
    [[nodiscard]] bool wait(short events, chr::milliseconds at_most) const;
    void cancel() const;
    [[noreturn]] void throw_lost() const;
    Result finish(std::string_view sql, const std::optional<StepSource>& source, std::string_view copy_data,
                  std::vector<std::string>* copied_out = nullptr);
    [[nodiscard]] std::string receive_copy() const;
    void discard_copy() const;
    std::vector<Result> finish_pipeline(const Pipeline& pipeline);
    void wait_for_result();
    void send_copy(std::string_view data);
    void flush_all();
};

namespace {

void forward_notice(void* argument, const PGresult* result) {
    auto& reporter = *static_cast<Reporter*>(argument);
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const bool is_warning = severity != nullptr && std::string_view(severity) == "WARNING";
    Event event;
    event.severity = is_warning ? Severity::warning : Severity::debug;
    event.kind = "server.notice";
    event.message = fmt::format("{}: {}", severity != nullptr ? severity : "NOTICE", message != nullptr ? message : "");
    reporter.emit(event);
}

}  // namespace

bool Connection::State::wait(short events, chr::milliseconds at_most) const {
    std::array<pollfd, 2> descriptors{{{PQsocket(raw()), events, 0}, {stop.descriptor(), POLLIN, 0}}};
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(at_most.count()));
    return !stop.is_raised();
}

void Connection::State::start(const std::map<std::string, std::string>& parameters) {
    std::vector<const char*> keys;
    std::vector<const char*> values;
    for (const auto& [key, value] : parameters) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    connection.reset(PQconnectStartParams(keys.data(), values.data(), 0));
    if (raw() == nullptr)
        throw Error(ExitCode::unexpected, "libpq could not allocate a connection");
    PQsetNoticeReceiver(raw(), forward_notice, &reporter);
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

void Connection::State::complete(chr::seconds timeout) {
    const auto deadline = chr::steady_clock::now() + timeout;
    bool timed_out = false;
    while (is_connecting() && !timed_out) {
        if (advance())
            continue;
        if (!wait(polling == PGRES_POLLING_READING ? POLLIN : POLLOUT, chr::milliseconds(100)))
            stop.check();
        timed_out = timeout.count() > 0 && chr::steady_clock::now() > deadline;
    }
    check_connected(timed_out && polling != PGRES_POLLING_OK);
    PQsetnonblocking(raw(), 1);
}

void Connection::State::check_connected(bool timed_out) {
    if (polling == PGRES_POLLING_OK && PQstatus(raw()) == CONNECTION_OK)
        return;
    if (timed_out)
        throw Error(ExitCode::unreachable, fmt::format("no answer from the server in time ({})", description),
                    "check host, port and network; `connect_timeout` in [database] sets how long to wait");
    std::string hint = "check the address in [database] url, DATABASE_URL or --url, and that the server is up";
    if (PQconnectionNeedsPassword(raw()) != 0)
        hint = "the server wants a password: set `password_file` in [database], PGPASSWORD, or a pass file (~/.pgpass)";
    else if (PQconnectionUsedPassword(raw()) != 0)
        hint = "the server was reached with a password: check user, password and database name";
    throw Error(ExitCode::unreachable, fmt::format("cannot connect ({})", description), hint)
        .with_detail(without_line_end(PQerrorMessage(raw())));
}

void Connection::State::cancel() const {
    std::unique_ptr<PGcancel, void (*)(PGcancel*)> handle(PQgetCancel(raw()), PQfreeCancel);
    std::array<char, 256> message{};
    if (handle)
        PQcancel(handle.get(), message.data(), static_cast<int>(message.size()));
}

void Connection::State::throw_lost() const {
    throw Error(ExitCode::unreachable, fmt::format("the connection to the server was lost ({})", description),
                "the server rolled back what was not committed; run the same command again: it goes on from there")
        .with_sqlstate("08006")
        .with_detail(without_line_end(PQerrorMessage(raw())));
}

void Connection::State::flush_all() {
    for (int left = PQflush(raw()); left != 0; left = PQflush(raw())) {
        if (left < 0)
            throw_lost();
        if (!wait(POLLIN | POLLOUT, chr::milliseconds(100)))
            cancel();
        if (PQconsumeInput(raw()) == 0)
            throw_lost();
    }
}

void Connection::State::wait_for_result() {
    const auto started = chr::steady_clock::now();
    auto next_look = started + chr::milliseconds(100);
    bool cancelled = false;
    while (PQisBusy(raw()) != 0) {
        if (!cancelled) {
            if (!wait(POLLIN, chr::milliseconds(100))) {
                cancel();
                cancelled = true;
            }
        } else {
            // The stop signal's descriptor stays readable: only the socket counts from here on.
            pollfd descriptor{PQsocket(raw()), POLLIN, 0};
            ::poll(&descriptor, 1, 1000);
        }
        if (PQconsumeInput(raw()) == 0)
            throw_lost();
        const auto now = chr::steady_clock::now();
        if (observer && now >= next_look && PQisBusy(raw()) != 0) {
            observer(chr::duration_cast<chr::milliseconds>(now - started));
            next_look = chr::steady_clock::now() + chr::milliseconds(100);
        }
    }
}

void Connection::State::send_copy(std::string_view data) {
    constexpr std::size_t piece = 1U << 16U;
    for (std::size_t at = 0; at < data.size() && !stop.is_raised(); at += piece) {
        const std::string_view part = data.substr(at, piece);
        if (PQputCopyData(raw(), part.data(), static_cast<int>(part.size())) < 0)
            throw_lost();
        flush_all();
    }
    if (PQputCopyEnd(raw(), stop.is_raised() ? "stopped by a signal" : nullptr) < 0)
        throw_lost();
    flush_all();
}

void Connection::State::discard_copy() const {
    char* buffer = nullptr;
    while (PQgetCopyData(raw(), &buffer, 0) > 0)
        PQfreemem(buffer);
}

std::string Connection::State::receive_copy() const {
    std::string received;
    char* buffer = nullptr;
    for (int size = 0; (size = PQgetCopyData(raw(), &buffer, 0)) > 0; PQfreemem(buffer))
        received.append(buffer, static_cast<std::size_t>(size));
    return received;
}

Result Connection::State::finish(std::string_view sql, const std::optional<StepSource>& source,
                                 std::string_view copy_data, std::vector<std::string>* copied_out) {
    flush_all();
    Result last;
    std::optional<Error> failure;
    bool copied = false;
    for (;;) {
        wait_for_result();
        PGresult* raw_result = PQgetResult(raw());
        if (raw_result == nullptr)
            break;
        Result result(raw_result);
        switch (PQresultStatus(raw_result)) {
            case PGRES_COPY_IN:
                send_copy(copied ? std::string_view{} : copy_data);
                copied = true;
                break;
            case PGRES_COPY_OUT:
                if (copied_out != nullptr)
                    copied_out->push_back(receive_copy());
                else
                    discard_copy();
                break;
            case PGRES_FATAL_ERROR:
            case PGRES_BAD_RESPONSE:
                if (PQstatus(raw()) == CONNECTION_BAD && PQresultErrorField(raw_result, PG_DIAG_SQLSTATE) == nullptr)
                    throw_lost();
                failure = server_error(raw_result, sql, source);
                break;
            default:
                last = result;
        }
    }
    stop.check();
    if (failure)
        throw *failure;
    return last;
}

std::vector<Result> Connection::State::finish_pipeline(const Pipeline& pipeline) {
    flush_all();
    std::vector<Result> results;
    std::optional<Error> failure;
    std::size_t next = 0;
    for (bool is_synced = false; !is_synced;) {
        wait_for_result();
        PGresult* raw_result = PQgetResult(raw());
        if (raw_result == nullptr) {  // the end of one step's results
            if (PQstatus(raw()) == CONNECTION_BAD)
                throw_lost();
            continue;
        }
        Result result(raw_result);
        const ExecStatusType status = PQresultStatus(raw_result);
        is_synced = status == PGRES_PIPELINE_SYNC;
        if (is_synced || next >= pipeline.answers().size())
            continue;
        const Pipeline::Answer& answer = pipeline.answers()[next++];
        if (status == PGRES_FATAL_ERROR && !failure) {
            if (PQstatus(raw()) == CONNECTION_BAD && PQresultErrorField(raw_result, PG_DIAG_SQLSTATE) == nullptr)
                throw_lost();
            failure = server_error(raw_result, answer.step->sql, answer.step->source);
        } else if (status != PGRES_PIPELINE_ABORTED && answer.is_preparation) {
            prepared.insert(answer.step->prepare_as);
        } else if (status != PGRES_PIPELINE_ABORTED) {
            results.push_back(std::move(result));
        }
    }
    PQexitPipelineMode(raw());
    stop.check();
    if (failure)
        throw *failure;
    return results;
}

PendingConnection::PendingConnection(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                                     const StopSignal& stop)
    : m_state(std::make_unique<Connection::State>(reporter, stop)), m_timeout(database.connect_timeout) {
    const auto parameters = connection_parameters(database, role);
    m_state->description = config::redacted(parameters);
    m_state->start(parameters);
}

PendingConnection::~PendingConnection() = default;
PendingConnection::PendingConnection(PendingConnection&&) noexcept = default;

Connection::Connection(PendingConnection pending) : m_state(std::move(pending.m_state)) {
    m_state->complete(pending.m_timeout);
}

Connection::Connection(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                       const StopSignal& stop)
    : Connection(PendingConnection(database, role, reporter, stop)) {
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;

Result Connection::execute(const std::string& sql) {
    if (PQsendQuery(m_state->raw(), sql.c_str()) == 0)
        m_state->throw_lost();
    return m_state->finish(sql, std::nullopt, {});
}

namespace {

void send(PGconn* connection, const std::string& sql, const Parameters& parameters, int& sent) {
    if (parameters.empty()) {
        sent = PQsendQuery(connection, sql.c_str());
        return;
    }
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const auto& parameter : parameters)
        values.push_back(parameter ? parameter->c_str() : nullptr);
    sent = PQsendQueryParams(connection, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                             nullptr, 0);
}

}  // namespace

std::vector<std::string> Connection::copy_out(const std::string& sql) {
    if (PQsendQuery(m_state->raw(), sql.c_str()) == 0)
        m_state->throw_lost();
    std::vector<std::string> copied;
    m_state->finish(sql, std::nullopt, {}, &copied);
    return copied;
}

Result Connection::execute(const std::string& sql, const Parameters& parameters) {
    int sent = 0;
    send(m_state->raw(), sql, parameters, sent);
    if (sent == 0)
        m_state->throw_lost();
    return m_state->finish(sql, std::nullopt, {});
}

Result Connection::execute(const Step& step) {
    int sent = 0;
    send(m_state->raw(), step.sql, step.parameters, sent);
    if (sent == 0)
        m_state->throw_lost();
    return m_state->finish(step.sql, step.source, step.copy_data);
}

std::vector<Result> Connection::execute_pipelined(const std::vector<Step>& steps) {
    Pipeline pipeline(m_state->raw());
    if (!pipeline.send(steps, m_state->prepared))
        m_state->throw_lost();
    return m_state->finish_pipeline(pipeline);
}

void Connection::forget_prepared() {
    m_state->prepared.clear();
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

std::string own_settings_sql() {
    return "SET search_path = pg_catalog; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; "
           "SET row_security = off; SET statement_timeout = 0; SET lock_timeout = '500ms'; "
           "SET idle_in_transaction_session_timeout = 0; SET default_transaction_isolation = 'read committed'; "
           "SET default_transaction_read_only = off; SET default_transaction_deferrable = off; "
           "SET client_min_messages = warning; SET standard_conforming_strings = on; SET jit = off";
}

}  // namespace tripmig::db
