#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/exit_code.hpp"
#include "db/catalog/table_info.hpp"
#include "ddl/leaf_name.hpp"
#include "job/finding.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::partition {

/// A partition whose rows are copied.
struct PlannedSource {
    QualifiedName name;
    std::string bound;
    std::int64_t bytes = 0;  ///< with indexes and TOAST
};

/// What a job on partitions would do: each verb describes itself so. The rest is the same for all: copy, catch-up,
/// comparison, cut-over.
struct PartitionPlan {
    job::State state;
    std::vector<PlannedSource> sources;
    std::vector<ddl::Leaf> targets;      ///< new partitions that the rows need now
    std::vector<job::Finding> findings;  ///< what is refused, and what the operator should know

    [[nodiscard]] bool is_refused() const { return job::exit_code_of(findings) != ExitCode::ok; }
};

/// Records the job, so that any later run resumes it. Throws Error{refused} with all that the plan refuses.
job::State begin_job(job::Session& server, const PartitionPlan& plan);

/// "public.orders_past cannot be split: ..."
Error refused(const job::State& state, const std::string& why, std::string hint);

}  // namespace tripmig::partition
