#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "config/policy.hpp"
#include "job/session.hpp"

namespace tripmig::cli {

/// What every `tripmig swap` command is told.
struct SwapOptions {
    std::string table;
    std::string strategy;
    std::string key;
    std::string interval;
    std::string incoming_foreign_keys;
    std::string unique_indexes;
    std::vector<std::string> dropped_keys;
    int workers = 0;  ///< 0: as configured
    bool accepts_changes = false;
};

/// TABLE alone.
void add_table_argument(CLI::App& command, SwapOptions& options);
/// TABLE and the flags that stand in for a policy file, or win over it.
void add_policy_options(CLI::App& command, SwapOptions& options);

/// --workers and --accept-changes, and the configuration with the first.
void add_run_options(CLI::App& command, SwapOptions& options);
config::Config with_workers(const config::Config& config, const SwapOptions& options);

/// The table's policy: the file in the partitions directory that names it, with the flags on top; without a file, the
/// flags alone. Throws Error{usage} when they do not say enough.
config::PartitionPolicy swap_policy(const Context& context, const SwapOptions& options);
/// The same for a table whose job is under way, if there is one: the job's own choices, which flags and file may not
/// contradict. Throws Error{refused} when they do.
config::PartitionPolicy job_policy(const Context& context, const SwapOptions& options, job::Session& server);

/// Asks on a terminal. Throws Error{usage} naming --yes where there is none to ask, Error{refused} when the answer is
/// no.
void require_yes(Context& context, bool assume_yes, const std::string& question);

// One function a command, each in a file of its name.
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
