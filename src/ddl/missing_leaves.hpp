#pragma once

#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "config/policy.hpp"
#include "ddl/bounds.hpp"

namespace tripmig::ddl {

/// What the leaves of a table hold today.
struct Coverage {
    KeyType key = KeyType::timestamp;
    std::vector<Bounds> leaves;   ///< in any order, of any widths; a DEFAULT partition is not among them
    std::optional<Bound> newest;  ///< the largest key there is; nullopt: no row, or not known
    bool is_beyond_rows = false;  ///< `now` is so far beyond the newest row that the clock may be wrong
    Calendar calendar = {};       ///< where its days, weeks and months begin
};

/// The leaf of the grid that counts as the present. Of times: the one of `now`, or of the newest row when that is at
/// most one interval ahead (two clocks that differ); rows further ahead are future-dated and move nothing. Of numbers:
/// the one of the newest row, else of the first leaf, else of the policy's `start`; throws Error{refused} when there is
/// none of these.
Bounds present_leaf(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now);

/// The first key that retention keeps: partitions that end there or before are to go. nullopt: no retention, or the key
/// is a number and the newest one is not known.
std::optional<Bound> retention_edge(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now);

/// Where the first partition of the table begins, when the policy says `start`, that lies after the present partition,
/// and no partition begins before it: until then nothing before it is needed.
std::optional<Bound> awaited_start(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now);

/// The partitions that must exist at `now` and do not. Only what no partition covers is filled: next to partitions off
/// the grid the first new one is narrower. Nothing is created that retention would take at once.
struct MissingLeaves {
    std::vector<Bounds> ahead;  ///< the present one and `premake` after it, from awaited_start() on: never refused
    /// Between the first partition (of an empty table: the policy's `start`) and the present one, oldest first, at most
    /// `max_create` of them. Then those between `ahead` and the last partition, when all of them fit: they can wait.
    std::vector<Bounds> gaps;
    std::optional<Bounds>
        refused;  ///< gaps that would be more than `max_create`, from the first to the end of the last
    std::optional<Bounds> skipped;  ///< without partitions because the clock jumped (Coverage::is_beyond_rows): no gap

    [[nodiscard]] std::vector<Bounds> most_urgent_first() const;
};
MissingLeaves find_missing_leaves(const Coverage& coverage, const config::PartitionPolicy& policy, Instant now,
                                  int max_create);

Error too_many_gaps(const Bounds& refused, const Coverage& coverage, const config::PartitionPolicy& policy, Instant now,
                    int max_create);

/// The same in the order of their bounds. Throws too_many_gaps() when any are refused.
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
