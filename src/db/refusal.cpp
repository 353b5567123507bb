#include "db/refusal.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "db/server_error.hpp"

namespace tripmig::db {

namespace {

/// "53300: " at the beginning of the text.
bool begins_with_sqlstate(std::string_view text) {
    constexpr std::size_t length = 5;
    return text.size() > length + 1 && text[length] == ':' && text[length + 1] == ' ' &&
           std::all_of(text.begin(), text.begin() + length,
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// "FATAL:  53300: words": two blanks stand between the severity, in whatever language, and the SQLSTATE.
std::string without_sqlstate(std::string_view line, std::string& sqlstate) {
    constexpr std::string_view separator = ":  ";
    for (std::size_t at = line.find(separator); at != std::string_view::npos; at = line.find(separator, at + 1)) {
        const std::size_t code = at + separator.size();
        if (!begins_with_sqlstate(line.substr(code)))
            continue;
        sqlstate = line.substr(code, 5);
        return std::string(line.substr(0, code)).append(line.substr(code + 7));
    }
    return std::string(line);
}

std::string hint_for_refusal(const std::string& sqlstate) {
    if (sqlstate == too_many_connections)
        return "all connections that the server, the database or the role may have are in use: end idle sessions, "
               "raise max_connections or the CONNECTION LIMIT of database or role, or put a pooler before the server; "
               "then run the same command again";
    if (sqlstate == "57P03")
        return "the server is starting up or shutting down: run the same command again in a moment, or with "
               "--wait-for-database";
    return "check the address in [database] url, DATABASE_URL or --url, and that the server is up";
}

}  // namespace

void tell_sqlstate(pg_conn* connection) {
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
}

Refusal read_refusal(std::string_view words) {
    Refusal refusal;
    while (!words.empty()) {
        const std::string_view line = take_line(words);
        if (line.rfind("LOCATION:  ", 0) == 0)
            continue;
        refusal.words += (refusal.words.empty() ? "" : "\n") + without_sqlstate(line, refusal.sqlstate);
    }
    return refusal;
}

pg_conn* start_connecting(const std::map<std::string, std::string>& parameters) {
    std::vector<const char*> keys;
    std::vector<const char*> values;
    for (const auto& [key, value] : parameters) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectStartParams(keys.data(), values.data(), 0);
}

Refusal ask_refusal(const std::map<std::string, std::string>& parameters) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(start_connecting(parameters), PQfinish);
    if (!connection)
        return {};
    tell_sqlstate(connection.get());
    namespace chr = std::chrono;
    const auto deadline = chr::steady_clock::now() + chr::seconds(5);
    for (auto state = PGRES_POLLING_WRITING; state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING;) {
        const auto left = chr::ceil<chr::milliseconds>(deadline - chr::steady_clock::now()).count();
        pollfd descriptor{PQsocket(connection.get()),
                          static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
        if (left <= 0 || PQstatus(connection.get()) == CONNECTION_BAD)
            break;
        if (::poll(&descriptor, 1, static_cast<int>(left)) > 0)
            state = PQconnectPoll(connection.get());
    }
    return read_refusal(PQerrorMessage(connection.get()));
}

Error cannot_connect(const Refusal& refusal, const std::string& description) {
    const bool is_full = refusal.sqlstate == too_many_connections;
    Error error(ExitCode::unreachable,
                is_full ? fmt::format("no connection is free ({})", description)
                        : fmt::format("cannot connect ({})", description),
                hint_for_refusal(refusal.sqlstate));
    error.with_detail(without_line_end(refusal.words));
    if (!refusal.sqlstate.empty())
        error.with_sqlstate(refusal.sqlstate);
    return error;
}

}  // namespace tripmig::db
