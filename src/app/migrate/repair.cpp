#include "app/migrate/repair.hpp"

#include <fmt/format.h>

#include "app/migrate/target/history_run.hpp"
#include "db/state/catalog_store.hpp"
#include "db/state/history_edit.hpp"

namespace tripmig::app {

RepairResult repair_history(const Context& context, const std::vector<std::string>& accepted, bool accepts_drift) {
    LockedTarget locked = lock_target(context, "repair");
    RepairResult result{migrate::plan_repair(locked.target.directory, locked.target.history.applied, accepted)};
    Unit unit;
    unit.name = "repair";
    for (const migrate::Repair& each : result.repairs)
        unit.steps.push_back(
            db::rehash_history_step(each.id, each.file, each.sha256, each.sha256_tokens, context.config.state.schema));
    if (!result.repairs.empty())
        change_history(context, locked, unit);
    for (const migrate::Repair& each : result.repairs)
        context.reporter.info("repair.row", fmt::format("recorded {} as it is now{}", each.file,
                                                        each.is_accepted ? ": changed statements, as accepted"
                                                                         : ": the same statements"));
    if (accepts_drift) {
        db::record_catalog(locked.lock->connection(), context.config.state.schema, {});
        context.reporter.info("repair.drift", "recorded the schema as it is now");
    }
    if (result.repairs.empty() && !accepts_drift)
        context.reporter.info("repair.done", "nothing to do: the history agrees with every file");
    return result;
}

}  // namespace tripmig::app
