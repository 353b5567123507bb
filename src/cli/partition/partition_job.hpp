#pragma once

#include "app/partition/partition_job.hpp"
#include "base/exit_code.hpp"
#include "cli/command.hpp"

namespace tripmig::cli {

// What split, merge and drain have in common.

/// --plan
void add_plan_option(CLI::App& command, bool& is_plan);

ExitCode print_plan(Context& context, const partition::PartitionPlan& plan);
ExitCode print_job(Context& context, const app::PartitionJobResult& result);

}  // namespace tripmig::cli
