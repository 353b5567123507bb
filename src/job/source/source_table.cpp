#include "job/source/source_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/leaf_index.hpp"
#include "job/copy/newest_partition.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// An index that the parent's table gets for the months' sake: of what the leaf does with it they do nothing.
void add_leaf_index(db::TableInfo& table, db::LeafIndex added) {
    const auto is_same = [&](const db::IndexInfo& each) {
        return each.is_unique && each.tail == added.index.tail && each.is_constraint == added.index.is_constraint;
    };
    if (std::any_of(table.indexes.begin(), table.indexes.end(), is_same))
        return;
    added.index.is_replica_identity = added.index.is_clustered = false;
    table.indexes.push_back(std::move(added.index));
    if (added.constraint)
        table.constraints.push_back(std::move(*added.constraint));
}

/// The parent's table as the leaf's: what the months are to be like.
db::TableInfo as_leaf(db::TableInfo parent, const db::TableInfo& leaf) {
    parent.name = leaf.name;
    parent.oid = leaf.oid;
    parent.kind = leaf.kind;
    parent.filenode = leaf.filenode;
    parent.pages = leaf.pages;
    parent.bytes = leaf.bytes;
    parent.options = leaf.options;
    parent.tablespace = leaf.tablespace;
    return parent;
}

}  // namespace

db::TableInfo require_table(Session& server, const QualifiedName& name) {
    std::optional<db::TableInfo> table = db::read_table(server.session(), name);
    if (!table)
        throw Error(ExitCode::refused, fmt::format("table {} does not exist", sql::quoted(name)),
                    "check name and schema: TABLE is [schema.]table, in public when no schema is given");
    return std::move(*table);
}

SourceFile read_file(db::Session& session, const QualifiedName& table) {
    const db::Row row =
        session
            .read(
                "SELECT COALESCE(pg_catalog.pg_relation_filenode(found.oid)::pg_catalog.int8, 0) AS filenode, "
                "COALESCE(pg_catalog.pg_relation_size(found.oid) / "
                "pg_catalog.current_setting('block_size')::pg_catalog.int8, 0) AS blocks "
                "FROM (SELECT pg_catalog.to_regclass($1) AS oid) AS found",
                {sql::quoted(table)})
            .row();
    return {row.number("filenode"), row.number("blocks")};
}

std::vector<QualifiedName> leaves_of(Session& server, const QualifiedName& table) {
    std::vector<QualifiedName> leaves;
    if (const auto partitioning = db::read_partitioning(server.session(), table))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            leaves.push_back(partition.name);
    return leaves;
}

std::optional<LeafOf> find_parent(db::Session& session, const QualifiedName& leaf) {
    const db::Result found = session.read(std::string(statements::parent_of_leaf), {leaf.schema, leaf.name});
    if (found.empty())
        return std::nullopt;
    LeafOf place{found.row().name(), {}, found.row().text("bound")};
    const auto partitioning = db::read_partitioning(session, place.parent);
    if (!partitioning || partitioning->strategy != 'r' || partitioning->key_columns != 1 || partitioning->key.empty())
        throw Error(ExitCode::refused,
                    fmt::format("nothing can be done with {}: {} is not partitioned by the range of one column",
                                sql::quoted(leaf), sql::quoted(place.parent)),
                    "only partitions by the range of one column can be split, merged or drained");
    place.key = partitioning->key;
    return place;
}

db::TableInfo source_of(Session& server, const State& state) {
    db::TableInfo table = require_table(server, state.table);
    if (!state.is<PartitionJob>())
        return table;
    const db::TableInfo parent = require_table(server, state.parent());
    db::TableInfo source = as_leaf(parent, table);
    if (!state.is_unique_per_leaf())
        return source;  // the job of an older version
    for (db::LeafIndex& index : ddl::leaf_indexes_of(table, state.key))
        add_leaf_index(source, std::move(index));
    for (const SourcePartition& other : state.partition().more)
        for (db::LeafIndex& index : ddl::leaf_indexes_of(require_table(server, other.name), state.key))
            add_leaf_index(source, std::move(index));
    if (state.is_default())  // made by hand, it may lack what the leaves have
        for (db::LeafIndex& index : leaf_indexes_of_newest(server.session(), parent, state.key))
            add_leaf_index(source, std::move(index));
    return source;
}

}  // namespace tripmig::job
