#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "db/catalog/partition_catalog.hpp"
#include "db/session.hpp"

namespace tripmig::partition {

using Sizes = std::unordered_map<std::uint32_t, db::PartitionSize>;  ///< by oid

/// Those of all these tables. Whoever holds ACCESS EXCLUSIVE on one of them keeps nothing but its own size from being
/// known.
Sizes read_sizes(db::Session& session, const std::vector<db::PartitionInfo>& infos);

}  // namespace tripmig::partition
