#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/connection.hpp"

namespace tripmig::db {

/// An index as the catalog has it.
struct IndexState {
    QualifiedName name;
    bool is_valid = false;
    std::uint32_t oid = 0;
    std::uint32_t parent = 0;                ///< the partitioned index it is attached to; 0: none
    bool may_be_under_construction = false;  ///< somebody builds an index on this table, or holds the lock for it
};

/// A table in its partition tree, with its indexes.
struct TreeMember {
    std::uint32_t oid = 0;
    std::uint32_t parent = 0;  ///< 0: the table that was asked for
    QualifiedName name;
    char kind = 'r';  ///< pg_class.relkind: r table, p partitioned, f foreign
    std::vector<IndexState> indexes;
};

/// A table and all its partitions, parents first. Empty: there is no such table. The name is read under the session's
/// search_path.
std::vector<TreeMember> read_index_tree(Connection& connection, const std::string& table);

struct NamedIndex {
    QualifiedName name;
    QualifiedName table;
    bool is_partitioned = false;  ///< an index of a partitioned table
};

/// nullopt: no index of that name on the session's search_path.
std::optional<NamedIndex> find_index(Connection& connection, const std::string& name);

}  // namespace tripmig::db
