#include "partition/default_scan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace chr = std::chrono;

namespace {

constexpr std::int64_t sampled_ranges = 8;
constexpr std::int64_t sampled_pages = 256;  // in each of them: 2 MB

/// Of plain tables: a partitioned one has no blocks, its parts may be anywhere.
chr::microseconds sample(db::Session& session, const Snapshot& snapshot, std::int64_t pages) {
    const std::string table = sql::quoted(snapshot.default_partition->name);
    chr::microseconds total{0};
    for (std::int64_t i = 0; i < sampled_ranges; ++i) {
        const std::int64_t first = pages / sampled_ranges * i;
        const auto started = chr::steady_clock::now();
        // The key is looked at in each row, as ATTACH does.
        session.read(
            fmt::format("SELECT pg_catalog.count({0}) FROM ONLY {1} WHERE ctid >= '({2},0)' AND ctid < "
                        "'({3},0)'",
                        sql::quote_ident(snapshot.parent.key), table, first, first + sampled_pages));
        total += chr::duration_cast<chr::microseconds>(chr::steady_clock::now() - started);
    }
    return total * pages / (sampled_ranges * sampled_pages);
}

}  // namespace

DefaultScan measure_default(db::Session& session, const Snapshot& snapshot) {
    const db::PartitionInfo& partition = *snapshot.default_partition;
    DefaultScan scan;
    for (const db::PartitionSize& size : db::read_partition_sizes(session, {partition}))
        scan.pages = size.pages;
    // Less than that is read in no time, and a sample would be all of it.
    constexpr std::int64_t few = 2 * sampled_ranges * sampled_pages;
    constexpr chr::microseconds of_a_page{40};
    scan.time =
        scan.pages <= few || partition.is_partitioned ? of_a_page * scan.pages : sample(session, snapshot, scan.pages);
    return scan;
}

bool fits(const DefaultScan& scan, const Limits& limits) {
    return scan.time * 2 <= limits.max_lock_hold;
}

DefaultRows count_default(db::Session& session, const db::PartitionInfo& partition) {
    constexpr std::int64_t most = 20'000;
    DefaultRows found;
    found.rows = session.number(fmt::format("SELECT pg_catalog.count(*) FROM (SELECT FROM {} LIMIT {}) AS counted",
                                            sql::quoted(partition.name), most + 1));
    found.is_all = found.rows <= most;
    found.rows = std::min(found.rows, most);
    return found;
}

}  // namespace tripmig::partition
