#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "partition/status.hpp"

namespace tripmig::app {

/// How the tables of all policies stand.
struct PartitionStatus {
    std::filesystem::path policies;
    partition::StatusResult result;  ///< at the server's own time

    [[nodiscard]] bool is_well() const;
};

/// Changes nothing and needs no lock. `only`: tables; empty: all that have a policy.
PartitionStatus partition_status(const Context& context, const std::vector<std::string>& only);

}  // namespace tripmig::app
