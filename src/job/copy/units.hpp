#pragma once

#include <vector>

#include "base/step.hpp"
#include "ddl/leaf_name.hpp"
#include "job/context.hpp"

namespace tripmig::job {

// The steps of strategy copy before its cut-over. Pure.

/// The new table with its leaves, the registry, the log: everything that nobody waits for.
Unit begin_copy(const WorkContext& context, const std::vector<ddl::Leaf>& leaves);
/// The triggers that write the log. Waits for the writers that are at work.
Unit capture_copy(const WorkContext& context);
/// The source has other rows in other places now: the copy goes, and comes again empty.
Unit reload_copy(const WorkContext& context, const std::vector<ddl::Leaf>& leaves);
/// The new table has all that it is loaded with, and is analyzed as a whole.
Unit mark_copy_loaded(const WorkContext& context);
/// One more leaf of the new table, with nobody waiting.
Unit add_copy_leaf(const WorkContext& context, const ddl::Leaf& leaf);
/// Takes what was touched out of a leaf, builds its indexes and analyzes it.
Unit index_copy_leaf(const WorkContext& context, const QualifiedName& leaf);
/// The new table's own indexes, which adopt its leaves', and the registry's.
Unit index_copy(const WorkContext& context);

/// The copy waits for its cut-over: autovacuum may come to its leaves.
Unit mark_copy_ready(const WorkContext& context, const std::vector<QualifiedName>& leaves);

/// The CHECK that lets ATTACH skip its scan.
inline constexpr std::string_view partition_range_check = "tripmig_month";

}  // namespace tripmig::job
