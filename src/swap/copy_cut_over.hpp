#pragma once

#include <vector>

#include "base/step.hpp"
#include "config/config.hpp"
#include "move/capture.hpp"
#include "swap/attach_units.hpp"

namespace tripmig::swap {

/// What copy's cut-over is made from beside the context.
struct CopyFacts {
    db::TableInfo staged;
    std::vector<QualifiedName> leaves;  ///< of the staged table
};

/// copy's cut-over as one transaction: the locks, the log's last entries, then names, foreign keys and all that comes
/// along. Nothing is scanned and nothing but a few rows moves. From its end on the log is of the new table: what comes
/// there can be taken back to the old one. Pure.
Unit copy_cut_over_unit(const AttachContext& context, const CopyFacts& facts, const config::SwapConfig& config);

/// A leaf's own foreign key, which was made without a look at the rows.
Unit validate_leaf_key(const QualifiedName& leaf, const db::ConstraintInfo& key);

/// The new table's foreign key over its leaves' validated ones: catalog only.
Unit adopt_foreign_key(const QualifiedName& table, const std::vector<QualifiedName>& leaves,
                       const db::ConstraintInfo& key);

/// Few entries are left, or it would take too long under the locks: then it is caught up once more.
Step few_left(const move::Capture& capture, int final_keys);
/// How many those are: `final_keys` is what a catch-up ends at.
constexpr std::int64_t most_left(int final_keys) {
    return std::int64_t{10} * final_keys;
}

/// The outgoing foreign keys of a table.
std::vector<db::ConstraintInfo> outgoing_keys(const db::TableInfo& table);

}  // namespace tripmig::swap
