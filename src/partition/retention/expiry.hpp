#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/policy.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// The partitions that nothing in the policy keeps, oldest first: neither keep, whose edge their upper bound is not
/// after, nor keep_partitions, nor keep_size. Never the last partition nor the one of the newest row, and none whose
/// detach is pending.
std::vector<LeafSnapshot> expired_leaves(const Snapshot& snapshot, const config::PartitionPolicy& policy);
/// The same as of another time.
std::vector<LeafSnapshot> expired_at(Instant now, const Snapshot& snapshot, const config::PartitionPolicy& policy);

/// Of those the ones that only_if holds, as far as it was asked.
std::size_t count_held(const std::vector<LeafSnapshot>& expired, const Snapshot& snapshot);

/// A newest row before this is too old for `now` to be believed: 2 intervals before `now`, at least a week. nullopt:
/// the key is a number, or the interval is none.
std::optional<ddl::Bound> oldest_believable_row(const ddl::Coverage& coverage, const config::PartitionPolicy& policy,
                                                Instant now);

/// Why nothing is retired although partitions have expired: `now` is far beyond the newest row, or the newest number
/// far beyond those of all other rows, and the policy does not say idle = true.
std::optional<Error> clock_ahead(const Snapshot& snapshot, const config::PartitionPolicy& policy);

/// Those of expired_leaves() that this run takes: at most `max_drop`, none that only_if holds, none while clock_ahead()
/// refuses.
std::vector<LeafSnapshot> leaves_to_retire(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                           const Limits& limits);

/// Why partitions go, for people: "older than 36 months", "beyond 36 partitions and 500 GB".
std::string beyond_text(const config::RetentionPolicy& retention);

}  // namespace tripmig::partition
