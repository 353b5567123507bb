#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/policy.hpp"
#include "doctor/server_facts.hpp"
#include "partition/status.hpp"

namespace tripmig::doctor {

/// Something that some partitions of a table have and others do not.
struct SiblingDifference {
    QualifiedName parent;
    std::string kind;     ///< index, grant, trigger, constraint, storage, replica identity, owner
    std::string feature;  ///< as SQL has it
    std::int64_t having_it = 0;
    std::int64_t siblings = 0;
    bool is_lacking = false;       ///< `who` lack it; else they alone have it
    std::vector<std::string> who;  ///< at most five
};

/// A table that was a partition.
struct DetachedTable {
    QualifiedName parent;
    QualifiedName table;
    std::int64_t bytes = 0;
};

/// What the group `partitions` looks at.
struct PartitionFacts {
    Seen<partition::StatusResult> status;  ///< what `partition status` shows
    Seen<std::vector<SiblingDifference>> siblings;
    Seen<std::vector<PartitionTree>> trees;
};

Seen<std::vector<SiblingDifference>> read_siblings(Reader& reader);
/// Tables that have the name of a policy's partition, and are none.
Seen<std::vector<DetachedTable>> read_detached(Reader& reader, const std::vector<config::PartitionPolicy>& policies);

/// FINALIZE is all that `partition maintain` would do for a partition whose detach was interrupted.
bool finalize_is_all(Reader& reader, const std::string& partition);

/// Pure.
std::vector<Check> check_partitions(const PartitionFacts& facts);

/// A regular expression of the names that the policy gives to partitions: digits where a number or a time stands.
std::string partition_name_expression(const config::PartitionPolicy& policy);

}  // namespace tripmig::doctor
