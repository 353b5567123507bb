#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "ddl/successor.hpp"
#include "swap/next_step.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// What the steps before and after the cut-over need to know.
struct AttachContext {
    ddl::Succession succession;
    SwapState state;
    std::string state_schema;
    std::string index = {};     ///< of drop_broken_unique and build_unique: which
    std::size_t composite = 0;  ///< of begin_composite and validate_composite: which of the state's
};

/// The unit that does one action, with the state that says so in the same transaction where there is one. Pure. Not for
/// load_registry and cut_over, which are more than one unit, nor for nothing.
Unit unit_of(Action action, const AttachContext& context);

/// ANALYZE of the partitioned table after the cut-over. Without steps where the copy was analyzed before it: only
/// extended statistics may have come with the cut-over alone.
Unit analyze_whole(const SwapState& state, const db::TableInfo& table);

/// Every row lies before the cut: what lets ATTACH skip its scan.
std::string bound_expression(const SwapState& state);

}  // namespace tripmig::swap
