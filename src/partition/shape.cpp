#include "partition/shape.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "config/name_pattern.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/leaf_index.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// Indexes that no index of the parent is made of.
std::vector<std::string> own_indexes(db::Session& session, std::uint32_t oid) {
    std::vector<std::string> names;
    for (const db::Row& row :
         session.read("SELECT c.relname FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = "
                      "i.indexrelid WHERE i.indrelid = $1::pg_catalog.oid AND i.indisvalid AND NOT c.relispartition",
                      {fmt::format("{}", oid)}))
        names.push_back(row.text("relname"));
    return names;
}

/// What follows the partition's own name in that of a part.
std::string suffix_of(const QualifiedName& part, const QualifiedName& partition, std::size_t number) {
    const bool is_after =
        part.name.size() > partition.name.size() && part.name.compare(0, partition.name.size(), partition.name) == 0;
    return is_after ? part.name.substr(partition.name.size()) : fmt::format("_{}", number);
}

ddl::PartitionShape read_plain_shape(db::Session& session, const db::TableInfo& table) {
    ddl::PartitionShape shape;
    shape.persistence = table.persistence;
    shape.tablespace = table.tablespace;
    shape.options = table.options;
    shape.key = table.partition_key;
    if (table.is_partitioned())
        return shape;
    shape.indexes = ddl::own_indexes_of(table, own_indexes(session, table.oid));
    shape.replica_identity = table.replica_identity;
    const bool is_own = std::any_of(shape.indexes.begin(), shape.indexes.end(),
                                    [](const db::LeafIndex& each) { return each.index.is_replica_identity; });
    if (!is_own)
        shape.identity_index = ddl::replica_identity_index(table);
    return shape;
}

db::TableInfo require_table(db::Session& session, const QualifiedName& name) {
    auto table = db::read_table(session, name, db::TableParts::own);
    if (!table)
        throw Error(ExitCode::refused, fmt::format("the template table {} does not exist", sql::quoted(name)),
                    "correct template in the policy, or remove it to use the newest partition as the model");
    return std::move(*table);
}

ddl::PartitionShape read_parts(db::Session& session, const db::TableInfo& table, ShapeTemplate* top,
                               const std::string& key, const ddl::Coverage& coverage) {
    ddl::PartitionShape shape = read_plain_shape(session, table);
    if (!table.is_partitioned())
        return shape;
    const auto partitioning = db::read_partitioning(session, table.name);
    if (!partitioning)
        return shape;
    std::vector<ddl::Bounds> ranges;
    for (const db::PartitionInfo& info : partitioning->partitions) {
        if (info.is_detach_pending || info.kind == 'f')
            continue;
        ddl::PartitionShape part = read_parts(session, require_table(session, info.name), nullptr, key, coverage);
        part.name = suffix_of(info.name, table.name, shape.parts.size() + 1);
        part.bounds = info.bound;
        shape.parts.push_back(std::move(part));
        if (const auto bounds = ddl::parse_bounds(coverage.key, info.bound))
            ranges.push_back(*bounds);
    }
    if (top != nullptr && partitioning->strategy == 'r' && partitioning->key == key) {
        top->is_by_key = true;
        if (const auto whole = ddl::parse_bounds(coverage.key, table.partition_bound))
            top->interval = width_of(ranges, *whole, coverage);
    }
    return shape;
}

std::vector<ddl::Bounds> ranges_within(const ddl::Bounds& whole, const config::PartitionInterval& interval,
                                       const ddl::Coverage& coverage) {
    constexpr std::size_t most = 2000;
    std::vector<ddl::Bounds> ranges;
    ddl::Bound from = whole.lower;
    while (from.is_finite() && from < whole.upper && ranges.size() < most) {
        const ddl::Bound line = ddl::bounds_containing(coverage.key, interval, from, coverage.calendar).upper;
        ranges.push_back({from, std::min(line, whole.upper)});
        from = ranges.back().upper;
    }
    return ranges;
}

}  // namespace

std::optional<config::PartitionInterval> width_of(const std::vector<ddl::Bounds>& parts, const ddl::Bounds& whole,
                                                  const ddl::Coverage& coverage) {
    std::vector<ddl::Bounds> sorted = parts;
    std::sort(sorted.begin(), sorted.end(),
              [](const ddl::Bounds& a, const ddl::Bounds& b) { return a.lower < b.lower; });
    if (sorted.empty())
        return std::nullopt;
    if (ddl::is_number(coverage.key)) {
        const ddl::Bounds& first = sorted.front();
        if (!first.lower.is_finite() || !first.upper.is_finite())
            return std::nullopt;
        const config::PartitionInterval width = first.upper.number() - first.lower.number();
        return ranges_within(whole, width, coverage) == sorted ? std::optional(width) : std::nullopt;
    }
    for (const char* text : {"15 minutes", "1 hour", "6 hours", "12 hours", "1 day", "1 week", "1 month", "3 months"}) {
        const config::PartitionInterval interval = parse_interval(text).value();
        if (ranges_within(whole, interval, coverage) == sorted)
            return interval;
    }
    return std::nullopt;
}

ShapeTemplate read_shape(db::Session& session, const QualifiedName& table, const std::string& key,
                         const ddl::Coverage& coverage) {
    ShapeTemplate shape;
    shape.shape = read_parts(session, require_table(session, table), &shape, key, coverage);
    return shape;
}

namespace {

void name_parts(ddl::PartitionShape& shape, const std::string& partition) {
    for (ddl::PartitionShape& part : shape.parts) {
        part.name = sql::truncated_name(partition, part.name);
        name_parts(part, part.name);
    }
}

/// Ranges of the same key within the new partition, each like the template's first.
std::vector<ddl::PartitionShape> parts_by_key(const ShapeTemplate& shape, const ddl::Coverage& coverage,
                                              const ddl::Leaf& leaf, std::size_t key_columns) {
    std::vector<ddl::Bounds> ranges{leaf.bounds};
    if (shape.interval)
        ranges = ranges_within(leaf.bounds, *shape.interval, coverage);
    std::vector<ddl::PartitionShape> parts;
    for (const ddl::Bounds& range : ranges) {
        ddl::PartitionShape part = shape.shape.parts.empty() ? ddl::PartitionShape{} : shape.shape.parts.front();
        part.name = fmt::format("_p{:02}", parts.size() + 1);
        part.bounds = ddl::for_values(coverage.key, range, key_columns);
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace

ddl::PartitionShape fitted(const ShapeTemplate& shape, const ddl::Coverage& coverage, const ddl::Leaf& leaf,
                           std::size_t key_columns) {
    ddl::PartitionShape fitting = shape.shape;
    if (shape.is_by_key)
        fitting.parts = parts_by_key(shape, coverage, leaf, key_columns);
    name_parts(fitting, leaf.name.name);
    return fitting;
}

}  // namespace tripmig::partition
