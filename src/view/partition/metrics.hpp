#pragma once

#include <vector>

#include "partition/maintain.hpp"
#include "partition/status.hpp"
#include "report/metrics_file.hpp"

namespace tripmig::view {

/// What the metrics file says of each table. A table that could not be looked at keeps its former values.
std::vector<report::TableMetrics> table_metrics(const partition::MaintainResult& result);
std::vector<report::TableMetrics> table_metrics(const partition::StatusResult& result);

}  // namespace tripmig::view
