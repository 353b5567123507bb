#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "job/progress.hpp"
#include "job/state/state.hpp"

namespace tripmig::view {

/// `state` nullptr: the table was partitioned before. `problems`: of the registry's triggers, a sentence each.
nlohmann::json swap_document(const QualifiedName& table, const job::State* state,
                             const std::vector<std::string>& problems = {});
std::string swap_text(const QualifiedName& table, const job::State* state,
                      const std::vector<std::string>& problems = {});

// The same with what is under way.
nlohmann::json status_document(const job::State& state, const job::JobProgress& progress);
std::string status_text(const job::State& state, const job::JobProgress& progress);
/// What to do about triggers of a registry that are off, beneath them; empty when none is.
std::string problems_text(const QualifiedName& table, const std::vector<std::string>& problems);
/// In one line, for a log: "public.orders: capturing, 1200 of 5000 blocks, 35.2 MB/s, 12 s left".
std::string status_line(const job::State& state, const job::JobProgress& progress);

}  // namespace tripmig::view
