#pragma once

#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "config/policy.hpp"
#include "ddl/bounds.hpp"

namespace tripmig::ddl {

/// What the leaves of a table hold today.
struct Coverage {
    KeyType key = KeyType::timestamp;
    std::vector<Bounds> leaves;   ///< in any order, of any widths; a DEFAULT partition is not among them
    std::optional<Bound> newest;  ///< the largest key there is; nullopt: no row, or not known
};

/// The leaf of the grid that counts as the present. Of times: the one of `now`, or of the newest row when that is at
/// most one interval ahead (two clocks that differ); rows further ahead are future-dated and move nothing. Of numbers:
/// the one of the newest row, else of the first leaf, else of the policy's `start`; throws Error{refused} when there is
/// none of these.
Bounds present_leaf(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now);

/// The first moment that retention keeps: leaves that end there or before are to go. nullopt: no retention, or the key
/// is a number.
std::optional<Bound> retention_edge(KeyType key, const config::PartitionPolicy& policy, Instant now);

/// The leaves that must exist at `now` and do not, in order of their bounds: gaps from the first leaf on (of an empty
/// table: from the policy's `start`), the present leaf, and `premake` leaves ahead of it. Only what no leaf covers is
/// filled: beside leaves off the grid the first new one is narrower. Nothing is made that retention would take at once.
/// Gaps beyond those leaves are filled as far as `max_create` goes; they can wait. Throws Error{refused} when more than
/// `max_create` are needed: a clock that jumped, not a plan.
std::vector<Bounds> missing_leaves(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now,
                                   int max_create);

/// How many leaves of the grid after the present one are covered without a gap, counted up to `at_most`. 0 when the
/// present one is not.
int leaves_ahead(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now, int at_most);

/// How far the leaves reach from `from` on without a gap. nullopt when none holds `from`.
std::optional<Bound> covered_until(const Coverage& coverage, const Bound& from);

/// Ranges between the first and the last leaf that no leaf covers.
std::vector<Bounds> gaps(const Coverage& coverage);

}  // namespace tripmig::ddl
