#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/command.hpp"
#include "swap/progress.hpp"
#include "swap/state.hpp"

namespace tripmig::cli {

/// One JSON document on stdout with --json, lines for people otherwise. `state` nullptr: the table was partitioned
/// before.
void print_swap(Context& context, const QualifiedName& table, const swap::SwapState* state);

// The same with what is under way.
nlohmann::json status_document(const swap::SwapState& state, const swap::JobProgress& progress);
std::string status_text(const swap::SwapState& state, const swap::JobProgress& progress);
/// In one line, for a log: "public.orders: capturing, 1200 of 5000 blocks, 35.2 MB/s, 12 s left".
std::string status_line(const swap::SwapState& state, const swap::JobProgress& progress);

}  // namespace tripmig::cli
