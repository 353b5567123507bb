#pragma once

#include <vector>

#include "base/step.hpp"
#include "ddl/leaf.hpp"
#include "move/capture.hpp"
#include "swap/attach_units.hpp"

namespace tripmig::swap {

/// The cut-over as one transaction: all locks first, the last rows of the registry, the partitioned table in the old
/// one's place, the old one attached as the past (or, empty, gone), the first leaves to come, everything that must come
/// along, and the job's state. `leaves`: those to make inside; an empty table needs all of its own. Pure.
Unit cut_over_unit(const AttachContext& context, const std::vector<ddl::Leaf>& leaves);

/// Refuses when the source was truncated since its load began.
Step not_truncated(const move::Capture& capture);

/// What new leaves take over from a table that has no parent yet.
ddl::ParentFacts facts_for_leaves(const ddl::Succession& succession);

}  // namespace tripmig::swap
