#pragma once

#include <vector>
#include "base/clock.hpp"
#include "config/policy.hpp"
#include "ddl/bounds.hpp"
#include "ddl/key_scan.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The leaves that the rows need, and `premake` ahead of now, or of the newest number; with rows at -infinity one FROM
/// (MINVALUE), with rows at infinity one FROM ('infinity') TO (MAXVALUE). Throws Error{refused} when those are more
/// than the policy's `max_create`.
std::vector<ddl::Bounds> copy_bounds(const State& state, const ddl::KeyFacts& key, Instant now,
                                     const config::PartitionPolicy& policy, int max_create);

/// The bounds of a merge's sources as one range.
ddl::Bounds merged_bounds(const State& state);

/// Those that no leaf there is overlaps.
std::vector<ddl::Bounds> without_present(std::vector<ddl::Bounds> needed, const std::vector<ddl::Bounds>& present);

}  // namespace tripmig::job
