#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "ddl/leaf_name.hpp"

namespace tripmig::partition {

/// One thing that is done to a table, for people and for the report.
struct Act {
    enum class Kind { create, detach, finish_detach, clean_up, drop, archive, drop_check, analyze } kind = Kind::create;
    std::vector<ddl::Leaf> leaves;  ///< the partitions that come or go
    std::vector<Unit> units;
};

/// The strongest lock on each relation that others may wait for.
std::vector<LockRequest> strongest_locks(const Act& act);

/// What a run does to one table, in this order.
struct MaintenancePlan {
    QualifiedName table;
    ddl::KeyType key = ddl::KeyType::timestamp;
    std::vector<Act> acts;
    std::vector<Error> refusals;     ///< what should be done and is not; the acts are done all the same
    std::vector<std::string> notes;  ///< for people to look at
};

}  // namespace tripmig::partition
