#include <fmt/format.h>

#include "migrate/lint_hazards.hpp"

namespace tripmig::migrate::hazards {

void maintenance(Sight& sight) {
    const std::string& kind = sight.kind();
    const std::string target = sight.target();
    if (!target.empty() && sight.schema.is_new(target))
        return;
    if (kind == "vacuum" && !sight.effects.rewrites.empty())
        sight.add("vacuum-full", fmt::format("VACUUM FULL rewrites {} under ACCESS EXCLUSIVE", target),
                  "plain VACUUM; pg_repack or tripmig swap when the space must come back");
    else if (kind == "cluster")
        sight.add("cluster", fmt::format("{} is rewritten under ACCESS EXCLUSIVE", target),
                  "pg_repack, or a maintenance window");
    else if (kind == "refresh materialized view" && !sight.statement.facts->is_concurrent)
        sight.add("refresh-materialized-view", fmt::format("nobody reads {} until it is filled again", target),
                  "REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index");
    else if (kind == "lock")
        sight.add("lock-table", fmt::format("{} is locked until the transaction ends", target),
                  "each statement takes the lock that it needs, and tripmig retries; say in an ignore why this one is "
                  "needed");
}

}  // namespace tripmig::migrate::hazards
