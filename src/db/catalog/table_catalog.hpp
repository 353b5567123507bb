#pragma once

#include <optional>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/catalog/table_info.hpp"
#include "db/session.hpp"

namespace tripmig::db {

/// How much of a table is read.
enum class TableParts {
    all,
    own  ///< no policies, sequences, rules, statistics, publications and dependents, and no fingerprint
};

/// Everything about one table, read in one snapshot. nullopt: there is no relation of that name.
std::optional<TableInfo> read_table(Session& session, const QualifiedName& name, TableParts parts = TableParts::all);

/// A check for a transaction that holds the table's lock: refuses when anything of what read_table() told was altered
/// since.
Step unchanged_since(const TableInfo& table);

}  // namespace tripmig::db
