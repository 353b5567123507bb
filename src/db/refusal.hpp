#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"

struct pg_conn;

namespace tripmig::db {

/// Why no connection came about, as libpq and the server say it.
struct Refusal {
    std::string words;     ///< for people: without the SQLSTATE and without the place in the server's source
    std::string sqlstate;  ///< empty: not from the server
};

/// Has libpq put the SQLSTATE into what read_refusal() reads: it keeps that of a failed login nowhere else.
void tell_sqlstate(pg_conn* connection);

/// What PQerrorMessage() says under tell_sqlstate(). With several hosts the last one's SQLSTATE counts.
Refusal read_refusal(std::string_view words);

/// Begins to connect without waiting. nullptr: libpq has no memory. The caller ends it with PQfinish().
pg_conn* start_connecting(const std::map<std::string, std::string>& parameters);

/// Connects with these parameters and lets go, to learn why it is refused. Waits five seconds at most.
Refusal ask_refusal(const std::map<std::string, std::string>& parameters);

/// Error{unreachable} with what to do next.
Error cannot_connect(const Refusal& refusal, const std::string& description);

}  // namespace tripmig::db
