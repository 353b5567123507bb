#pragma once

#include "config/policy.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::partition {

/// Takes a job on partitions from wherever it stands to its end or, `until_ready`, to the moment before its cut-over:
/// the sources' rows are copied beside the writers, and the new partitions take their place in one transaction. The old
/// ones stay, detached, unless the job drops them. A DEFAULT partition's successor has its name.
job::State run_partition_job(job::Session& server, const config::PartitionPolicy& policy, job::State state,
                             bool until_ready);

/// Gives it up before its cut-over.
job::State abort_partition_job(job::Session& server, const QualifiedName& table);

}  // namespace tripmig::partition
