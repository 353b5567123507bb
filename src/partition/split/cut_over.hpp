#pragma once

#include <optional>
#include <vector>

#include "base/step.hpp"
#include "config/config.hpp"
#include "ddl/leaf_name.hpp"
#include "job/context.hpp"

namespace tripmig::partition {

/// What the cut-over of a split is made from beside the context.
struct SplitFacts {
    db::TableInfo parent;
    db::TableInfo leaf;  ///< as it is
    db::TableInfo staged;
    std::vector<ddl::Leaf> target_partitions;  ///< of the staged table
    std::vector<QualifiedName> others;         ///< the parent's other leaves
    std::optional<QualifiedName> guarded;      ///< the DEFAULT partition among them, with the guard of the split
};

/// One transaction: the log's last entries, the leaf detached, the target_partitions attached in its place. The
/// parent's foreign keys become NOT VALID ones of each leaf, since target_partitions with rows could have none before
/// (the service's deletes would fail); they are validated and adopted afterwards. Pure.
Unit split_cut_over_unit(const job::WorkContext& context, const SplitFacts& facts, const config::SwapConfig& config);

}  // namespace tripmig::partition
