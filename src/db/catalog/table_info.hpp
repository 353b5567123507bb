#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/catalog/index_info.hpp"
#include "db/catalog/parent_facts.hpp"

namespace tripmig::db {

/// A column, in the order of the table.
struct ColumnInfo {
    std::string name;
    std::string type;  ///< as format_type() spells it, with its modifier
    bool not_null = false;
    std::string default_sql;           ///< of a default or a generated column; empty: none
    char generated = '\0';             ///< 's': stored
    char identity = '\0';              ///< 'a' always, 'd' by default
    int statistics = -1;               ///< -1: the server's default
    std::vector<std::string> options;  ///< "n_distinct=-0.5"
    std::optional<std::string> comment;
    std::vector<Grant> grants;
};

/// A foreign key of another table (or of this one) that points here.
struct IncomingKey {
    QualifiedName table;
    std::string name;
    std::vector<std::string> columns;     ///< of the referencing table
    std::vector<std::string> referenced;  ///< of this table
    std::string tail;                     ///< what follows REFERENCES t (...): MATCH, actions, DEFERRABLE
    bool is_valid = true;
    bool is_self = false;
    bool is_partitioned = false;  ///< the referencing table is partitioned
    bool can_alter = false;       ///< the session's role owns the referencing table, or is a member of its owner
    std::optional<std::string> comment;

    /// The constraint of that name on that table. A name is a constraint's own on one table only.
    [[nodiscard]] bool is_called(const QualifiedName& referencing, const std::string& constraint) const {
        return table == referencing && name == constraint;
    }
    /// The same constraint, whatever was altered of it since.
    [[nodiscard]] bool is_same_as(const IncomingKey& other) const { return is_called(other.table, other.name); }
};

/// A trigger that a person made.
struct TriggerInfo {
    std::string name;
    std::string definition;  ///< pg_get_triggerdef(), names qualified
    char enabled = 'O';      ///< pg_trigger.tgenabled
    bool is_row = false;
    bool is_before = false;
    bool on_insert = false;
    bool on_delete = false;
    bool on_update = false;
    bool on_truncate = false;
    bool has_transition_tables = false;
    std::string function;         ///< qualified
    std::string function_source;  ///< as far as it has text
    bool is_inherited = false;    ///< its table is a leaf, and the trigger was cloned from the parent
    std::optional<std::string> comment;
};

struct PolicyInfo {
    std::string name;
    std::string tail;  ///< what follows CREATE POLICY name ON table
    std::optional<std::string> comment;
};

/// CREATE STATISTICS.
struct StatisticsInfo {
    QualifiedName name;
    std::string definition;
    std::string owner;
    int target = -1;
    std::optional<std::string> comment;
};

struct PublicationInfo {
    std::string name;
    bool names_table = false;  ///< FOR TABLE; else FOR ALL TABLES or FOR TABLES IN SCHEMA
    bool via_root = false;
    std::string tail;        ///< "(a, b) WHERE (...)" of a FOR TABLE member
    bool can_alter = false;  ///< the session's role may
    /// Those that a FOR TABLE member lists, where UPDATE or DELETE is published; empty: all.
    std::vector<std::string> columns = {};
    std::string row_filter = {};  ///< " WHERE (...)" of it
};

/// A sequence that belongs to a column.
struct SequenceInfo {
    QualifiedName name;
    std::string column;
    bool is_identity = false;
    std::string options;  ///< "INCREMENT BY 1 MINVALUE 1 ... NO CYCLE", with START
    bool has_acl = false;
    std::vector<Grant> grants;
    std::optional<std::string> comment;
};

/// A rule of the table. What it does is said for statements that name the table, never for its leaves.
struct RuleInfo {
    std::string name;
    std::string definition;      ///< pg_get_ruledef(), names qualified
    char enabled = 'O';          ///< pg_rewrite.ev_enabled
    bool groups_by_key = false;  ///< its action depends on the table's primary key
    std::optional<std::string> comment;
};

/// Something that is bound to the table, or to its row type, by OID: after a rename it follows the old table.
struct DependentInfo {
    enum class Kind {
        view,
        materialized_view,
        rule,          ///< of another table, or of a view
        sql_function,  ///< with an SQL-standard body
        row_function,  ///< with the row type as argument or result: with another row type it is another function
        other
    } kind = Kind::other;
    std::string description;    ///< pg_describe_object(): "view public.open_orders"
    QualifiedName name;         ///< of the view, of the rule's relation, of the function
    char relation_kind = '\0';  ///< pg_class.relkind of a view or a rule's relation
    std::uint32_t oid = 0;      ///< of the rule that binds a view, of the function
    /// view, rule, sql_function: the CREATE OR REPLACE that binds it to whatever has the table's name. row_function:
    /// its definition. materialized_view: its query. other: empty.
    std::string rebind;
    std::string owner;       ///< of a relation or function
    bool can_alter = false;  ///< the session's role is the owner or a member of it
    std::string in_the_way;  ///< materialized_view, row_function: what stands on it and cannot be put on a new one

    // Of a row_function.
    bool has_acl = false;               ///< of its own, or default privileges would give a new one such
    std::string signature;              ///< qualified, with its arguments, as ALTER ROUTINE wants it
    std::vector<std::string> grants;    ///< "role WITH GRANT OPTION", each who may execute it, in order
    std::vector<std::string> grantees;  ///< whom default privileges let into a new one, quoted
    std::optional<std::string> comment;

    [[nodiscard]] bool is_on_view() const noexcept { return relation_kind == 'v'; }
};

/// Everything about one table that a table in its place must have.
struct TableInfo {
    QualifiedName name;
    std::uint32_t oid = 0;
    char kind = 'r';         ///< pg_class.relkind
    char persistence = 'p';  ///< p, u, t
    std::string owner;
    std::string current_role;
    bool can_alter = false;  ///< the session's role is the owner or a member of it
    bool can_create_in_schema = false;
    bool bypasses_row_security = false;  ///< the session's role, whatever the policies say
    bool has_acl = false;
    std::vector<Grant> grants;
    std::vector<std::string> default_table_grantees;  ///< whom default privileges let into a new table; "" is PUBLIC
    std::vector<std::string> default_sequence_grantees;
    std::optional<std::string> comment;
    bool row_security = false;
    bool force_row_security = false;
    char replica_identity = 'd';
    std::vector<std::string> options;  ///< reloptions, "toast.*" too
    std::string tablespace;
    std::string access_method;
    std::string partition_key;    ///< pg_get_partkeydef() of a partitioned table
    std::string partition_bound;  ///< of a leaf
    bool is_leaf = false;
    bool has_children = false;  ///< by INHERITS or as partitions
    bool has_parents = false;   ///< by INHERITS
    bool is_typed = false;      ///< CREATE TABLE ... OF
    std::int64_t filenode = 0;
    std::int64_t pages = 0;        ///< blocks of the main fork now
    std::int64_t bytes = 0;        ///< with indexes and TOAST
    double rows = -1;              ///< the planner's estimate; -1: never analyzed
    int default_statistics = 100;  ///< the session's default_statistics_target
    std::vector<ColumnInfo> columns;
    std::vector<ConstraintInfo> constraints;
    std::vector<IndexInfo> indexes;
    std::vector<IncomingKey> incoming;
    std::vector<TriggerInfo> triggers;
    std::vector<PolicyInfo> policies;
    std::vector<RuleInfo> rules;
    std::vector<std::string> labels;  ///< providers of security labels
    std::vector<StatisticsInfo> statistics;
    std::vector<PublicationInfo> publications;
    std::vector<SequenceInfo> sequences;
    std::vector<DependentInfo> dependents;
    std::string fingerprint;  ///< of all of that in the catalog: table_fingerprint.sql

    [[nodiscard]] const ColumnInfo* column(std::string_view name) const;
    [[nodiscard]] const IndexInfo* primary_key() const;
    [[nodiscard]] bool is_partitioned() const noexcept { return kind == 'p'; }
};

}  // namespace tripmig::db
