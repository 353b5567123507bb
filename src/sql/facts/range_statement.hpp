#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/facts/statement_facts.hpp"

namespace tripmig::sql {

/// An UPDATE or DELETE of one table, cut so that it can be run for one range of a column at a time. Views are into the
/// statement.
struct RangeStatement {
    NameParts table;
    bool is_only = false;               ///< ONLY: without what inherits from the table
    std::string alias;                  ///< what the statement calls its table: the alias, else the name
    std::string_view head;              ///< all before WHERE
    std::string_view condition;         ///< all behind WHERE; empty: it has none
    std::vector<std::string> assigned;  ///< columns that SET gives a value
    /// Not empty: why it can't be run in ranges, for people. The rest is then not to be relied on.
    std::string refusal;

    /// The statement for the rows of which `range` is true as well.
    [[nodiscard]] std::string within(std::string_view range) const;
};

/// What one row becomes must not hang on what became of others: refused are WITH, RETURNING, WHERE CURRENT OF and a
/// FROM, USING or subquery that reads the table itself. Everything that is no UPDATE or DELETE is refused too.
RangeStatement range_statement(std::string_view statement, bool standard_conforming_strings = true);

}  // namespace tripmig::sql
