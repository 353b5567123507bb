#pragma once

#include "sql/facts/range_statement.hpp"
#include "sql/script.hpp"

namespace tripmig::migrate {

/// An UPDATE or DELETE with a `batch` directive, taken apart. Throws Error{usage} at the statement for what can't be
/// run in ranges, and for one that changes the very column.
sql::RangeStatement batched(const sql::ScriptStatement& statement);

}  // namespace tripmig::migrate
