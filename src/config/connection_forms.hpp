#pragma once

#include <string_view>

#include "config/libpq_parameters.hpp"

namespace tripmig::config {

// The three written forms of a connection string, one parser each; parse_connection_string() chooses. All throw
// Error{usage} and never say a piece of the text that may belong to the password.

/// postgresql:// or postgres:// (manual 34.1.1.2): percent-encoding, IPv6, several hosts, parameters after `?`.
ConnectionParameters parse_uri(std::string_view text);

/// key=value with quotes and backslashes (manual 34.1.1.1).
ConnectionParameters parse_key_value(std::string_view text);

/// Key=Value;Key=Value; as .NET's DbConnectionStringBuilder writes it, with Npgsql's key words.
ConnectionParameters parse_ado_net(std::string_view text);

}  // namespace tripmig::config
