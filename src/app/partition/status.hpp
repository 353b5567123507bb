#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "partition/status.hpp"

namespace tripmig::app {

/// How the tables of all policies stand; those of policies that can't be read are their problem alone.
struct PartitionStatus {
    std::filesystem::path policies;
    partition::StatusResult result;

    /// Nothing needs attention.
    [[nodiscard]] bool is_well() const {
        return std::all_of(result.tables.begin(), result.tables.end(),
                           [](const partition::TableStatus& table) { return table.is_well(); });
    }
};

/// Of some tables; `only` empty: of every policy's. Changes nothing.
PartitionStatus partition_status(const Context& context, const std::vector<std::string>& only);

}  // namespace tripmig::app
