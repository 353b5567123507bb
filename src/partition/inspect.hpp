#pragma once

#include "config/policy.hpp"
#include "db/session.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

// Each adds to a snapshot what one part of the plan needs, and reads no more than that. They read rows where the plan
// depends on rows; a foreign partition whose server is away fails them, and with them its table alone.

/// Of tables whose key is a number: the largest key, which is their present. Others are left alone.
void inspect_newest_number(db::Session& session, Snapshot& snapshot);

/// What new partitions need. Nothing when none is missing.
void inspect_missing(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                     Snapshot& snapshot);

/// The newest row, when gaps would be refused: whether they are gaps or the clock jumped.
void inspect_gaps(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                  Snapshot& snapshot);

/// How large each partition is, where keep_size counts.
void inspect_sizes(db::Session& session, const config::PartitionPolicy& policy, Snapshot& snapshot);

/// What is to be detached or dropped, and what that meets. Nothing when nothing has expired or is pending.
void inspect_expired(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                     Snapshot& snapshot);

/// What is only reported: rows in DEFAULT, triggers of the registry.
void inspect_surroundings(db::Session& session, const config::PartitionPolicy& policy, Snapshot& snapshot);

/// What a table meets that becomes a partition again.
void inspect_attach(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits,
                    const ddl::Leaf& leaf, Snapshot& snapshot);

/// All of them, one after the other.
void inspect_all(db::Session& session, const config::PartitionPolicy& policy, const Limits& limits, Snapshot& snapshot);

}  // namespace tripmig::partition
