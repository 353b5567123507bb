#pragma once

#include <vector>

#include "config/policy.hpp"
#include "ddl/bounds.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// What of a range none of these leaves covers, in order. Pure.
std::vector<ddl::Bounds> uncovered(const ddl::Bounds& range, std::vector<ddl::Bounds> leaves);

/// The leaves that the rows of a DEFAULT partition need: those of the policy's grid that have rows, less what the
/// parent's other leaves cover. By the distribution when the rows were counted, else by the index that told the range.
/// Throws Error{refused} when there are rows of no range, or more leaves than `max_create`.
std::vector<ddl::Bounds> default_bounds(Session& server, const State& state, const config::PartitionPolicy& policy,
                                        const ddl::KeyFacts& keys);

}  // namespace tripmig::job
