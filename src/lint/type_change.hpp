#pragma once

#include <string>

#include "lint/schema.hpp"
#include "sql/facts/type_name.hpp"

namespace tripmig::lint {

/// Whether ALTER COLUMN ... TYPE writes the table anew (manual, ALTER TABLE: notes).
enum class Rewrite {
    no,
    yes,
    depends_on_time_zone  ///< timestamp and timestamptz: not when the session's TimeZone is UTC (PostgreSQL 12)
};

/// From one type to another without USING. Extensions' types but citext, and what the files don't tell of a type,
/// count as a rewrite.
Rewrite rewrite_of(const sql::TypeName& from, const sql::TypeName& to, const KnownSchema& schema);

/// A domain that refuses some values: a column of it makes PostgreSQL look at every row.
bool is_constrained_domain(const std::string& type, const KnownSchema& schema);

/// "numeric(10,2)[]"
std::string to_string(const sql::TypeName& type);

}  // namespace tripmig::lint
