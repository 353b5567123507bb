#include "db/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "db/cancel_request.hpp"
#include "db/connection_state.hpp"
#include "db/notice.hpp"
#include "db/pipeline.hpp"
#include "db/server_error.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

bool Connection::State::wait(short events, chr::milliseconds at_most) const {
    std::array<pollfd, 2> descriptors{{{PQsocket(raw()), events, 0}, {stop.descriptor(), POLLIN, 0}}};
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(at_most.count()));
    return !stop.is_raised();
}

/// Waits for the socket. Once the stop signal is raised it has the server cancel what it runs, and waits for its answer
/// as long as an answer may take.
void Connection::State::wait_for_server(short events) {
    constexpr chr::milliseconds look_again{100};
    constexpr chr::seconds patience_for_request{3};
    constexpr chr::seconds patience_for_answer{8};
    if (!answer_by) {
        if (wait(events, look_again))
            return;
        answer_by = chr::steady_clock::now() + patience_for_answer;
        request_cancel(raw(), patience_for_request);
        return;
    }
    // The stop signal's descriptor stays readable: only the socket counts from here on.
    pollfd descriptor{PQsocket(raw()), events, 0};
    if (::poll(&descriptor, 1, static_cast<int>(look_again.count())) <= 0 && chr::steady_clock::now() > *answer_by)
        give_up();
}

/// Nothing waits for this connection any more: what it still says, it says to nobody.
void Connection::State::give_up() {
    ::shutdown(PQsocket(raw()), SHUT_RDWR);
    PQconsumeInput(raw());
    throw Error(stop.signal_number() == SIGTERM ? ExitCode::terminated : ExitCode::interrupted,
                fmt::format("stopped by a signal; the server did not answer the request to cancel ({})", description),
                "it rolls back what was under way when it works again; look at the server, then run the same command "
                "again");
}

/// `failure`: what the server said already. When it ended the session, that is why.
void Connection::State::throw_lost(const std::optional<Error>& failure) const {
    if (failure)
        throw *failure;
    throw Error(ExitCode::unreachable, fmt::format("the connection to the server was lost ({})", description),
                "the server rolled back what was not committed; run the same command again: it goes on from there")
        .with_sqlstate("08006")
        .with_detail(without_line_end(PQerrorMessage(raw())));
}

void Connection::State::flush_all() {
    for (int left = PQflush(raw()); left != 0; left = PQflush(raw())) {
        if (left < 0)
            throw_lost();
        wait_for_server(POLLIN | POLLOUT);
        if (PQconsumeInput(raw()) == 0)
            throw_lost();
    }
}

void Connection::State::wait_for_result(const std::optional<Error>& failure) {
    const auto started = chr::steady_clock::now();
    auto next_look = started + chr::milliseconds(100);
    while (PQisBusy(raw()) != 0) {
        wait_for_server(POLLIN);
        if (PQconsumeInput(raw()) == 0)
            throw_lost(failure);
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

/// As PQgetCopyData() returns it, but never blocked in there.
int Connection::State::next_copied(char** row) {
    for (;;) {
        const int size = PQgetCopyData(raw(), row, 1);
        if (size != 0)
            return size;
        wait_for_server(POLLIN);
        if (PQconsumeInput(raw()) == 0)
            throw_lost();
    }
}

void Connection::State::discard_copy() {
    char* buffer = nullptr;
    while (next_copied(&buffer) > 0)
        PQfreemem(buffer);
}

std::string Connection::State::receive_copy() {
    std::string received;
    char* buffer = nullptr;
    for (int size = 0; (size = next_copied(&buffer)) > 0; PQfreemem(buffer))
        received.append(buffer, static_cast<std::size_t>(size));
    return received;
}

Result Connection::State::finish(std::string_view sql, const std::optional<StepSource>& source,
                                 std::string_view copy_data, std::vector<std::string>* copied_out) {
    answer_by.reset();
    const NoticeForwarder::Statement statement(notices, source ? &*source : nullptr);
    flush_all();
    Result last;
    std::optional<Error> failure;
    bool copied = false;
    for (;;) {
        wait_for_result(failure);
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

namespace {

const StepSource* place_of(const Step& step) {
    return step.source ? &*step.source : nullptr;
}

}  // namespace

std::vector<Result> Connection::State::finish_pipeline(const Pipeline& pipeline) {
    answer_by.reset();
    flush_all();
    std::vector<Result> results;
    std::optional<Error> failure;
    std::size_t next = 0;
    // Of the last step, a COMMIT maybe, nobody knows how it ended when the session ended in it. libpq itself answers
    // for the steps behind a failure.
    std::size_t failed = 0;  // from 1
    const auto last_words = [&] { return failed < pipeline.answers().size() ? failure : std::nullopt; };
    for (bool is_synced = false; !is_synced;) {
        const bool has_next = next < pipeline.answers().size();
        const NoticeForwarder::Statement statement(notices,
                                                   has_next ? place_of(*pipeline.answers()[next].step) : nullptr);
        wait_for_result(last_words());
        PGresult* raw_result = PQgetResult(raw());
        if (raw_result == nullptr) {  // the end of one step's results
            if (PQstatus(raw()) == CONNECTION_BAD)
                throw_lost(last_words());
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
            failed = next;
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

// What DISCARD ALL does (manual, DISCARD) in one round trip, but for DISCARD PLANS and for the statements that we
// prepared: a thousand small files would have them planned a thousand times.
void Connection::discard_session() {
    const Result prepared = execute(
        "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; SELECT "
        "pg_catalog.pg_advisory_unlock_all(); "
        "DISCARD TEMP; DISCARD SEQUENCES; SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements WHERE "
        "from_sql)");
    if (!prepared.flag(0, 0))
        return;
    forget_prepared();
    execute("DEALLOCATE ALL");
}

void Connection::reconnect() {
    Connection fresh(m_state->database, m_state->role, m_state->reporter, m_state->stop, SessionSettings::of_role);
    fresh.m_state->observer = std::move(m_state->observer);
    m_state = std::move(fresh.m_state);
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

}  // namespace tripmig::db
