#pragma once

#include "db/session.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// How large the DEFAULT partition is, and how long it takes to read all of it, by a sample of its blocks: what is in
/// memory is quicker than what is not.
DefaultScan measure_default(db::Session& session, const Snapshot& snapshot);

/// Whether ATTACH may read it under ACCESS EXCLUSIVE: within half of max_lock_hold, since the sample may be lucky.
bool fits(const DefaultScan& scan, const Limits& limits);

/// Counted up to some ten thousand.
DefaultRows count_default(db::Session& session, const db::PartitionInfo& partition);

}  // namespace tripmig::partition
