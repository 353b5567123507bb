#pragma once

#include <vector>

#include "backfill/capture.hpp"
#include "base/step.hpp"
#include "ddl/leaf.hpp"
#include "job/context.hpp"
#include "swap/attach/units.hpp"

namespace tripmig::swap {

/// The cut-over as one transaction: all locks first, the last rows of the registry, the partitioned table in the old
/// one's place, the old one attached as the past (or, empty, gone), the first leaves to come, everything that must come
/// along, and the job's state. `leaves`: those to make inside; an empty table needs all of its own. Pure.
Unit cut_over_unit(const job::WorkContext& context, const std::vector<ddl::Leaf>& leaves);

}  // namespace tripmig::swap
