#pragma once

#include <optional>

#include "config/policy.hpp"
#include "partition/split/plan.hpp"

namespace tripmig::partition {

/// Rows of a DEFAULT partition that get partitions.
struct DrainChoices {
    std::optional<int> limit;  ///< at most so many new partitions: the oldest ranges first
    bool keeps_old = false;    ///< the old DEFAULT stays as a table
};

/// The DEFAULT partition of a table, or of the table whose DEFAULT partition that is. Throws Error{refused} when there
/// is none.
QualifiedName default_partition_of(job::Session& server, const QualifiedName& table);

/// Whether it has rows that a partition of the policy's width could hold.
PartitionPlan plan_drain(job::Session& server, const config::PartitionPolicy& policy,
                         const QualifiedName& default_partition, const DrainChoices& choices);

/// The CHECK of the replacement DEFAULT, by which ATTACH needs no scan: it has no row that another partition takes.
inline constexpr std::string_view rest_check_name = "tripmig_rest_check";

/// Gives the replacement DEFAULT its CHECK, for the partitions that the table has now and the new ones. Nobody uses it
/// yet: no writer is refused anything.
void check_rest(job::Session& server, const job::State& state, const std::vector<ddl::Leaf>& targets);

}  // namespace tripmig::partition
