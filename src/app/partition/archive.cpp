#include "app/partition/archive.hpp"

#include <fmt/format.h>

#include "app/partition/attach.hpp"
#include "app/partition/connections.hpp"
#include "app/partition/policies.hpp"
#include "base/error.hpp"
#include "db/state/history.hpp"
#include "db/state/state_schema.hpp"
#include "partition/archive/read.hpp"
#include "partition/archive/retire.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

/// A table that nobody announced: a partition still, or one that was detached by hand.
partition::DetachedPartition find_table(db::Connection& connection, const QualifiedName& name, bool keeps) {
    const db::Result found = connection.execute(
        "SELECT c.oid, c.relkind, pg_catalog.pg_get_expr(c.relpartbound, 0) AS bounds, n.nspname AS schema, p.relname "
        "AS "
        "name FROM pg_catalog.pg_class AS c LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid LEFT JOIN "
        "pg_catalog.pg_class AS p ON p.oid = i.inhparent LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = "
        "p.relnamespace "
        "WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'p', 'f')",
        {sql::quoted(name)});
    if (found.empty())
        throw Error(ExitCode::refused, fmt::format("table {} does not exist", sql::quoted(name)), "check the name");
    const db::Row row = found.row();
    partition::DetachedPartition partition;
    partition.leaf.name = name;
    partition.table.name = name;
    partition.table.oid = row.oid("oid");
    partition.table.kind = row.letter("relkind");
    partition.table.bounds = row.text_or_empty("bounds");
    partition.table.is_attached = !row.is_null("name");
    if (partition.table.is_attached)
        partition.table.parent = row.name();
    if (partition.table.is_attached && !keeps)
        throw Error(
            ExitCode::refused,
            fmt::format("{} is a partition of {}: it is not dropped", sql::quoted(name),
                        sql::quoted(partition.table.parent)),
            "detach it first (ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY), or only write the file, with --keep");
    return partition;
}

config::ArchivePolicy archive_policy(const Context& context, const ArchiveOptions& options,
                                     const partition::DetachedPartition& partition) {
    config::ArchivePolicy archive;
    if (!partition.table.parent.name.empty() && options.dir.empty())
        archive = chosen_policies(context, {sql::quoted(partition.table.parent)}).policies.front().archive;
    if (!options.dir.empty())
        archive.dir = options.dir;
    if (archive.dir.empty())
        throw Error(ExitCode::usage,
                    fmt::format("there is no place for the archive of {}", sql::quoted(partition.leaf.name)),
                    "add --dir DIR, or set dir = \"archive\" in [archive] of the policy");
    return archive;
}

db::AdvisoryLock take_lock(const Context& context, PartitionConnections& connections) {
    db::require_usable(connections.connection, context.config.state.schema, connections.database.pooler);
    return take_maintain_lock(context, connections.connection);
}

}  // namespace

ArchiveResult archive_partition(const Context& context, const ArchiveOptions& options, const Confirm& confirm) {
    const QualifiedName name = config::parse_table_name(options.table);
    PartitionConnections connections(context, "partition-archive");
    const db::AdvisoryLock lock = take_lock(context, connections);
    const auto detached = db::find_detached(connections.connection, context.config.state.schema, name);
    const partition::DetachedPartition partition = detached ? partition::DetachedPartition{{name, {}}, *detached}
                                                            : find_table(connections.connection, name, options.keeps);
    const partition::ArchiveOrder order =
        partition::archive_order(partition, archive_policy(context, options, partition));
    if (!options.keeps)
        confirm(fmt::format("{} is dropped once its archive is written to {} and verified", sql::quoted(name),
                            partition::archive_path(order, 1).string()));
    ArchiveResult result;
    result.archived = partition::write_archive(connections.database, order, context.reporter, context.stop);
    if (options.keeps)
        return result;
    partition::Limits limits;
    limits.state_schema = context.config.state.schema;
    limits.lock_budget = context.config.swap.lock_budget;
    connections.executor.run(partition::drop_archived(partition, result.archived, detached.has_value(), limits));
    result.is_dropped = true;
    context.reporter.info("partition.dropped", fmt::format("dropped {}", sql::quoted(name)));
    return result;
}

namespace {

/// Where its parent is: then it is a detached partition of it.
void prepare_state(const Context& context, PartitionConnections& connections, const partition::Manifest& manifest) {
    if (!manifest.parent)
        return;
    const bool has_parent =
        connections.connection.execute("SELECT pg_catalog.to_regclass($1) IS NOT NULL", {sql::quoted(*manifest.parent)})
            .flag();
    if (has_parent)
        db::ensure_state(connections.connection, context.config.state.schema);
}

RestoreResult restore(const Context& context, const std::string& file) {
    PartitionConnections connections(context, "partition-restore");
    const db::AdvisoryLock lock = take_lock(context, connections);
    context.reporter.info("archive.reading", fmt::format("reading {}", file));
    RestoreResult result;
    result.manifest = partition::read_archive(std::filesystem::path(file));
    prepare_state(context, connections, result.manifest);
    result.has_parent = partition::restore_archive(connections.database, file, result.manifest,
                                                   context.config.state.schema, context.reporter, context.stop);
    return result;
}

}  // namespace

RestoreResult restore_partition(const Context& context, const std::string& file, bool attaches) {
    RestoreResult result = restore(context, file);
    if (!attaches)
        return result;
    const std::string table = sql::quoted(result.manifest.table);
    if (!result.has_parent)
        throw Error(ExitCode::refused,
                    fmt::format("{} is restored, but not attached: its partitioned table is not here", table),
                    "attach it by ALTER TABLE ... ATTACH PARTITION");
    try {
        result.attached = attach_partition(context, table);
    } catch (const Error& error) {
        throw error.rewrapped(error.code(), fmt::format("{} is restored, but not attached: ", table));
    }
    return result;
}

}  // namespace tripmig::app
