#pragma once

#include <string>
#include <vector>

#include "db/table_info.hpp"

namespace tripmig::swap {

/// What a copy is made like when it begins, a line a thing: columns, constraints, indexes, grants, settings. What is
/// made in the cut-over only (triggers, policies, views, incoming keys) may change until then and is not in it.
std::vector<std::string> shape_of(const db::TableInfo& table);

/// What is different now, for people: "gone: ..." and "new: ...".
std::vector<std::string> shape_changes(const std::vector<std::string>& then, const std::vector<std::string>& now);

/// Throws Error{refused} naming what was altered since the copy began.
void require_same_shape(const db::TableInfo& table, const std::vector<std::string>& then);

}  // namespace tripmig::swap
