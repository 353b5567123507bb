#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/event.hpp"
#include "config/config.hpp"
#include "config/policy.hpp"
#include "db/executor.hpp"
#include "partition/plan.hpp"

namespace tripmig::partition {

/// What became of one table.
struct TableOutcome {
    QualifiedName table;
    ddl::KeyType key = ddl::KeyType::timestamp;
    std::vector<ddl::Leaf> created;
    std::vector<ddl::Leaf> detached;
    std::vector<Error> errors;  ///< what failed, and what was refused
};

/// The policy's own limits win over those of [partitions].
Limits limits_of(const config::Config& config, const config::PartitionPolicy& policy);

/// An interruption and a lost connection: no other table would fare better.
bool concerns_every_table(const Error& error);

/// Runs a plan. What fails ends the plan and is in the outcome, as Error{stopped_half_way} when a lock did not come in
/// time after something had been changed; an interruption, and a connection that is lost, are
/// thrown: they concern every table.
TableOutcome maintain(const MaintenancePlan& plan, db::Executor& executor, Reporter& reporter);

/// 0 when nothing failed; the failures' own code when every table failed with the same one; else 9.
ExitCode exit_code_of(const std::vector<TableOutcome>& outcomes);

}  // namespace tripmig::partition
