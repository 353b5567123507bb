#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "config/policy.hpp"
#include "partition/outcome.hpp"
#include "partition/server.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// The policy's own limits win over those of [partitions].
Limits limits_of(const config::Config& config, const config::PartitionPolicy& policy);

struct MaintainResult {
    Instant now;
    std::vector<TableOutcome> tables;

    [[nodiscard]] ExitCode exit_code() const { return exit_code_of(tables); }
};

/// Maintains all tables: the present partition and those ahead of every table, then gaps, then what is old. A table
/// whose locks don't come is put back and tried again after the others, until its deadline. What fails is in its
/// table's outcome; what concerns every table is thrown.
MaintainResult maintain(Server& server, const std::vector<config::PartitionPolicy>& policies,
                        const std::function<Limits(const config::PartitionPolicy&)>& limits,
                        std::optional<Instant> now);

/// What a run would do to one table.
struct TablePreview {
    TableOutcome outcome;  ///< errors and notes alone
    std::vector<Unit> units;
};

struct MaintainPreview {
    Instant now;
    std::vector<TablePreview> tables;

    [[nodiscard]] std::vector<TableOutcome> outcomes() const;
    [[nodiscard]] ExitCode exit_code() const { return exit_code_of(outcomes()); }
};

/// The same plans, and nothing done.
MaintainPreview preview(Server& server, const std::vector<config::PartitionPolicy>& policies,
                        const std::function<Limits(const config::PartitionPolicy&)>& limits,
                        std::optional<Instant> now);

}  // namespace tripmig::partition
