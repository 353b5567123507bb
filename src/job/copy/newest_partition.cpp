#include "job/copy/newest_partition.hpp"

#include <optional>

#include "db/catalog/partition_catalog.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/leaf.hpp"
#include "ddl/leaf_index.hpp"

namespace tripmig::job {

namespace {

struct Place {
    ddl::Bound lower;
    QualifiedName leaf;
};

std::optional<QualifiedName> newest_leaf(const db::PartitioningInfo& partitioning, ddl::KeyType type) {
    std::optional<Place> newest;
    for (const db::PartitionInfo& partition : partitioning.partitions) {
        const auto bounds = ddl::parse_bounds(type, partition.bound);
        if (!bounds || partition.is_partitioned || partition.is_detach_pending)
            continue;
        if (!newest || newest->lower < bounds->lower)
            newest = Place{bounds->lower, partition.name};
    }
    return newest ? std::optional(newest->leaf) : std::nullopt;
}

}  // namespace

std::vector<db::LeafIndex> leaf_indexes_of_newest(db::Session& session, const db::TableInfo& table,
                                                  const std::string& key) {
    const auto partitioning = db::read_partitioning(session, table.name);
    if (!partitioning)
        return {};
    const auto newest = newest_leaf(*partitioning, ddl::key_type_of(ddl::parent_facts(table, key)));
    const auto leaf = newest ? db::read_table(session, *newest) : std::nullopt;
    return leaf ? ddl::leaf_indexes_of(*leaf, key) : std::vector<db::LeafIndex>();
}

}  // namespace tripmig::job
