#pragma once

#include <string>
#include <string_view>

#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"

namespace tripmig::db {

/// How the bytes of a connection travel, as libpq connects after all its defaults, environment and service file.
struct Transport {
    std::string host;  ///< a folder: a Unix socket
    std::string port;
    bool is_socket = false;
    bool is_encrypted = false;
    std::string protocol;   ///< "TLSv1.3"
    std::string ssl_mode;   ///< "verify-full"
    std::string ssl_roots;  ///< the file of root certificates; empty: libpq's own place
};

/// Of a connection that is made for this and ends with it. Throws as Connection's constructor does.
Transport read_transport(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                         const StopSignal& stop);

}  // namespace tripmig::db
