#pragma once

#include "base/error.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// A failure with SQLSTATE 53200 with the setting to raise and its value now, when the server named it (lock table,
/// predicate locks); any other failure as it is. The connection must be in no transaction.
Error with_server_limit(const Error& error, StepConnection& connection);

}  // namespace tripmig::db
