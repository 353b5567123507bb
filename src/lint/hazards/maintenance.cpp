#include <fmt/format.h>

#include "lint/hazards/hazards.hpp"

namespace tripmig::lint::hazards {

void check_maintenance(LintContext& context) {
    const std::string& kind = context.kind();
    const std::string target = context.target();
    if (!target.empty() && context.schema.is_new(target))
        return;
    if (kind == "vacuum" && !context.effects.rewrites.empty())
        context.add("vacuum-full", fmt::format("VACUUM FULL rewrites {} under ACCESS EXCLUSIVE", target),
                    "use plain VACUUM; to return the space to the disk, pg_repack or tripmig swap");
    else if (kind == "cluster")
        context.add("cluster", fmt::format("{} is rewritten under ACCESS EXCLUSIVE", target),
                    "use pg_repack, or a maintenance window");
    else if (kind == "refresh materialized view" && !context.statement.facts->is_concurrent)
        context.add("refresh-materialized-view",
                    fmt::format("reads of {} are blocked until it is filled again", target),
                    "REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index");
    else if (kind == "lock")
        context.add("lock-table", fmt::format("{} is locked until the transaction ends", target),
                    "remove it: each statement takes the lock that it needs, and tripmig retries; if it is needed, say "
                    "why in an ignore");
}

}  // namespace tripmig::lint::hazards
