#include "partition/archive/retire.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "ddl/statement_step.hpp"
#include "partition/archive/content_sql.hpp"
#include "partition/retention/detached.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

ArchiveOrder archive_order(const DetachedPartition& partition, const config::ArchivePolicy& archive) {
    if (partition.table.kind == 'f')
        throw Error(ExitCode::refused,
                    fmt::format("{} is a foreign table: its rows are elsewhere, and are not archived",
                                sql::quoted(partition.leaf.name)),
                    "drop it by hand, or write action = \"drop\"");
    ArchiveOrder order;
    order.table = partition.leaf.name;
    if (!partition.table.parent.name.empty())
        order.parent = partition.table.parent;
    order.bounds = partition.table.bounds;
    order.dir = archive.dir;
    order.command = archive.command;
    return order;
}

Unit drop_archived(const DetachedPartition& partition, const Archived& archived, bool is_known, const Limits& limits) {
    const QualifiedName& name = partition.leaf.name;
    Unit unit = drop_detached(partition, limits);
    if (!is_known) {  // nothing to look up, nothing to forget
        unit.steps.erase(unit.steps.begin());
        unit.steps.pop_back();
    }
    unit.steps.insert(
        unit.steps.begin(),
        ddl::check(has_content_sql(name, archived.manifest.columns, archived.manifest.content),
                   fmt::format("{} is no longer what is in {}: it was written to since, and is not dropped",
                               sql::quoted(name), archived.file.string())));
    return unit;
}

}  // namespace tripmig::partition
