#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"
#include "migrate/repair.hpp"

namespace tripmig::app {

struct RepairResult {
    std::vector<migrate::Repair> repairs;
};

/// Records applied files as they are now, where only their form changed, or the version is among `accepted`.
/// `accepts_drift`: the schema too.
RepairResult repair_history(const Context& context, const std::vector<std::string>& accepted, bool accepts_drift);

}  // namespace tripmig::app
