#pragma once

#include "base/clock.hpp"
#include "config/policy.hpp"
#include "db/session.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// The table of a policy as it is, and what the leaves that are missing or expired at `now` will meet.
/// Throws Error{refused} when there is no such table, it is not partitioned yet, or not by range of the policy's key
/// alone.
Snapshot inspect(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits, Instant now);

/// The table without looking into any row: for `partition status`, which looks by itself. As inspect(), but nothing is
/// looked up for `now`.
Snapshot read_table_snapshot(db::Session& session, const config::PartitionPolicy& policy, Instant now);

/// The largest key in the table that is after `now`; of numbers, the largest key. nullopt: none, or row security hides
/// the rows.
std::optional<ddl::Bound> read_newest(db::Session& session, const Snapshot& snapshot);

}  // namespace tripmig::partition
