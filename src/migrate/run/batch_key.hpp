#pragma once

#include "db/connection.hpp"
#include "migrate/batch.hpp"
#include "migrate/script.hpp"
#include "sql/facts/range_statement.hpp"

namespace tripmig::migrate {

/// What the catalog says of the column that a statement's `batch` directive names, read as the file's statements are.
/// Throws Error{refused} at the statement when its rows can't be taken by that column.
BatchKey read_batch_key(db::Connection& connection, const ScriptStatement& statement, const sql::RangeStatement& cut);

}  // namespace tripmig::migrate
