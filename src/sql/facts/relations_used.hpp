#pragma once

#include <string_view>
#include <vector>

#include "sql/facts/statement_facts.hpp"

namespace tripmig::sql {

/// The relations that a query, or a statement that changes rows, names: what the text tells, without what views and
/// functions reach in their turn.
struct RelationsUsed {
    std::vector<NameParts> read;     ///< behind FROM, JOIN, USING, TABLE
    std::vector<NameParts> written;  ///< INSERT INTO, UPDATE, DELETE FROM, MERGE INTO, in WITH too
    bool locks_rows = false;         ///< FOR UPDATE, FOR SHARE and their like
};

/// Reads at most the first 64 kB: a long list of VALUES names nothing more.
RelationsUsed relations_used(std::string_view query, bool standard_conforming_strings = true);

}  // namespace tripmig::sql
