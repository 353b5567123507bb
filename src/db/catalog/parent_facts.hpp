#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/catalog/index_info.hpp"

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
    std::string tail;    ///< what follows the table's name: "FOR EACH STATEMENT EXECUTE FUNCTION f()"
    char enabled = 'O';  ///< pg_trigger.tgenabled: O, D, R, A
};

/// Settings of one column that CREATE TABLE ... LIKE leaves behind.
struct ColumnSetting {
    std::string column;
    int statistics = -1;               ///< SET STATISTICS; -1: the server's default
    std::vector<std::string> options;  ///< "n_distinct=-0.5"
};

/// The index that REPLICA IDENTITY USING INDEX names, when it is not the primary key.
struct ReplicaIdentityIndex {
    bool is_constraint = false;
    std::string
        definition;  ///< of a constraint "UNIQUE (a, b)"; else what follows the table's name: "USING btree (a, b)"
};

/// A unique index that lacks the partition key: a partitioned table can have none such, each of its leaves may (manual
/// 5.11.2.3). In the names there is no leaf's.
struct LeafIndex {
    IndexInfo index;
    std::optional<ConstraintInfo> constraint;  ///< the unique constraint that it belongs to
};

/// What a new leaf takes over from its parent, as far as neither LIKE nor ATTACH sees to it.
struct ParentFacts {
    QualifiedName table;
    std::string key;       ///< the partition key's column
    std::string key_type;  ///< as format_type() spells it, without modifier
    std::size_t key_columns = 1;
    std::string owner;
    std::string creator;        ///< the role that will make the leaf: the session's own
    bool has_acl = false;       ///< false: relacl is NULL, the owner alone has everything
    std::vector<Grant> grants;  ///< the table's, the owner's too
    std::vector<Grant> column_grants;
    std::vector<std::string> default_grantees;  ///< whom the creator's default privileges let in; "" is PUBLIC
    std::string tablespace;                     ///< empty: the database's own
    std::vector<std::string> options;           ///< "autovacuum_vacuum_scale_factor=0.05", "toast.*" too
    bool row_security = false;
    bool force_row_security = false;
    char replica_identity = 'd';  ///< pg_class.relreplident: d, n, f, i
    std::optional<ReplicaIdentityIndex> replica_identity_index;
    std::optional<std::string> comment;
    std::vector<TruncateTrigger> truncate_triggers;
    std::vector<ColumnSetting> columns;
    std::vector<LeafIndex> leaf_indexes;  ///< of the siblings: nothing of the parent says so
    std::vector<QualifiedName>
        references;  ///< tables at the other end of foreign keys from and to it: ATTACH locks them
    std::optional<QualifiedName> default_partition;
};

}  // namespace tripmig::db
