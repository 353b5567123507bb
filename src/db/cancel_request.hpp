#pragma once

#include <chrono>

struct pg_conn;

namespace tripmig::db {

/// Asks the server to cancel what the connection runs. PQcancel() waits for the server without any limit, and a frozen
/// one never answers: so it is called from a thread of its own, which is left behind after `patience`.
void request_cancel(pg_conn* connection, std::chrono::milliseconds patience);

}  // namespace tripmig::db
