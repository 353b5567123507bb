#include "db/connection_state.hpp"

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
#include "db/libpq_result.hpp"
#include "db/lookalike.hpp"
#include "db/notice.hpp"
#include "db/pipeline.hpp"
#include "db/server_error.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

void ConnectionState::start() {
    connection.reset(start_connecting(parameters));
    if (raw() == nullptr)
        throw Error(ExitCode::unexpected, "libpq could not allocate a connection");
    polling = PGRES_POLLING_WRITING;
    tell_sqlstate(raw());
    PQsetNoticeReceiver(raw(), NoticeForwarder::receive, &notices);
    while (is_connecting() && advance()) {
    }
}

bool ConnectionState::is_connecting() const {
    return PQstatus(raw()) != CONNECTION_BAD && polling != PGRES_POLLING_OK && polling != PGRES_POLLING_FAILED;
}

/// One step further when the socket is ready: libpq takes a premature call for progress.
bool ConnectionState::advance() {
    pollfd descriptor{PQsocket(raw()), static_cast<short>(polling == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (::poll(&descriptor, 1, 0) <= 0)
        return false;
    polling = PQconnectPoll(raw());
    return true;
}

/// False: the time is over.
bool ConnectionState::connects_by(chr::steady_clock::time_point deadline, bool has_deadline) {
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

void ConnectionState::complete(chr::seconds timeout) {
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
    if (const std::optional<Error> refusal = lookalike_refusal(signs_of(raw()), description))
        throw *refusal;
    PQsetErrorVerbosity(raw(), PQERRORS_DEFAULT);
    PQsetnonblocking(raw(), 1);
}

void ConnectionState::throw_refused(const Refusal& refusal) const {
    Error error = cannot_connect(refusal, description);
    if (PQconnectionNeedsPassword(raw()) != 0)
        error.with_hint(
            "the server requires a password: set `password_file` in [database], PGPASSWORD, or a pass file "
            "(~/.pgpass)");
    else if (PQconnectionUsedPassword(raw()) != 0 && refusal.sqlstate != too_many_connections)
        error.with_hint("the server was reached with a password: check user, password and database name");
    throw error;
}

bool ConnectionState::wait(short events, chr::milliseconds at_most) const {
    std::array<pollfd, 2> descriptors{{{PQsocket(raw()), events, 0}, {stop.descriptor(), POLLIN, 0}}};
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(at_most.count()));
    return !stop.is_raised();
}

/// Waits for the socket. Once the stop signal is raised it has the server cancel what it runs, and waits for its answer
/// as long as an answer may take.
void ConnectionState::wait_for_server(short events) {
    constexpr chr::milliseconds read_again{100};
    constexpr chr::seconds patience_for_request{3};
    constexpr chr::seconds patience_for_answer{8};
    if (!answer_by) {
        if (wait(events, read_again))
            return;
        answer_by = chr::steady_clock::now() + patience_for_answer;
        request_cancel(raw(), patience_for_request);
        return;
    }
    // The stop signal's descriptor stays readable: only the socket counts from here on.
    pollfd descriptor{PQsocket(raw()), events, 0};
    if (::poll(&descriptor, 1, static_cast<int>(read_again.count())) <= 0 && chr::steady_clock::now() > *answer_by)
        give_up();
}

/// Nothing waits for this connection any more: what it still says, it says to nobody.
void ConnectionState::give_up() {
    ::shutdown(PQsocket(raw()), SHUT_RDWR);
    PQconsumeInput(raw());
    throw Error(
        stop.signal_number() == SIGTERM ? ExitCode::terminated : ExitCode::interrupted,
        fmt::format("stopped by a signal; the server did not answer the request to cancel ({})", description),
        "what was in progress is rolled back when it works again; check the server, then run the same command again");
}

/// `failure`: what the server said already. When it ended the session, that is why.
void ConnectionState::throw_lost(const std::optional<Error>& failure) const {
    if (failure)
        throw *failure;
    throw Error(ExitCode::unreachable, fmt::format("the connection to the server was lost ({})", description),
                "uncommitted work was rolled back; run the same command again: it resumes")
        .with_sqlstate("08006")
        .with_detail(without_line_end(PQerrorMessage(raw())));
}

void ConnectionState::send(const std::string& sql, const Parameters& arguments) {
    std::vector<const char*> values;
    values.reserve(arguments.size());
    for (const auto& argument : arguments)
        values.push_back(argument ? argument->c_str() : nullptr);
    // Only without parameters may there be several statements (manual 34.3.1).
    const int sent = values.empty() ? PQsendQuery(raw(), sql.c_str())
                                    : PQsendQueryParams(raw(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                                        values.data(), nullptr, nullptr, 0);
    if (sent == 0)
        throw_lost();
}

void ConnectionState::flush_all() {
    for (int left = PQflush(raw()); left != 0; left = PQflush(raw())) {
        if (left < 0)
            throw_lost();
        wait_for_server(POLLIN | POLLOUT);
        if (PQconsumeInput(raw()) == 0)
            throw_lost();
    }
}

void ConnectionState::wait_for_result(const std::optional<Error>& failure) {
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

void ConnectionState::send_copy(std::string_view data) {
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
int ConnectionState::next_copied(char** row) {
    for (;;) {
        const int size = PQgetCopyData(raw(), row, 1);
        if (size != 0)
            return size;
        wait_for_server(POLLIN);
        if (PQconsumeInput(raw()) == 0)
            throw_lost();
    }
}

void ConnectionState::discard_copy() {
    char* buffer = nullptr;
    while (next_copied(&buffer) > 0)
        PQfreemem(buffer);
}

/// What the sink throws leaves the session in the middle of its COPY: only its end is left then.
void ConnectionState::pass_copy_on() {
    char* buffer = nullptr;
    for (int size = 0; (size = next_copied(&buffer)) > 0;) {
        const std::unique_ptr<char, void (*)(void*)> owner(buffer, PQfreemem);
        stop.check();
        copy_sink({buffer, static_cast<std::size_t>(size)});
    }
}

/// What the writer throws leaves the session in the middle of its COPY: only its end is left then.
void ConnectionState::send_copy_of_writer() {
    constexpr std::size_t at_once = 1U << 16U;
    std::size_t waiting = 0;
    copy_writer([&](std::string_view piece) {
        stop.check();
        if (PQputCopyData(raw(), piece.data(), static_cast<int>(piece.size())) < 0)
            throw_lost();
        waiting += piece.size();
        if (waiting < at_once)
            return;
        waiting = 0;
        flush_all();
    });
    if (PQputCopyEnd(raw(), nullptr) < 0)
        throw_lost();
    flush_all();
}

std::string ConnectionState::receive_copy() {
    std::string received;
    char* buffer = nullptr;
    for (int size = 0; (size = next_copied(&buffer)) > 0; PQfreemem(buffer))
        received.append(buffer, static_cast<std::size_t>(size));
    return received;
}

Result ConnectionState::finish(std::string_view sql, const std::optional<StepSource>& source,
                               std::string_view copy_data, std::vector<std::string>* copied_out) {
    ++round_trips;
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
        Result result = libpq_result(raw_result);
        switch (PQresultStatus(raw_result)) {
            case PGRES_COPY_IN:
                if (copy_writer)
                    send_copy_of_writer();
                else
                    send_copy(copied ? std::string_view{} : copy_data);
                copied = true;
                break;
            case PGRES_COPY_OUT:
                if (copy_sink)
                    pass_copy_on();
                else if (copied_out != nullptr)
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

std::vector<Result> ConnectionState::finish_pipeline(const Pipeline& pipeline) {
    ++round_trips;
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
        Result result = libpq_result(raw_result);
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

}  // namespace tripmig::db
