#include "partition/retention/detached_state.hpp"

#include <algorithm>

namespace tripmig::partition {

namespace {

Snapshot* snapshot_of(const QualifiedName& parent, Overview& overview) {
    const auto found = std::find_if(overview.tables.begin(), overview.tables.end(), [&](const TableOverview& table) {
        return table.snapshot && table.snapshot->parent.table == parent;
    });
    return found == overview.tables.end() ? nullptr : &*found->snapshot;
}

}  // namespace

std::vector<std::uint32_t> add_detached(db::StepConnection& connection, const std::string& state_schema,
                                        Overview& overview) {
    std::vector<std::uint32_t> stale;
    if (state_schema.empty())
        return stale;
    for (db::DetachedTable& table : db::read_detached(connection, state_schema)) {
        if (table.is_stale) {
            stale.push_back(table.oid);
        } else if (Snapshot* snapshot = snapshot_of(table.parent, overview); snapshot != nullptr) {
            const auto bounds = ddl::parse_bounds(snapshot->coverage.key, table.bounds);
            snapshot->detached.push_back({{table.name, bounds.value_or(ddl::Bounds{})}, std::move(table)});
        }
    }
    return stale;
}

db::PartitionInfo as_partition(const db::DetachedTable& table) {
    db::PartitionInfo info;
    info.name = table.name;
    info.oid = table.oid;
    info.kind = table.kind;
    info.is_partitioned = table.kind == 'p';
    return info;
}

}  // namespace tripmig::partition
