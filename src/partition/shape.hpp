#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "config/policy.hpp"
#include "db/session.hpp"
#include "ddl/leaf.hpp"
#include "ddl/missing_leaves.hpp"

namespace tripmig::partition {

/// What new partitions are made like, in what their parent does not say.
struct ShapeTemplate {
    ddl::PartitionShape shape;  ///< names of its parts follow the partition's own: "_north"
    /// Where its parts are ranges of the same key: how wide they are. nullopt with parts: they have the template's own
    /// bounds, or there is one for all where those are of the same key and of no width that is known.
    std::optional<config::PartitionInterval> interval;
    bool is_by_key = false;  ///< its parts are ranges of the same key
};

/// Reads one partition, or a table that a policy names, as template for others. `key`: the partition key's column,
/// `coverage`: its type and calendar. Throws Error{refused} when there is no such table.
ShapeTemplate read_shape(db::Session& session, const QualifiedName& table, const std::string& key,
                         const ddl::Coverage& coverage);

/// The template for one new partition: its parts named after it, and within its bounds.
ddl::PartitionShape fitted(const ShapeTemplate& shape, const ddl::Coverage& coverage, const ddl::Leaf& leaf,
                           std::size_t key_columns);

/// The width of ranges that lie on the grid but for the first and the last, which the whole may cut. nullopt: they are
/// on none of those that people use.
std::optional<config::PartitionInterval> width_of(const std::vector<ddl::Bounds>& parts, const ddl::Bounds& whole,
                                                  const ddl::Coverage& coverage);

}  // namespace tripmig::partition
