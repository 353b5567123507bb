#pragma once

#include <vector>

#include "base/step.hpp"
#include "config/policy.hpp"
#include "partition/server.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// How a detached table becomes a partition again, and how what was begun is taken back when it does not.
struct AttachPlan {
    std::vector<Unit> units;
    std::vector<Unit> undo;
};

/// Pure, from what inspect_attach() found. A CHECK for its bounds and the parent's foreign keys come first, NOT VALID,
/// and are validated while everybody works: so ATTACH reads no row under its locks, and adopts the keys. Throws
/// Error{refused} when another partition holds rows of its bounds, or DEFAULT is in the way.
AttachPlan plan_attach(const Snapshot& snapshot, const DetachedPartition& partition, const Limits& limits);

struct AttachResult {
    QualifiedName table;
    ddl::Leaf leaf;
    ddl::KeyType key = ddl::KeyType::timestamp;
    bool will_be_detached = false;  ///< it is older than the policy keeps
};

/// Brings back a table that `partition maintain` detached. Throws Error{refused} when the state schema knows of none.
AttachResult attach(Server& server, const config::PartitionPolicy& policy, const Limits& limits,
                    const QualifiedName& name);

}  // namespace tripmig::partition
