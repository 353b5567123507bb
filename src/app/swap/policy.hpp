#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/policy.hpp"
#include "job/session.hpp"

namespace tripmig::app {

/// What a swap or split is told, each choice as its flag spells it; empty: not chosen.
struct SwapOptions {
    std::string table;
    std::string strategy;
    std::string key;
    std::string interval;
    std::string incoming_foreign_keys;
    std::string unique_indexes;
    std::string outliers;
    std::optional<int> max_create;
    std::vector<std::string> dropped_keys;
    int workers = 0;  ///< 0: as configured
    bool accepts_changes = false;
};

config::Config with_workers(const config::Config& config, const SwapOptions& options);

/// The table's policy: the file in the partitions directory that names it, with the choices on top; without a file, the
/// choices alone. Throws Error{usage} when they do not say enough.
config::PartitionPolicy swap_policy(const config::Config& config, const SwapOptions& options);
/// The same for a table whose job is under way, if there is one: the job's own choices, which options and file may not
/// contradict. Throws Error{refused} when they do.
config::PartitionPolicy job_policy(const config::Config& config, const SwapOptions& options, job::Session& server);

}  // namespace tripmig::app
