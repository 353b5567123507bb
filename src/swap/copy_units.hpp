#pragma once

#include <vector>

#include "base/step.hpp"
#include "ddl/leaf_name.hpp"
#include "swap/attach_units.hpp"
#include "swap/new_job.hpp"

namespace tripmig::swap {

// The steps of strategy copy before its cut-over. Pure.

/// The new table with its leaves, the registry, the log: everything that nobody waits for.
Unit begin_copy(const AttachContext& context, const std::vector<ddl::Leaf>& leaves);
/// The triggers that write the log. Waits for the writers that are at work.
Unit capture_copy(const AttachContext& context);
/// The source has other rows in other places now: the copy goes, and comes again empty.
Unit reload_copy(const AttachContext& context, const std::vector<ddl::Leaf>& leaves);
/// The new table has all that it is loaded with, and is analyzed as a whole.
Unit copy_is_loaded(const AttachContext& context);
/// One more leaf of the new table, with nobody waiting.
Unit add_copy_leaf(const AttachContext& context, const ddl::Leaf& leaf);
/// Takes what was touched out of a leaf, builds its indexes and analyzes it.
Unit index_copy_leaf(const AttachContext& context, const QualifiedName& leaf);
/// The new table's own indexes, which adopt its leaves', and the registry's.
Unit index_copy(const AttachContext& context);

/// The copy waits for its cut-over: autovacuum may come to its leaves.
Unit copy_is_ready(const AttachContext& context, const std::vector<QualifiedName>& leaves);

/// The leaves that the rows need, and `premake` ahead of now, or of the newest number; with rows at -infinity one FROM
/// (MINVALUE), with rows at infinity one FROM ('infinity') TO (MAXVALUE). Throws Error{refused} when those are more
/// than the policy's `max_create`.
std::vector<ddl::Bounds> copy_bounds(const SwapState& state, const KeyFacts& key, Instant now,
                                     const config::PartitionPolicy& policy, int max_create);

/// Those that no leaf there is overlaps.
std::vector<ddl::Bounds> without_present(std::vector<ddl::Bounds> needed, const std::vector<ddl::Bounds>& present);

}  // namespace tripmig::swap
