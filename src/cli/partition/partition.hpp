#pragma once

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
};

ExitCode partition_maintain(Context& context, const MaintainOptions& options);
ExitCode partition_status(Context& context, bool tells_by_exit_code);

void add_partition_split(CLI::App& partition, Commands& commands);

/// The policies in [partitions] dir, or those of the tables that --only names.
/// Throws Error{usage} when one of these has no policy.
std::vector<config::PartitionPolicy> chosen_policies(const Context& context, const std::vector<std::string>& only);

}  // namespace tripmig::cli
