#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"

namespace tripmig::db {

/// A constraint of the table itself. Foreign keys of others that point here are IncomingKey.
struct ConstraintInfo {
    std::string name;
    char kind = 'c';         ///< pg_constraint.contype: c, f, p, u, x, t
    std::string definition;  ///< pg_get_constraintdef(), names qualified
    std::vector<std::string> columns;
    bool is_valid = true;
    bool is_deferrable = false;
    bool no_inherit = false;
    QualifiedName references;   ///< kind f
    bool is_inherited = false;  ///< its table is a leaf, and the constraint came from the parent
    bool can_lock = true;       ///< kind f: the session's role may lock the table that it references
    std::optional<std::string> comment;
    bool references_partitioned = false;  ///< kind f: the referenced table is partitioned
};

struct IndexInfo {
    QualifiedName name;
    std::string tail;                  ///< "USING btree (...) ... WHERE ...": all that follows the table's name
    std::vector<std::string> columns;  ///< key columns; an expression is empty
    bool is_unique = false;
    bool is_primary = false;
    bool is_valid = true;
    bool is_constraint = false;  ///< of a primary key, unique or exclusion constraint of the same name
    bool is_partial = false;
    bool has_included = false;
    bool is_replica_identity = false;
    bool is_clustered = false;
    std::string tablespace;               ///< empty: the database's own
    std::vector<std::string> statistics;  ///< "2=500": targets of expressions, by column number
    std::optional<std::string> comment;
};

}  // namespace tripmig::db
