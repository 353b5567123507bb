#pragma once

#include <cstdint>
#include <optional>

#include "app/context.hpp"
#include "app/swap/cut_over_time.hpp"
#include "app/swap/policy.hpp"
#include "app/swap/result.hpp"
#include "partition/split/plan.hpp"

namespace tripmig::app {

/// Where a command leaves a split, merge or drain.
struct PartitionJobResult {
    SwapResult job;
    bool was_done_before = false;                ///< there was nothing to do
    std::optional<std::int64_t> rows_left = {};  ///< of a drain: in DEFAULT, of up to 100,000
};

/// Runs it to the cut-over or through it, as `time` says.
PartitionJobResult run_partition_job(const Context& context, job::Session& server,
                                     const config::PartitionPolicy& policy, job::State state, const CutOverTime& time);

/// The policy of a job that begins on that partition: its parent's.
config::PartitionPolicy parent_policy(const config::Config& config, const SwapOptions& options, job::Session& server,
                                      const QualifiedName& partition);

}  // namespace tripmig::app
