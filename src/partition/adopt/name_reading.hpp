#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy.hpp"
#include "ddl/leaf_name.hpp"

namespace tripmig::partition {

/// The pattern that gives most of the partitions their names, such as "{table}_p{start:%Y_%m}". nullopt: none gives
/// half of them theirs.
std::optional<std::string> find_name_pattern(std::string_view table, ddl::KeyType key,
                                             const std::vector<ddl::Leaf>& leaves,
                                             const config::PartitionInterval& interval, const ddl::Calendar& calendar);

/// The partitions whose names the pattern would not give them.
std::vector<ddl::Leaf> unlike_pattern(std::string_view pattern, std::string_view table, ddl::KeyType key,
                                      const std::vector<ddl::Leaf>& leaves, const ddl::Calendar& calendar);

}  // namespace tripmig::partition
