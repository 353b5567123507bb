#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/catalog/partition_catalog.hpp"
#include "db/step_connection.hpp"
#include "partition/overview.hpp"

namespace tripmig::partition {

/// Gives each table what the state schema knows of its former partitions. The oids of those about which it knows
/// nothing any more: dropped, renamed or attached again by whoever did.
std::vector<std::uint32_t> add_detached(db::StepConnection& connection, const std::string& state_schema,
                                        Overview& overview);

/// For what is asked of partitions: its size.
db::PartitionInfo as_partition(const db::DetachedTable& table);

}  // namespace tripmig::partition
