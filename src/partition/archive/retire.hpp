#pragma once

#include "config/policy.hpp"
#include "partition/archive/write.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// What the policy says of that table's archive.
ArchiveOrder archive_order(const DetachedPartition& partition, const config::ArchivePolicy& archive);

/// DROP under the table's lock, once the server has counted there that the table still has what is in the archive: a
/// detached table can be written to. `is_known`: the state schema knows of it.
Unit drop_archived(const DetachedPartition& partition, const Archived& archived, bool is_known, const Limits& limits);

}  // namespace tripmig::partition
