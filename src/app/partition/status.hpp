#pragma once

#include <filesystem>
#include <vector>

#include "app/context.hpp"
#include "partition/status.hpp"

namespace tripmig::app {

/// How the tables of all policies stand.
struct PartitionStatus {
    Instant now;  ///< the server's
    std::filesystem::path policies;
    std::vector<partition::TableStatus> tables;

    [[nodiscard]] bool has_enough() const;
};

/// Changes nothing and needs no lock.
PartitionStatus partition_status(const Context& context);

}  // namespace tripmig::app
