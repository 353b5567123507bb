#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/session.hpp"

namespace tripmig::db {

/// One partition of a table, as the catalog has it.
struct PartitionInfo {
    QualifiedName name;
    std::uint32_t oid = 0;
    char kind = 'r';                        ///< pg_class.relkind: r, p, f
    std::string bound;                      ///< pg_get_expr(relpartbound): "FOR VALUES FROM (...) TO (...)", "DEFAULT"
    bool is_partitioned = false;            ///< it has partitions of its own
    bool is_detach_pending = false;         ///< a DETACH ... CONCURRENTLY was interrupted (manual, ALTER TABLE)
    double rows = -1;                       ///< the planner's estimate; -1: never vacuumed or analyzed
    std::int64_t pages = 0;                 ///< as of then
    std::vector<std::string> options;       ///< reloptions, "toast.*" too
    std::vector<std::string> checks;        ///< names of its own CHECKs
    std::vector<std::string> publications;  ///< those that name it; not those that name its parent, or all tables

    [[nodiscard]] bool is_default() const noexcept { return bound == "DEFAULT"; }
};

/// How a table is partitioned.
struct PartitioningInfo {
    std::uint32_t oid = 0;
    char strategy = 'r';  ///< pg_partitioned_table.partstrat: r range, l list, h hash
    int key_columns = 1;
    std::string key;                        ///< the first key column; empty: an expression
    std::vector<PartitionInfo> partitions;  ///< in the order of their names, DEFAULT among them
};

/// nullopt: there is no such table, or it is not partitioned.
std::optional<PartitioningInfo> read_partitioning(Session& session, const QualifiedName& table);

/// What takes a look at the files: waits for whoever holds ACCESS EXCLUSIVE on a partition.
struct PartitionSize {
    std::uint32_t oid = 0;
    std::int64_t pages = 0;                  ///< of the heap
    std::int64_t bytes = 0;                  ///< with indexes and TOAST
    std::optional<std::string> last_vacuum;  ///< UTC, by whoever; nullopt: never
    std::optional<std::string> last_analyze;
    std::optional<std::int64_t> rows;  ///< an estimate; nullopt: none
};
/// In any order.
std::vector<PartitionSize> read_partition_sizes(Session& session, const std::vector<PartitionInfo>& partitions);

/// Which of these names relations of the schema have.
std::set<std::string> taken_names(Session& session, const std::string& schema, const std::vector<std::string>& names);

}  // namespace tripmig::db
