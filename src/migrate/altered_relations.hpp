#pragma once

#include <string>
#include <vector>

#include "lint/schema.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

/// What a statement alters, as its text tells: relations by their key, see KnownSchema.
struct Altered {
    std::vector<std::string> relations;
    std::vector<std::string> schemas;  ///< every table in them: GRANT ... ON ALL TABLES IN SCHEMA
};

/// Reading and changing rows, TRUNCATE, ANALYZE, VACUUM, REINDEX, CLUSTER and LOCK alter nothing; a foreign key alters
/// the table that it points to as well. Pure.
Altered altered_by(const ScriptStatement& statement, const lint::KnownSchema& schema);

/// Such a statement locks as strongly as one that alters: its locks prove nothing.
bool locks_without_altering(const sql::Facts& facts);

}  // namespace tripmig::migrate
