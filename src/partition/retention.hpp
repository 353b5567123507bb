#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/step.hpp"
#include "config/policy.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// The partitions that are older than the policy keeps, oldest first: their upper bound is not after now - keep. Never
/// the last partition nor the one of the newest row, and none whose detach is pending.
std::vector<LeafSnapshot> expired_leaves(const Snapshot& snapshot, const config::PartitionPolicy& policy);
/// The same as of another time.
std::vector<LeafSnapshot> expired_at(Instant now, const Snapshot& snapshot, const config::PartitionPolicy& policy);

/// A newest row before this is too old for `now` to be believed: 2 intervals before `now`, at least a week. nullopt:
/// the key is a number, or the interval is none.
std::optional<ddl::Bound> oldest_believable_row(const ddl::Coverage& coverage, const config::PartitionPolicy& policy,
                                                Instant now);

/// Why nothing is retired although partitions have expired: `now` is far beyond the newest row, or the newest number
/// far beyond those of all other rows, and the policy does not say idle = true.
std::optional<Error> clock_ahead(const Snapshot& snapshot, const config::PartitionPolicy& policy);

/// Those of expired_leaves() that this run takes: at most `max_drop`, none while clock_ahead() refuses.
std::vector<LeafSnapshot> leaves_to_retire(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                           const Limits& limits);

/// How many blocks of a leaf one transaction takes out of the registry: some ten thousand rows.
inline constexpr std::int64_t batch_blocks = 1000;

/// Takes the leaf's rows out of the registry, and with cascade = true rows of other tables that reference them, in
/// batches, each a transaction: the ids are locked first, so that nobody can come to reference them between the look
/// and the deletion. Without cascade a referenced row stops it.
std::vector<Unit> delete_references(const Snapshot& snapshot, const LeafSnapshot& leaf, bool cascade);

/// DETACH PARTITION ... CONCURRENTLY, which makes nobody wait; with a DEFAULT partition PostgreSQL refuses that, and a
/// plain DETACH takes its locks first, within the budget (manual, ALTER TABLE).
Unit detach_leaf(const Snapshot& snapshot, const QualifiedName& leaf, const Limits& limits);

/// Brings a DETACH ... CONCURRENTLY to its end that was interrupted.
Unit finalize_detach(const Snapshot& snapshot, const QualifiedName& leaf);

/// After the detach: the parent's TRUNCATE triggers go from the leaf, rows that came to it meanwhile from the registry,
/// and its foreign keys, each in a transaction of its own, since that locks the table it references. Empty when there
/// is nothing of that.
std::vector<Unit> clean_up_detached(const Snapshot& snapshot, const QualifiedName& leaf, bool cascade,
                                    const Limits& limits);

/// How long the policy keeps rows, for people: "36 months", "100000000".
std::string keep_text(const config::RetentionPolicy& retention);

/// SELECT of one boolean: whether rows of `key`'s table reference rows of that leaf.
std::string is_referenced_sql(const db::IncomingKey& key, const QualifiedName& leaf);

}  // namespace tripmig::partition
