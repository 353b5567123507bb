#pragma once

#include <string>
#include <string_view>

#include "db/connection.hpp"

namespace tripmig::db {

/// The version of the state schema's own tables that this binary writes.
inline constexpr int state_version = 4;

/// Creates the state schema and its tables where they are missing, and brings those of an older tripmig up to this
/// version, in one transaction, safe against others doing the same. Nobody else may write them, whatever the default
/// privileges say. Throws Error{refused} when they were made by a newer tripmig or by somebody else
/// (require_trusted_state()), Error{no_privilege} naming what to grant.
void ensure_state(Connection& connection, std::string_view state_schema);

}  // namespace tripmig::db
