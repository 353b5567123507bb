#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "job/state/state.hpp"

namespace tripmig::cli {

/// One JSON document on stdout with --json, lines for people otherwise, as view::swap_document() and swap_text().
void print_swap(Context& context, const QualifiedName& table, const job::State* state,
                const std::vector<std::string>& problems = {});

}  // namespace tripmig::cli
