#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/policy.hpp"
#include "ddl/leaf_name.hpp"
#include "job/finding.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/state.hpp"
#include "swap/preflight/preflight.hpp"

namespace tripmig::swap {

/// The state a job begins with, from a table that preflight let pass. Pure.
job::State new_state(const job::Facts& facts, const config::PartitionPolicy& policy, const config::SwapConfig& config);

/// Chooses by the table's rows what the job is (of an empty table, until rows come, EmptyJob) and, of attach, the
/// boundary of now: for a new job, and for one that waited too long. A job that has begun to attach or copy keeps its
/// kind when all rows are deleted meanwhile.
void choose_past(job::State& state, const job::Facts& facts, const config::PartitionPolicy& policy,
                 const config::SwapConfig& config);

/// The leaves that a cut-over makes in its own transaction, so that there is no moment in which a row finds none: the
/// first after the past; of an empty table the present one and the next.
std::vector<ddl::Leaf> leaves_at_once(const job::State& state, const config::PartitionPolicy& policy,
                                      const std::set<std::string>& taken, Instant now);

/// The partitions that a copy fills, as the table is now. Throws Error{refused} when they cannot all be made or named.
std::vector<ddl::Leaf> copy_leaves(const job::State& state, const config::PartitionPolicy& policy,
                                   const job::Facts& facts, int max_create);

/// Adds a refusal for each name that the swap is to give and that is taken: of the old table, the copy and the
/// partitions. Pure. Nothing while the key itself is refused.
void check_names(const job::Facts& facts, const config::PartitionPolicy& policy, const config::Config& config,
                 std::vector<job::Finding>& findings);

/// Those that are to come beside the `present` ones, by the policy: of an empty table from its `start` on.
std::vector<ddl::Bounds> bounds_to_come(const job::State& state, const std::vector<ddl::Bounds>& present,
                                        const config::PartitionPolicy& policy, Instant now, int max_create);

/// The policy with what the job has chosen already.
config::PartitionPolicy as_begun(config::PartitionPolicy policy, const job::State& state);

}  // namespace tripmig::swap
