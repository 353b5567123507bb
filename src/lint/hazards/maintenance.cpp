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
                    "plain VACUUM; pg_repack or tripmig swap when the space must come back");
    else if (kind == "cluster")
        context.add("cluster", fmt::format("{} is rewritten under ACCESS EXCLUSIVE", target),
                    "pg_repack, or a maintenance window");
    else if (kind == "refresh materialized view" && !context.statement.facts->is_concurrent)
        context.add("refresh-materialized-view", fmt::format("nobody reads {} until it is filled again", target),
                    "REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index");
    else if (kind == "lock")
        context.add(
            "lock-table", fmt::format("{} is locked until the transaction ends", target),
            "each statement takes the lock that it needs, and tripmig retries; say in an ignore why this one is "
            "needed");
}

}  // namespace tripmig::lint::hazards
