#pragma once

#include "db/connection.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

/// REINDEX TABLE or INDEX and CLUSTER of a partitioned relation can't be in a transaction block (manual, REINDEX;
/// CLUSTER), and only the catalog tells whether it is one: such a file runs a statement at a time. A file that is one
/// BEGIN ... COMMIT stays as it is written, and the server refuses it. What the file itself makes can't be known
/// before. Names are read as the file's statements will be: `connection` is as the file finds it.
void look_for_partitioned(Script& script, db::Connection& connection);

}  // namespace tripmig::migrate
