#pragma once

#include <optional>
#include <vector>

#include "base/step.hpp"
#include "config/config.hpp"
#include "ddl/leaf_name.hpp"
#include "swap/attach_units.hpp"

namespace tripmig::swap {

/// What the cut-over of a split is made from beside the context.
struct SplitFacts {
    db::TableInfo parent;
    db::TableInfo leaf;  ///< as it is
    db::TableInfo staged;
    std::vector<ddl::Leaf> months;         ///< of the staged table
    std::vector<QualifiedName> others;     ///< the parent's other leaves
    std::optional<QualifiedName> guarded;  ///< the DEFAULT partition among them, with the guard of the split
};

/// One transaction: the log's last entries, the leaf detached, the months attached in its place. The parent's foreign
/// keys become NOT VALID ones of each leaf, since months with rows could have none before (the service's deletes would
/// fail); they are validated and adopted afterwards. Pure.
Unit split_cut_over_unit(const AttachContext& context, const SplitFacts& facts, const config::SwapConfig& config);

/// The CHECK that lets ATTACH skip its scan.
inline constexpr std::string_view month_check = "tripmig_month";

}  // namespace tripmig::swap
