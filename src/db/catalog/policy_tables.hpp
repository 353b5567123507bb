#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/qualified_name.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// A table to look for.
struct PolicyTableName {
    QualifiedName table;
    std::string registry;  ///< the name that its registry would have, in the same schema
};

/// What the catalog says of one of them without a lock on it.
struct PolicyTable {
    std::uint32_t oid = 0;                 ///< 0: there is no such relation
    char kind = 'r';                       ///< pg_class.relkind
    char strategy = '\0';                  ///< pg_partitioned_table.partstrat; '\0': not partitioned
    std::vector<std::string> key_columns;  ///< empty names for expressions
    std::string key_type;                  ///< of the first key column, without modifier
    bool has_registry = false;             ///< a relation of that name exists
    std::vector<PartitionInfo> partitions;
    bool has_guard = false;               ///< DEFAULT has the CHECK that was asked for
    std::vector<std::size_t> references;  ///< those of the listed tables that its foreign keys point to
};

struct PolicyTables {
    Instant now;                      ///< the server's clock
    std::vector<PolicyTable> tables;  ///< in the order in which they were asked for
};

/// All of them in one snapshot and one round trip. `guard`: the name of a CHECK to look for on DEFAULT partitions.
PolicyTables read_policy_tables(StepConnection& connection, const std::vector<PolicyTableName>& names,
                                std::string_view guard);

}  // namespace tripmig::db
