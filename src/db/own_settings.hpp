#pragma once

#include <string>

namespace tripmig::db {

// What our own statements run under, whatever the server, the database and the role set: one table, in
// own_settings.cpp. Users' SQL runs under the role's and the database's own settings; only its timeouts are ours.
// A default_transaction_read_only is obeyed: see require_writable().

/// SET of each setting that a server of this version has (150018 for 15.18), for the whole session.
std::string own_settings_sql(int server_version);

/// SET LOCAL of the same: for our statements in a session that users' SQL shares. In front of a statement, in the same
/// simple query, they end with it.
std::string own_settings_local_sql(int server_version);

/// A SELECT that sets the timeouts of such a session: none is to end it while it waits for something. One statement.
std::string session_timeouts_sql(int server_version);

}  // namespace tripmig::db
