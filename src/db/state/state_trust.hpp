#pragma once

#include <string_view>

#include "db/connection.hpp"

namespace tripmig::db {

/// Before anything is written into the state schema, or taken from it to become SQL: its tables, sequences and capture
/// functions belong to this role or to one it is a member of, nobody else may write them, and nothing runs in them but
/// what this program put there. docs/decisions/0014 has the list. Throws Error{refused} naming the object and what to
/// do. One query; nothing to find where there is no such schema yet.
void require_trusted_state(Connection& connection, std::string_view state_schema);

/// For those who only read it: no relation there has the name of one of ours and is another program's. Throws
/// Error{refused}.
void require_no_foreign_state(Connection& connection, std::string_view state_schema);

/// Within the transaction that created them: takes from everyone else what default privileges gave them.
void make_state_private(Connection& connection, std::string_view state_schema);

}  // namespace tripmig::db
