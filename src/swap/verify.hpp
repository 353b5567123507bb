#pragma once

#include <vector>

#include "move/verify.hpp"
#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// Compares the old table with the new one in one snapshot: before copy's cut-over the copy with the table, after it
/// the table with the old one, which follows. Throws Error{refused} when there are not two tables to compare.
std::vector<move::Difference> verify(Server& server, const SwapState& state);

/// Throws Error{verification_difference} naming leaves and keys.
void require_no_difference(Server& server, const SwapState& state);

}  // namespace tripmig::swap
