#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"

namespace tripmig::db {

/// One entry of an access control list (manual 5.7), without its grantor.
struct Grant {
    std::string grantee;    ///< empty: PUBLIC
    std::string privilege;  ///< "SELECT"
    std::string column;     ///< empty: the whole table
    bool grantable = false;

    friend auto operator<=>(const Grant&, const Grant&) = default;
};

/// A TRUNCATE trigger. It is a statement trigger, which PostgreSQL does not clone to leaves (manual CREATE TRIGGER).
struct TruncateTrigger {
    std::string name;
    std::string timing;  ///< "BEFORE" or "AFTER"
    std::string tail;    ///< what follows the table's name in its definition: "FOR EACH STATEMENT EXECUTE FUNCTION f()"
    char enabled = 'O';  ///< pg_trigger.tgenabled: O, D, R, A
};

/// Settings of one column that CREATE TABLE ... LIKE leaves behind.
struct ColumnSetting {
    std::string column;
    std::optional<int> statistics;     ///< SET STATISTICS
    std::vector<std::string> options;  ///< "n_distinct=-0.5"
};

/// What a new leaf takes over from its parent, as far as neither LIKE nor ATTACH sees to it.
struct ParentFacts {
    QualifiedName table;
    std::string key;       ///< the partition key's column
    std::string key_type;  ///< as format_type() spells it
    std::string owner;
    std::string creator;        ///< the role that will make the leaf: the session's own
    std::vector<Grant> grants;  ///< all of the parent's, the owner's too
    bool has_acl = false;       ///< false: relacl is NULL, the owner alone has everything
    std::vector<std::string>
        default_grantees;    ///< whom default privileges of `creator` let into a new table; "" is PUBLIC
    std::string tablespace;  ///< empty: the database's own
    std::vector<std::string>
        options;  ///< reloptions of the newest leaf, "autovacuum_vacuum_scale_factor=0.05", "toast.*" too
    bool row_security = false;
    bool force_row_security = false;
    char replica_identity = 'd';  ///< pg_class.relreplident: d, n, f, i
    std::string
        replica_identity_index;  ///< for i, unless it is the primary key: what follows ON <table> in its definition
    std::optional<std::string> comment;
    std::vector<TruncateTrigger> truncate_triggers;
    std::vector<ColumnSetting> columns;
    std::vector<QualifiedName> references;  ///< tables that the parent's foreign keys point to, by name
    std::optional<QualifiedName> default_partition;
};

}  // namespace tripmig::db
