#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/facts/statement_facts.hpp"
#include "sql/facts/type_name.hpp"

namespace tripmig::sql {

/// A constraint of a table or of one of its columns.
struct ConstraintFacts {
    enum class Kind { check, foreign_key, unique, primary_key, exclude, other };
    Kind kind = Kind::other;
    std::string name;                  ///< empty: the server chooses one
    std::vector<std::string> columns;  ///< of the table; empty for a CHECK and an expression
    std::string expression;            ///< CHECK: what is inside of its parentheses, as it is written
    NameParts references;              ///< of a foreign key
    std::string using_index;           ///< UNIQUE and PRIMARY KEY USING INDEX
    bool is_not_valid = false;
};

struct ColumnFacts {
    std::string name;
    TypeName type;
    bool is_not_null = false;
    bool has_default = false;
    std::string default_expression;  ///< as it is written
    bool is_identity = false;
    bool is_generated = false;  ///< STORED
    std::vector<ConstraintFacts> constraints;
};

/// CREATE TABLE.
struct TableDefinition {
    NameParts name;
    bool if_not_exists = false;
    bool is_temporary = false;
    bool is_partitioned = false;             ///< PARTITION BY
    std::vector<std::string> partition_key;  ///< its plain columns
    NameParts partition_of;
    bool is_default = false;  ///< PARTITION OF ... DEFAULT
    std::vector<NameParts> inherits;
    std::vector<NameParts> like;
    std::vector<ColumnFacts> columns;
    std::vector<ConstraintFacts> constraints;
    std::size_t query = std::string_view::npos;  ///< CREATE TABLE ... AS: where its query begins in the statement
};

/// Reads a CREATE [FOREIGN] TABLE. nullopt when it is none. Never throws on text that PostgreSQL would refuse: it then
/// tells what it understood.
std::optional<TableDefinition> table_definition(std::string_view statement, bool standard_conforming_strings = true);

/// A column's name, type and constraints, from where the cursor stands to the , or ) behind it, or the end.
ColumnFacts take_column(std::string_view statement, TokenCursor& cursor);

/// [CONSTRAINT name] CHECK|UNIQUE|PRIMARY KEY|EXCLUDE|FOREIGN KEY ...; nullopt, and nothing taken, when none is here.
std::optional<ConstraintFacts> take_table_constraint(std::string_view statement, TokenCursor& cursor);

/// Goes on to the , or ) that is outside of any parentheses opened on the way, or to the end.
void skip_to_comma(TokenCursor& cursor);

/// (a, b): the names in it.
std::vector<std::string> take_name_list(TokenCursor& cursor);

}  // namespace tripmig::sql
