#pragma once

#include <string_view>

#include "lint/effects.hpp"
#include "lint/schema.hpp"
#include "sql/facts/facts.hpp"

namespace tripmig::lint {

/// The locks of a statement before which `schema` was known. Pure.
Effects effects_of(std::string_view statement, const sql::Facts& facts, const KnownSchema& schema,
                   bool standard_conforming_strings = true);

}  // namespace tripmig::lint
