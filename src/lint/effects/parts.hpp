#pragma once

#include <string>
#include <string_view>

#include "lint/effects.hpp"
#include "lint/schema.hpp"
#include "sql/facts/alter_table.hpp"
#include "sql/facts/table_definition.hpp"

// What effects_of() is made of: one function a family of statements.
namespace tripmig::lint::effects {

/// A statement and what was there before it.
struct Subject {
    std::string_view statement;
    const sql::Facts& facts;
    const KnownSchema& schema;
    bool standard_conforming_strings = true;
};

void create_table(const Subject& subject, Effects& effects);
void alter_table(const Subject& subject, Effects& effects);
/// ALTER INDEX, VIEW, MATERIALIZED VIEW, SEQUENCE.
void alter_relation(const Subject& subject, Effects& effects);
void index(const Subject& subject, Effects& effects);
void drop(const Subject& subject, Effects& effects);
/// COMMENT, TRUNCATE, LOCK, triggers, rules, policies, publications, domains. False: it is none of them.
bool object(const Subject& subject, Effects& effects);
/// OWNED BY of ALTER SEQUENCE.
void sequence_owner(const Subject& subject, Effects& effects);
/// Queries and changes of rows. `is_run`: what is behind views is read, too; a view's definition only names them.
void query(std::string_view text, bool is_run, const Subject& subject, Effects& effects);

/// One ALTER TABLE on one table.
struct Target {
    const std::string& key;
    const KnownTable* known;  ///< null: the files did not make it
    const KnownSchema& schema;
    Effects& effects;
};

void attach_partition(const Target& target, const sql::AlterAction& action);
void detach_partition(const Target& target, const sql::AlterAction& action);
/// ALTER COLUMN ... TYPE.
void set_type(const Target& target, const sql::AlterAction& action);
/// Whether an expression names the column.
bool names_column(std::string_view expression, const std::string& column);

/// Locks a table and, unless `is_only`, what inherits from it.
void lock_tree(const std::string& table, bool is_only, LockMode mode, const KnownSchema& schema, Effects& effects);

/// Whether a valid constraint, or the column itself, proves that the column has no NULL.
bool is_proven_not_null(const KnownTable& table, const std::string& column);

}  // namespace tripmig::lint::effects
