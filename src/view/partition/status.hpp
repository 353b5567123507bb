#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/partition/status.hpp"

namespace tripmig::view {

/// Each table's partitions, and what is wrong with them, for people.
std::string partition_status_text(const app::PartitionStatus& status);
/// The same as one document.
nlohmann::json partition_status_json(const app::PartitionStatus& status);

}  // namespace tripmig::view
