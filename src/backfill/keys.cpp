#include "backfill/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ddl/column_text.hpp"
#include "ddl/index_definition.hpp"
#include "sql/identifier.hpp"

namespace tripmig::backfill {

namespace {

constexpr std::string_view index_prefix = "tripmig_hash_";

/// Types of PostgreSQL's own, as format_type() writes them, whose default hash operator class has an extended function
/// in every version; and arrays of them. Others may have one too: which does not matter, see hashable_columns().
bool is_hashable(std::string type) {
    static constexpr std::array<std::string_view, 27> types{"bigint",
                                                            "boolean",
                                                            "bytea",
                                                            "character",
                                                            "character varying",
                                                            "cidr",
                                                            "date",
                                                            "double precision",
                                                            "inet",
                                                            "integer",
                                                            "interval",
                                                            "jsonb",
                                                            "macaddr",
                                                            "macaddr8",
                                                            "name",
                                                            "numeric",
                                                            "oid",
                                                            "pg_lsn",
                                                            "real",
                                                            "smallint",
                                                            "text",
                                                            "time with time zone",
                                                            "time without time zone",
                                                            "timestamp with time zone",
                                                            "timestamp without time zone",
                                                            "uuid",
                                                            "\"char\""};
    if (type.ends_with("[]"))
        type.erase(type.size() - 2);
    if (const std::size_t open = type.find('('); open != std::string::npos)
        type.erase(open, type.find(')', open) + 1 - open);
    return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

std::vector<std::string> RowKey::logged_names() const {
    return is_hash() ? std::vector<std::string>{std::string(row_hash_column)} : columns;
}

std::string row_hash_value(std::string_view of, const std::vector<std::string>& columns) {
    return fmt::format("pg_catalog.hash_record_extended(ROW({}), 0)",
                       of.empty() ? ddl::column_list(columns) : ddl::of_each(of, columns));
}

std::vector<std::string> hashable_columns(const db::TableInfo& table) {
    std::vector<std::string> names;
    for (const db::ColumnInfo& column : table.columns)
        if (column.generated == '\0' && is_hashable(column.type))
            names.push_back(column.name);
    return names;
}

QualifiedName row_hash_index(const QualifiedName& table) {
    return {table.schema, sql::truncated_name(std::string(index_prefix) + table.name)};
}

bool is_row_hash_index(std::string_view name) {
    return name.substr(0, index_prefix.size()) == index_prefix;
}

std::string is_named_by(const RowKey& key, std::string_view row, std::string_view logged) {
    if (key.is_hash())
        return fmt::format("{} = {}.{}", row_hash_value(row, key.hashed), logged, row_hash_column);
    return ddl::all_equal(row, key.columns, logged, key.columns);
}

}  // namespace tripmig::backfill
