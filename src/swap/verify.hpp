#pragma once

#include <vector>

#include "move/verify.hpp"
#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// What a comparison found. Of the registry: before the cut-over the table against it, after that it against the
/// table's partitions.
struct Verification {
    bool has_copy = false;
    bool has_registry = false;
    std::vector<move::Difference> copy;
    std::vector<move::Difference> registry;

    [[nodiscard]] bool is_equal() const noexcept { return copy.empty() && registry.empty(); }
};

/// Compares what the job has loaded with the table, each in one snapshot: before copy's cut-over the copy with the
/// table, after it the table with the old one, which follows; the registry with the table, whatever the strategy.
/// Before the cut-over the job keeps the outcome: after a difference there is none until a comparison finds nothing.
/// Throws Error{refused} when there are not two tables to compare.
Verification verify(Server& server, SwapState& state);

/// The copy alone.
std::vector<move::Difference> verify_copy(Server& server, const SwapState& state);

/// The registry of a partitioned table, with a job or without. Throws Error{refused} when it has none.
std::vector<move::Difference> verify_registry(Server& server, const QualifiedName& table);

/// Throws Error{verification_difference} naming partitions and keys.
void require_no_difference(Server& server, SwapState& state);

}  // namespace tripmig::swap
