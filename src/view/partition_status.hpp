#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "partition/status.hpp"

namespace tripmig::view {

/// A table's partitions, and what is wrong with them, for people.
std::string partition_status_text(const partition::TableStatus& status);
/// The same as one object.
nlohmann::json partition_status_json(const partition::TableStatus& status);

}  // namespace tripmig::view
