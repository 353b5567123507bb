#pragma once

#include <string>
#include <vector>

#include "db/catalog/table_info.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// What a copy is made like when it begins, a line a thing: columns, constraints, indexes, grants, settings. What is
/// made in the cut-over only (triggers, policies, views, incoming keys) may change until then and is not in it.
std::vector<std::string> shape_of(const db::TableInfo& table);

/// What a table had when its job began, a line a thing: triggers, policies, foreign keys both ways, what is bound to
/// it, sequences and publications; for attach, which carries the table as it is, the shape as well. Without what the
/// job itself adds.
std::vector<std::string> fingerprint_of(db::TableInfo table, const State& state);

/// Throws Error{refused} naming what others altered since the job began.
void require_same_fingerprint(const db::TableInfo& table, const State& state);

/// What is different now, for people: "gone: ..." and "new: ...".
std::vector<std::string> shape_changes(const std::vector<std::string>& then, const std::vector<std::string>& now);

/// Throws Error{refused} naming what was altered since the copy began.
void require_same_shape(const db::TableInfo& table, const std::vector<std::string>& then);

}  // namespace tripmig::job
