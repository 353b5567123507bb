#pragma once

#include <string>
#include <vector>

#include "db/connection.hpp"

namespace tripmig::db {

/// Up to 2000 names of tables that are no partitions, or of partitions, as a person types them: without "public.",
/// quoted where PostgreSQL needs it. For completion.
std::vector<std::string> table_names(Connection& connection, bool are_partitions);

}  // namespace tripmig::db
