#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "partition/retention/expiry.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

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

/// SELECT of one boolean: whether rows of `key`'s table reference rows of that leaf.
std::string is_referenced_sql(const db::IncomingKey& key, const QualifiedName& leaf);

}  // namespace tripmig::partition
