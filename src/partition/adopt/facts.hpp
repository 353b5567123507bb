#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/qualified_name.hpp"
#include "config/policy.hpp"
#include "db/catalog/policy_tables.hpp"
#include "ddl/bounds.hpp"
#include "ddl/leaf_name.hpp"

namespace tripmig::partition {

/// What a policy is drafted from: one table as the catalog has it.
struct TableFacts {
    QualifiedName table;
    db::PolicyTable catalog;
    Instant now;
};

/// What the caller knows better than the partitions tell. Empty and nullopt: they tell it.
struct DraftWishes {
    std::optional<config::PartitionInterval> interval;
    std::string time_zone;
    std::string zone_of_several;  ///< taken where several zones fit
    std::optional<config::KeyEncoding> encoding;
    std::string name;  ///< the pattern of names
    std::optional<int> premake;
    std::optional<config::PartitionInterval> keep;
    bool drops = false;  ///< what is older is dropped after grace; else detached and kept
};

/// Throws Error{refused} when no policy can be for the table: it does not exist, is not partitioned, or not by range of
/// a column.
void require_range_partitioned(const TableFacts& facts);

/// The newest partitions with two finite bounds, in the order of their bounds: old ones may be of another width.
/// Throws Error{refused} when bounds can't be read as keys of that type.
std::vector<ddl::Leaf> newest_leaves(const TableFacts& facts, ddl::KeyType key);

}  // namespace tripmig::partition
