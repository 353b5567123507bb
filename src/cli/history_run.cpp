#include "cli/history_run.hpp"

#include "db/executor.hpp"
#include "db/own_settings.hpp"
#include "db/state_schema.hpp"

namespace tripmig::cli {

LockedTarget lock_target(const Context& context, std::string_view role) {
    LockedTarget locked{look_at(context, role), nullptr};
    MigrationTarget& target = locked.target;
    const std::string& schema = context.config.state.schema;
    db::require_writable(*target.connection, context.config.state.schema, context.config.database.pooler);
    target.connection->execute(db::own_settings_sql(target.connection->server_version()));
    if (target.history.needs_state())
        db::ensure_state(*target.connection, schema);
    locked.lock = std::make_unique<db::AdvisoryLock>(*target.connection, db::lock_key(schema, "run"), "the run lock",
                                                     context.config.migrations.run_lock_wait, context.reporter,
                                                     context.clock, context.stop);
    target.look_again(context, false);
    return locked;
}

void change_history(const Context& context, MigrationTarget& target, const Unit& unit) {
    db::LockPolicy policy;
    policy.lock_timeout = context.config.migrations.lock_timeout;
    policy.lock_deadline = context.config.migrations.lock_deadline;
    db::Executor(*target.connection, target.database, policy, context.reporter, context.clock, context.stop).run(unit);
}

}  // namespace tripmig::cli
