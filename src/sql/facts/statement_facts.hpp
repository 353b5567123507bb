#pragma once

#include <string_view>

#include "sql/facts/facts.hpp"

namespace tripmig::sql {

/// Reads as much of the statement as it needs: the head of a long INSERT only. Never throws on text that PostgreSQL
/// would refuse.
Facts facts(std::string_view statement, bool standard_conforming_strings = true);

}  // namespace tripmig::sql
