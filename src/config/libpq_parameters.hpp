#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace tripmig::config {

using ConnectionParameters = std::map<std::string, std::string>;

/// Is this one of libpq's parameter key words (manual 34.1.2, PostgreSQL 15 to 18)?
bool is_libpq_parameter(std::string_view name);

/// "did you mean "dbname"?" for a key word that libpq does not know, or where the list of those it knows is.
std::string parameter_hint(std::string_view name);

/// Stores one pair. Throws Error{usage} for a value that can be seen to be wrong here: a port, an sslmode. The value
/// stands in no message.
void add_parameter(ConnectionParameters& parameters, const std::string& name, const std::string& value);

/// What only shows when all pairs are there: as many ports as hosts, or one port.
void check_hosts_and_ports(const ConnectionParameters& parameters);

}  // namespace tripmig::config
