#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "job/progress.hpp"
#include "job/state.hpp"

namespace tripmig::cli {

/// One JSON document on stdout with --json, lines for people otherwise. `state` nullptr: the table was partitioned
/// before.
/// `problems`: of the registry's triggers, a sentence each.
void print_swap(Context& context, const QualifiedName& table, const job::State* state,
                const std::vector<std::string>& problems = {});

// The same with what is under way.
nlohmann::json status_document(const job::State& state, const job::JobProgress& progress);
std::string status_text(const job::State& state, const job::JobProgress& progress);
/// What to do about triggers of a registry that are off, beneath them; empty when none is.
std::string problems_text(const QualifiedName& table, const std::vector<std::string>& problems);
/// In one line, for a log: "public.orders: capturing, 1200 of 5000 blocks, 35.2 MB/s, 12 s left".
std::string status_line(const job::State& state, const job::JobProgress& progress);

}  // namespace tripmig::cli
