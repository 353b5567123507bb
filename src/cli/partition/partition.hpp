#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/command.hpp"
#include "config/policy.hpp"
#include "db/session.hpp"

namespace tripmig::cli {

struct MaintainOptions {
    bool is_dry_run = false;
    std::vector<std::string> only;  ///< tables; empty: every policy
    std::string now;                ///< empty: the server's clock
    std::optional<int> max_create;  ///< wins over policy and configuration
};

struct StatusOptions {
    std::vector<std::string> only;
    bool tells_by_exit_code = false;
};

ExitCode partition_maintain(Context& context, const MaintainOptions& options);
ExitCode partition_status(Context& context, const StatusOptions& options);

void add_partition_split(CLI::App& partition, Commands& commands);

/// The policies in [partitions] dir, or those of some tables.
struct ChosenPolicies {
    std::vector<config::PartitionPolicy> policies;
    std::vector<config::PolicyFile> unreadable;  ///< what concerns one table alone stops no other one
};

/// `only`: tables; empty: all. Throws Error{usage} when one of these has no policy that can be read.
ChosenPolicies chosen_policies(Context& context, const std::vector<std::string>& only);

}  // namespace tripmig::cli
