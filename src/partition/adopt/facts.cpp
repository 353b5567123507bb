#include "partition/adopt/facts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

void require_range_partitioned(const TableFacts& facts) {
    const std::string name = sql::quoted(facts.table);
    if (facts.catalog.oid == 0)
        throw Error(ExitCode::refused, fmt::format("table {} does not exist", name), "check its schema and its name");
    if (facts.catalog.strategy == '\0' && facts.catalog.kind != 'r')
        throw Error(ExitCode::refused, fmt::format("{} is not a table", name), "a policy is for a table");
    if (facts.catalog.strategy == '\0')
        throw Error(ExitCode::refused, fmt::format("{} is not partitioned yet", name),
                    fmt::format("what it takes to partition it while it is in use: tripmig swap plan {} --key COLUMN "
                                "--interval \"1 month\"",
                                name));
    if (facts.catalog.strategy != 'r' || facts.catalog.key_columns.front().empty())
        throw Error(ExitCode::refused, fmt::format("{} is not partitioned by range of a column", name),
                    "a policy is only for a table that is");
}

std::vector<ddl::Leaf> newest_leaves(const TableFacts& facts, ddl::KeyType key) {
    constexpr std::size_t most = 12;
    std::vector<ddl::Leaf> leaves;
    for (const db::PartitionInfo& info : facts.catalog.partitions) {
        if (info.is_default())
            continue;
        const auto bounds = ddl::parse_bounds(key, info.bound);
        if (!bounds)
            throw Error(ExitCode::refused,
                        fmt::format("the bounds of {} cannot be read: {}", sql::quoted(info.name), info.bound),
                        "a policy can't be for this table");
        if (bounds->lower.is_finite() && bounds->upper.is_finite())
            leaves.push_back({info.name, *bounds});
    }
    std::sort(leaves.begin(), leaves.end(),
              [](const ddl::Leaf& a, const ddl::Leaf& b) { return a.bounds.lower < b.bounds.lower; });
    if (leaves.size() > most)
        leaves.erase(leaves.begin(), leaves.end() - static_cast<std::ptrdiff_t>(most));
    return leaves;
}

}  // namespace tripmig::partition
