#pragma once

#include <optional>
#include <vector>

#include "base/step.hpp"
#include "config/config.hpp"
#include "ddl/leaf_name.hpp"
#include "job/context.hpp"

namespace tripmig::partition {

/// What the cut-over of a job on partitions is made from beside the context.
struct CutOverFacts {
    db::TableInfo parent;
    std::vector<db::TableInfo> sources;  ///< as they are; in the order of their bounds
    db::TableInfo staged;
    std::vector<ddl::Leaf> target_partitions;  ///< of the staged table
    std::optional<db::TableInfo> rest;         ///< of a drain: the replacement DEFAULT, with the rows that stay
    std::vector<QualifiedName> others;         ///< the parent's other leaves
    std::optional<QualifiedName> guarded;      ///< the DEFAULT partition among them, with the guard of the split
};

/// One transaction: the log's last entries, the sources detached, the target_partitions attached in their place. The
/// parent's foreign keys become NOT VALID ones of each leaf, since target_partitions with rows could have none before
/// (the service's deletes would fail); they are validated and adopted afterwards. Pure.
Unit partition_cut_over(const job::WorkContext& context, const CutOverFacts& facts, const config::SwapConfig& config);

}  // namespace tripmig::partition
