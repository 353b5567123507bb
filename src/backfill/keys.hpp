#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/catalog/table_info.hpp"

namespace tripmig::backfill {

/// What the log names a row by: the columns of its key; or, where nothing tells rows apart, a hash that equal rows
/// share. Catch-up then replaces all rows of one hash at once, which is exact for rows that are there several times,
/// and for different rows that share a hash.
struct RowKey {
    std::vector<std::string> columns;  ///< of the key; empty when there is none
    std::vector<std::string> hashed;   ///< columns that the hash is of; empty: there is a key

    [[nodiscard]] bool is_hash() const noexcept { return !hashed.empty(); }
    /// The columns that the log has for it.
    [[nodiscard]] std::vector<std::string> logged_names() const;
};

/// The log's column for a hash, of type int8.
inline constexpr std::string_view row_hash_column = "row_hash";

/// The hash of a row `of`: "NEW", "r"; empty: of the table's own columns, as in an index.
std::string row_hash_value(std::string_view of, const std::vector<std::string>& columns);

/// Those for the hash of a table's rows: all columns of types that PostgreSQL can hash, without generated ones. Rows
/// that differ in others alone share a hash. A partition key is always among them.
std::vector<std::string> hashable_columns(const db::TableInfo& table);

/// What an index on the hash of a table's rows is called, and whether one is.
QualifiedName row_hash_index(const QualifiedName& table);
bool is_row_hash_index(std::string_view name);

/// Whether `row`, of a table, is what `logged` names.
std::string is_named_by(const RowKey& key, std::string_view row, std::string_view logged);

}  // namespace tripmig::backfill
