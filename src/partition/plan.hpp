#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/step.hpp"
#include "config/policy.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// One thing that is done to a table, for people and for the report: a leaf that comes or goes, or what that needs
/// around it.
struct Act {
    enum class Kind { create, detach, finish_detach, around } kind = Kind::around;
    ddl::Leaf leaf;  ///< of `around`: none
    std::vector<Unit> units;
    std::optional<Unit> on_failure;  ///< takes away what must not stay when a unit here fails
};

/// What a run does to one table, in this order.
struct MaintenancePlan {
    QualifiedName table;
    ddl::KeyType key = ddl::KeyType::timestamp;
    std::vector<Act> acts;
    std::vector<Error> refusals;     ///< what should be done and is not; the acts are done all the same
    std::vector<std::string> notes;  ///< for people to look at
};

/// The leaves that are missing are made, those that are older than the policy keeps are detached. Pure: what is printed
/// by --dry-run is what runs. Throws Error{refused} when two new partitions would have one name.
MaintenancePlan plan_maintenance(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits);

}  // namespace tripmig::partition
