#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "ddl/replacement/replacement.hpp"
#include "job/context.hpp"
#include "job/next_step.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

/// The unit that does one action, with the state that says so in the same transaction where there is one. Pure. Not for
/// load_registry and cut_over, which are more than one unit, nor for nothing.
Unit unit_of(job::Action action, const job::WorkContext& context);

/// ANALYZE of the partitioned table after the cut-over. Without steps where the copy was analyzed before it: only
/// extended statistics may have come with the cut-over alone.
Unit analyze_whole(const job::State& state, const db::TableInfo& table);

/// Every row lies before the cut: what lets ATTACH skip its scan.
std::string range_expression(const job::State& state);

}  // namespace tripmig::swap
