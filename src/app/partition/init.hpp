#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/partition/new_policy.hpp"

namespace tripmig::app {

struct InitOptions {
    std::string table;
    std::filesystem::path file;  ///< empty: named after the table, in [partitions] dir
    std::string interval;        ///< empty: what the partitions tell
    std::string time_zone;       ///< the same
    bool is_dry_run = false;
};

struct InitResult {
    NewPolicy policy;
    bool is_written = false;
};

/// Writes a policy for a partitioned table from what is there. Throws Error{refused} when a file of that name or a
/// policy for the table is there already, or when the partitions don't tell what is needed.
InitResult init_policy(const Context& context, const InitOptions& options);

}  // namespace tripmig::app
