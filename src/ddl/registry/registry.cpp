#include "ddl/registry/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/identifier.hpp"

namespace tripmig::ddl {

QualifiedName registry_name(const QualifiedName& table) {
    return {table.schema, sql::truncated_name(table.name, "_ids")};
}

QualifiedName Registry::keep_function() const {
    return {table.schema, sql::truncated_name(table.name, "_keep")};
}
QualifiedName Registry::move_function() const {
    return {table.schema, sql::truncated_name(table.name, "_move")};
}
QualifiedName Registry::truncate_function() const {
    return {table.schema, sql::truncated_name(table.name, "_truncate")};
}
std::string Registry::keep_trigger() const {
    return sql::truncated_name("00_" + table.name, "_keep");
}
std::string Registry::move_trigger() const {
    return sql::truncated_name("zz_" + table.name, "_move");
}
std::string Registry::truncate_trigger() const {
    return sql::truncated_name(table.name, "_truncate");
}

std::vector<QualifiedName> Registry::functions() const {
    return {keep_function(), move_function(), truncate_function()};
}

std::vector<db::ExpectedTrigger> Registry::triggers() const {
    return {{keep_trigger(), keep_function(), true},
            {move_trigger(), move_function(), true},
            {truncate_trigger(), truncate_function(), false}};
}

std::vector<std::string> Registry::id_names() const {
    std::vector<std::string> names;
    for (const Column& column : ids)
        names.push_back(column.name);
    return names;
}

std::vector<std::string> Registry::column_names() const {
    std::vector<std::string> names = id_names();
    names.push_back(key.name);
    return names;
}

Registry registry_of(const db::TableInfo& table, std::string_view key) {
    Registry registry;
    registry.table = registry_name(table.name);
    registry.parent = table.name;
    const db::IndexInfo* primary = table.primary_key();
    for (const std::string& name : primary != nullptr ? primary->columns : std::vector<std::string>{})
        if (const db::ColumnInfo* column = table.column(name); column != nullptr && name != key)
            registry.ids.push_back({name, column->type});
    if (primary != nullptr)
        registry.unique_name = primary->name.name;
    if (const db::ColumnInfo* column = table.column(key); column != nullptr)
        registry.key = {column->name, column->type};
    registry.owner = table.owner;
    registry.creator = table.current_role;
    return registry;
}

}  // namespace tripmig::ddl
