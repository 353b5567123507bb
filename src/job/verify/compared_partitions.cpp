#include "job/verify/compared_partitions.hpp"

#include <algorithm>
#include <utility>

#include "db/catalog/partition_catalog.hpp"

namespace tripmig::job {

namespace {

/// MINVALUE is no value: the least one of the type is.
std::string least_literal(ddl::KeyType type, const ddl::Bound& lower) {
    if (!lower.is_minvalue())
        return ddl::bound_literal(type, lower);
    if (type == ddl::KeyType::uuid)
        return "'00000000-0000-0000-0000-000000000000'";
    if (!ddl::is_number(type))
        return "'-infinity'";
    return type == ddl::KeyType::smallint  ? "'-32768'"
           : type == ddl::KeyType::integer ? "'-2147483648'"
                                           : "'-9223372036854775808'";
}

}  // namespace

std::vector<backfill::ComparedLeaf> compared_leaves(Session& server, const QualifiedName& table, ddl::KeyType type) {
    std::vector<std::pair<ddl::Bounds, QualifiedName>> leaves;
    if (const auto partitioning = db::read_partitioning(server.session(), table))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto parsed = ddl::parse_bounds(type, partition.bound))
                leaves.emplace_back(*parsed, partition.name);
    std::sort(leaves.begin(), leaves.end(),
              [](const auto& left, const auto& right) { return left.first.lower < right.first.lower; });
    std::vector<backfill::ComparedLeaf> compared;
    for (const auto& [range, name] : leaves)
        compared.push_back({name, least_literal(type, range.lower),
                            range.upper.is_maxvalue() ? std::string() : ddl::bound_literal(type, range.upper)});
    return compared;
}

backfill::ComparedLeaf compared_whole(const QualifiedName& relation, ddl::KeyType type) {
    return {relation, least_literal(type, ddl::Bound::minvalue()), {}};
}

}  // namespace tripmig::job
