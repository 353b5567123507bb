#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/catalog/table_info.hpp"

namespace tripmig::ddl {

/// The same index, under that name, on that table. On a partitioned table without partitions it is valid at once, and
/// partitions that come bring theirs along or are given one (manual 5.11.2.2).
std::string create_index(const db::IndexInfo& index, const std::string& name, const QualifiedName& table);

/// What CREATE INDEX cannot say and another index of the same definition must have as well: tablespace, statistics
/// targets of expressions, comment.
std::vector<Step> index_settings(const db::IndexInfo& index, const QualifiedName& name);

/// Builds `name` on `columns` without blocking writers. The name's remains of an interrupted build must be gone.
Unit build_unique_index(const QualifiedName& table, const std::string& name, const std::vector<std::string>& columns);

/// Whether the partition key must be added to it before a partitioned table can have it (manual 5.11.2.3).
bool lacks_key(const db::IndexInfo& index, const std::string& key);

/// The definition of an index or a unique constraint, as PostgreSQL prints it, with one more column at the end of its
/// list: "UNIQUE (a) INCLUDE (b)" becomes "UNIQUE (a, key) INCLUDE (b)".
std::string with_key(std::string_view definition, const std::string& key);

/// What follows the table's name, with TABLESPACE where it stands: before WHERE. An empty tablespace changes nothing.
std::string with_tablespace(const std::string& tail, const std::string& tablespace);

/// The same index; with the key when it is unique and lacks it.
db::IndexInfo widened(db::IndexInfo index, const std::string& key);

/// Builds `name` as `index` says, its tablespace included, without blocking writers.
Unit build_unique_index_like(const QualifiedName& table, const std::string& name, const db::IndexInfo& index);

/// Drops what an interrupted CREATE INDEX CONCURRENTLY left (manual, CREATE INDEX: Building Indexes Concurrently), or
/// an index that is not wanted any more.
Unit drop_index_concurrently(const QualifiedName& table, const QualifiedName& index, const std::string& why);

/// `a, b`: column names, quoted.
std::string column_list(const std::vector<std::string>& columns);

}  // namespace tripmig::ddl
