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
#include "db/state/detached_store.hpp"
#include "ddl/leaf_name.hpp"
#include "ddl/missing_leaves.hpp"
#include "partition/shape.hpp"

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

/// A foreign key of a partition to another table.
struct OutgoingKey {
    std::string name;
    QualifiedName references;
    std::string definition = {};  ///< FOREIGN KEY (...) REFERENCES ...
};

/// The newest row that is not after `now`, or of all rows when all of them are.
struct NewestRow {
    ddl::Bound key;  ///< where more need not be known, a value that its key is not below
    QualifiedName partition;
};

/// What ATTACH beside a DEFAULT partition would meet there.
struct DefaultScan {
    std::int64_t pages = 0;
    std::chrono::microseconds time{0};        ///< that reading all of it takes, as far as a sample tells
    std::map<ddl::Bound, std::int64_t> rows;  ///< in the ranges of missing partitions, by their lower bounds
};

/// A table that was a partition.
struct DetachedPartition {
    ddl::Leaf leaf;
    db::DetachedTable table;
};

/// Rows of a DEFAULT partition, counted as far as is worth it.
struct DefaultRows {
    std::int64_t rows = 0;
    bool is_all = true;  ///< false: there are more
};

/// One partitioned table at one moment: all that planners know of it.
struct Snapshot {
    /// From one look at the catalog; of `parent` table, key, its type and columns, and the DEFAULT partition.
    db::ParentFacts parent;
    ddl::Coverage coverage;            ///< the bounds of `leaves`, and of numbers the newest key
    std::vector<LeafSnapshot> leaves;  ///< in the order of their bounds
    std::optional<db::PartitionInfo> default_partition;
    bool has_guard = false;     ///< DEFAULT has a CHECK that an older version of tripmig left
    bool has_registry = false;  ///< there is a relation of the registry's name
    Instant now;                ///< of date and timestamp keys the local time of the policy's zone, as if it were UTC
    Instant moment;             ///< now, in UTC whatever the key is
    std::vector<DetachedPartition> detached;  ///< what the state schema knows of, the first detached first

    // Looked up when partitions are missing: `parent` is complete then.
    ShapeTemplate shape;          ///< what new partitions are made like
    std::set<std::string> taken;  ///< names of theirs that relations have
    std::optional<DefaultScan> default_scan;

    // Looked up when partitions are missing beyond max_create, or have expired.
    std::optional<NewestRow> newest_row;
    std::optional<ddl::Leaf> filled_below;  ///< of numbers: the last partition with rows below that of the newest row

    // Looked up where retention asks for it.
    std::map<std::uint32_t, std::int64_t> bytes;  ///< of each partition, when keep_size counts
    std::set<QualifiedName> held;                 ///< those of which only_if says no, as far as it was asked

    // Looked up for what is to be detached.
    std::optional<RegistryFacts> registry;
    std::vector<db::IncomingKey>
        incoming;  ///< other tables' keys: to the registry where there is one, else to the table
    std::vector<std::string> publications;                       ///< those that name partitions, a sentence each
    std::map<QualifiedName, std::int64_t> pages;                 ///< of expired leaves
    std::map<QualifiedName, std::vector<Reference>> references;  ///< to expired leaves; those without are not in it
    std::map<QualifiedName, std::vector<OutgoingKey>> outgoing;  ///< of leaves that are to be detached

    // Looked up last.
    std::optional<DefaultRows> default_rows;     ///< when the policy watches DEFAULT
    std::vector<std::string> registry_problems;  ///< triggers of the registry that are missing or off, a sentence each
};

/// How much one run may do to one table, and how long it may hold up others.
struct Limits {
    int max_create = 60;
    int max_drop = 12;
    std::chrono::milliseconds lock_budget{100};
    std::chrono::milliseconds max_lock_hold{1000};
    std::string state_schema = {};  ///< where it is recorded what was detached; empty: nowhere
};

}  // namespace tripmig::partition
