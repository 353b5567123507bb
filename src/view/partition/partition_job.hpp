#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/partition/partition_job.hpp"

namespace tripmig::view {

/// Where a command left a split, merge or drain, and what is left of the old partitions.
nlohmann::json partition_job_json(const app::PartitionJobResult& result);
std::string partition_job_text(const app::PartitionJobResult& result);

/// What one would do: old partitions, new partitions, what is refused.
nlohmann::json partition_plan_json(const partition::PartitionPlan& plan);
std::string partition_plan_text(const partition::PartitionPlan& plan);

}  // namespace tripmig::view
