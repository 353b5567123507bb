#pragma once

#include <vector>

#include "backfill/verify.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// What a comparison found. Of the registry: before the cut-over the table against it, after that it against the
/// table's partitions.
struct Verification {
    bool has_copy = false;
    bool has_registry = false;
    std::vector<backfill::Difference> copy;
    std::vector<backfill::Difference> registry;

    [[nodiscard]] bool is_equal() const noexcept { return copy.empty() && registry.empty(); }
};

/// Compares what the job has loaded with the table, each in one snapshot: before copy's cut-over the copy with the
/// table, after it the table with the old one, which follows; the registry with the table, whatever the strategy.
/// Before the cut-over the job keeps the outcome: after a difference there is none until a comparison finds nothing.
/// Throws Error{refused} when there are not two tables to compare.
Verification verify(Session& server, State& state);

/// The copy alone.
std::vector<backfill::Difference> verify_copy(Session& server, const State& state);

/// The registry of a partitioned table, with a job or without. Throws Error{refused} when it has none.
std::vector<backfill::Difference> verify_registry(Session& server, const QualifiedName& table);

/// Throws Error{verification_difference} naming partitions and keys.
void require_no_difference(Session& server, State& state);

}  // namespace tripmig::job
