#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "partition/status.hpp"

namespace tripmig::view {

/// At a glance first, then each table: what is wrong with it, and its partitions.
std::string partition_status_text(const partition::StatusResult& result);
/// The same as one document.
nlohmann::json partition_status_json(const partition::StatusResult& result);

}  // namespace tripmig::view
