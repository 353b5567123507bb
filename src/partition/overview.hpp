#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "config/policy.hpp"
#include "db/step_connection.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// One policy's table, or why it can't be maintained: no such table, not partitioned by the policy's key, a zone that
/// the server does not know.
struct TableOverview {
    std::optional<Snapshot> snapshot;
    std::optional<Error> error;
    std::vector<std::size_t> references;  ///< policies whose tables its foreign keys point to
};

/// All policies' tables at one moment, by one look at the catalog; a second one for each time zone.
struct Overview {
    Instant server_now;
    Instant now;                        ///< that one, or what the caller says
    std::vector<TableOverview> tables;  ///< in the order of the policies
};

Overview read_overview(db::StepConnection& connection, const std::vector<config::PartitionPolicy>& policies,
                       std::optional<Instant> now);

/// Places in `tables`: each after those that it references, as far as they don't reference each other.
std::vector<std::size_t> referenced_first(const std::vector<TableOverview>& tables);

}  // namespace tripmig::partition
