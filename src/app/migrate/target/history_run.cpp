#include "app/migrate/target/history_run.hpp"

#include "db/executor.hpp"
#include "db/own_settings.hpp"
#include "db/state/state_schema.hpp"

namespace tripmig::app {

std::unique_ptr<db::RunLock> take_run_lock(const Context& context, MigrationTarget& target, std::string_view role,
                                           bool is_strict) {
    auto lock = std::make_unique<db::RunLock>(std::move(target.connection), context.config.state.schema,
                                              context.config.migrations.run_lock_wait, context.reporter, context.clock,
                                              context.stop);
    // The server starts its process while the history is read.
    db::PendingConnection pending(target.database, role, context.reporter, context.stop);
    target.read_again(context, lock->connection(), is_strict);
    target.connection = std::make_unique<db::Connection>(std::move(pending), db::SessionSettings::of_role);
    return lock;
}

LockedTarget lock_target(const Context& context, std::string_view role) {
    LockedTarget locked{look_at(context, role), nullptr};
    MigrationTarget& target = locked.target;
    db::require_writable(*target.connection, context.config.state.schema, context.config.database.pooler);
    target.connection->execute(db::own_settings_sql(target.connection->server_version()));
    if (target.history.needs_state())
        db::ensure_state(*target.connection, context.config.state.schema);
    locked.lock = take_run_lock(context, target, role);
    target.connection->execute(db::own_settings_sql(target.connection->server_version()));
    return locked;
}

void change_history(const Context& context, LockedTarget& locked, const Unit& unit) {
    db::LockPolicy policy;
    policy.lock_timeout = context.config.migrations.lock_timeout;
    policy.lock_deadline = context.config.migrations.lock_deadline;
    db::Executor executor(*locked.target.connection, policy, context.reporter, context.clock, context.stop);
    executor.set_run_lock(*locked.lock);
    executor.run(unit);
}

}  // namespace tripmig::app
