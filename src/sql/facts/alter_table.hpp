#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/facts/table_definition.hpp"

namespace tripmig::sql {

/// One action of ALTER TABLE (manual, ALTER TABLE).
struct AlterAction {
    enum class Kind {
        add_column,
        drop_column,
        set_type,
        set_default,
        drop_default,
        set_not_null,
        drop_not_null,
        drop_expression,
        set_identity,  ///< ADD GENERATED, SET GENERATED, RESTART, DROP IDENTITY
        set_statistics,
        set_column_options,
        set_storage,  ///< and SET COMPRESSION
        add_constraint,
        alter_constraint,
        validate_constraint,
        drop_constraint,
        switch_trigger,  ///< ENABLE or DISABLE TRIGGER
        switch_rule,
        row_security,
        cluster_on,  ///< and SET WITHOUT CLUSTER
        set_logged,  ///< and SET UNLOGGED
        set_access_method,
        set_tablespace,
        set_options,  ///< SET (...) and RESET (...)
        inherit,
        no_inherit,
        of_type,  ///< and NOT OF
        owner,
        replica_identity,
        rename_table,
        rename_column,
        rename_constraint,
        set_schema,
        attach_partition,
        detach_partition,
        other
    };
    Kind kind = Kind::other;
    std::string name;      ///< of the column, constraint or trigger
    std::string new_name;  ///< of what is renamed; the schema of SET SCHEMA
    ColumnFacts column;    ///< add_column
    bool if_not_exists = false;
    TypeName type;                     ///< set_type
    std::string expression;            ///< set_type: USING; set_default: the default
    ConstraintFacts constraint;        ///< add_constraint
    NameParts other;                   ///< the parent of INHERIT, the partition of ATTACH and DETACH
    std::vector<std::string> options;  ///< set_options: their names
    bool is_default = false;           ///< ATTACH ... DEFAULT
    bool is_concurrent = false;        ///< DETACH
    bool is_finalize = false;
    bool is_cascade = false;
    bool is_disabled = false;  ///< switch_trigger, switch_rule
    std::size_t offset = 0;    ///< in the statement
};

/// ALTER TABLE, and ALTER of whatever else takes its actions (foreign table, index, view, materialized view, sequence).
struct AlterTable {
    NameParts name;
    bool is_only = false;
    std::vector<AlterAction> actions;
};

/// Reads it from behind ALTER and the object's kind. Never throws on text that PostgreSQL would refuse.
AlterTable take_alter_table(std::string_view statement, TokenCursor& cursor);

/// The same of a whole ALTER TABLE statement.
AlterTable alter_table(std::string_view statement, bool standard_conforming_strings = true);

}  // namespace tripmig::sql
