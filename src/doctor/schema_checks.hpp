#pragma once

#include <functional>
#include <vector>

#include "doctor/finding.hpp"
#include "doctor/schema_facts.hpp"

namespace tripmig::doctor {

/// The group `schema`. Pure. `is_detached`: a table that was a partition once, on which a role needs no rights.
std::vector<Check> check_schema(const SchemaFacts& facts, const std::function<bool(const QualifiedName&)>& is_detached);

}  // namespace tripmig::doctor
