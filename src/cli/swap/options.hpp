#pragma once

#include <string>

#include "app/swap/cut_over_time.hpp"
#include "app/swap/policy.hpp"
#include "cli/command.hpp"

namespace tripmig::cli {

/// TABLE alone.
void add_table_argument(CLI::App& command, std::string& table);
/// TABLE and the flags that stand in for a policy file, or win over it.
void add_policy_options(CLI::App& command, app::SwapOptions& options);
/// --workers and --accept-changes.
void add_run_options(CLI::App& command, app::SwapOptions& options);
/// --until and --postpone-cutover-until.
void add_cut_over_options(CLI::App& command, app::CutOverTime& time);

// One function per command, each in a file of its name; resume is in pause.cpp.
void add_swap_plan(CLI::App& group, Commands& commands);
void add_swap_run(CLI::App& group, Commands& commands);
void add_swap_status(CLI::App& group, Commands& commands);
void add_swap_verify(CLI::App& group, Commands& commands);
void add_swap_cutover(CLI::App& group, Commands& commands);
void add_swap_pause(CLI::App& group, Commands& commands);
void add_swap_resume(CLI::App& group, Commands& commands);
void add_swap_revert(CLI::App& group, Commands& commands);
void add_swap_finish(CLI::App& group, Commands& commands);
void add_swap_abort(CLI::App& group, Commands& commands);

}  // namespace tripmig::cli
