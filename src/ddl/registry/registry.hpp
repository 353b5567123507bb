#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/catalog/own_triggers.hpp"
#include "db/catalog/table_info.hpp"

namespace tripmig::ddl {

/// A plain table beside a partitioned one that holds each row's id and partition key. It keeps the id unique across
/// leaves, which no index of a partitioned table can (manual 5.11.2.3), and is what other tables' foreign keys point
/// to. Triggers on the partitioned table keep it; nobody else may write it. Everything it is made of lives in the
/// table's own schema, so that a dump of that schema is whole, and runs as the table's owner, so that the application
/// needs no right on it.
struct Registry {
    struct Column {
        std::string name;
        std::string type;
    };

    QualifiedName table;   ///< orders_ids
    QualifiedName parent;  ///< orders
    std::vector<Column> ids;
    Column key;               ///< the partition key
    std::string unique_name;  ///< the constraint that a duplicate id is said to violate: the table's old primary key
    std::string owner;
    std::string creator;              ///< the session's role
    bool replaces_functions = false;  ///< those of a dropped table's registry are there still

    [[nodiscard]] QualifiedName keep_function() const;      ///< after INSERT and DELETE
    [[nodiscard]] QualifiedName move_function() const;      ///< before an UPDATE of id or key
    [[nodiscard]] QualifiedName truncate_function() const;  ///< after TRUNCATE, of the parent and of each leaf
    // Row triggers fire in the order of their names (manual 39.1).
    [[nodiscard]] std::string keep_trigger() const;  ///< begins with 00_: the others may change or delete the row
    [[nodiscard]] std::string move_trigger() const;  ///< begins with zz_: those before it may still change the row
    [[nodiscard]] std::string truncate_trigger() const;
    [[nodiscard]] std::vector<QualifiedName> functions() const;  ///< all three
    /// What the partitioned table and each partition must have.
    [[nodiscard]] std::vector<db::ExpectedTrigger> triggers() const;
    [[nodiscard]] std::vector<std::string> id_names() const;
    [[nodiscard]] std::vector<std::string> column_names() const;  ///< the ids, then the key
};

/// The name of a table's registry.
QualifiedName registry_name(const QualifiedName& table);

/// For a table whose primary key is to be kept unique.
Registry registry_of(const db::TableInfo& table, std::string_view key);

}  // namespace tripmig::ddl
