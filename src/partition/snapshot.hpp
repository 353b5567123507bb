#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/qualified_name.hpp"
#include "db/catalog/parent_facts.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/catalog/table_info.hpp"
#include "ddl/leaf_name.hpp"
#include "ddl/missing_leaves.hpp"

namespace tripmig::partition {

/// A partition that is a range of the key.
struct LeafSnapshot {
    ddl::Leaf leaf;
    db::PartitionInfo info;
};

/// A table of ids beside a partitioned one, kept by its triggers: see ddl/registry.hpp.
struct RegistryFacts {
    QualifiedName table;
    std::vector<std::string> ids;  ///< its primary key; columns of the same names are in the partitioned table
    std::string key;
};

/// Foreign keys by which rows of other tables reference rows of a leaf, found by looking.
struct Reference {
    QualifiedName table;
    std::string constraint;
};

/// The newest row that is not after `now`, or of all rows when all of them are.
struct NewestRow {
    ddl::Bound key;  ///< where more need not be known, a value that its key is not below
    QualifiedName partition;
};

/// One partitioned table at one moment: all that planners know of it.
struct Snapshot {
    db::ParentFacts parent;
    ddl::Coverage coverage;            ///< the bounds of `leaves`, and the newest row
    std::vector<LeafSnapshot> leaves;  ///< in the order of their bounds
    std::optional<db::PartitionInfo> default_partition;
    std::int64_t all_default_rows = 0;  ///< all of DEFAULT's; counted when the policy watches it
    std::optional<RegistryFacts> registry;
    std::vector<std::string> registry_problems;  ///< triggers of the registry that are missing or off, a sentence each
    std::vector<db::IncomingKey>
        incoming;  ///< other tables' keys: to the registry where there is one, else to the table

    // Looked up for the leaves that are missing, or expired, at `now`.
    Instant now;
    std::optional<NewestRow> newest_row;          ///< nullopt also when nothing is to be retired: not looked up
    std::set<std::string> taken;                  ///< names of theirs that relations have
    std::vector<std::int64_t> default_rows;       ///< rows of DEFAULT in each missing leaf's range, in their order
    std::map<QualifiedName, std::int64_t> pages;  ///< of expired leaves
    std::map<QualifiedName, std::vector<Reference>> references;  ///< to expired leaves; those without are not in it
};

/// How much one run may do to one table, and how long it may hold up others.
struct Limits {
    int max_create = 60;
    int max_drop = 12;
    std::chrono::milliseconds lock_budget{100};
    std::chrono::milliseconds max_lock_hold{1000};
};

}  // namespace tripmig::partition
