#pragma once

#include <optional>

#include "base/qualified_name.hpp"
#include "db/session.hpp"
#include "db/table_info.hpp"

namespace tripmig::db {

/// Everything about one table, read in one snapshot. nullopt: there is no relation of that name.
std::optional<TableInfo> read_table(Session& session, const QualifiedName& name);

}  // namespace tripmig::db
