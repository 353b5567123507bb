#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/exit_code.hpp"
#include "config/config.hpp"
#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "ddl/bounds.hpp"
#include "ddl/key_scan.hpp"
#include "ddl/replacement/matview.hpp"
#include "job/finding.hpp"
#include "job/source/table_facts.hpp"

namespace tripmig::swap {

/// The whole report: what was found, what will happen to it, what stands in the way. Pure. `table` without what the job
/// itself has added.
std::vector<job::Finding> preflight(const db::TableInfo& table, const job::Facts& facts,
                                    const config::PartitionPolicy& policy, const config::SwapConfig& config);

}  // namespace tripmig::swap
