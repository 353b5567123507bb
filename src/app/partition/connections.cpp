#include "app/partition/connections.hpp"

#include "db/connection_parameters.hpp"

namespace tripmig::app {

db::LockPolicy lock_policy(const config::Config& config) {
    db::LockPolicy locks;
    locks.lock_timeout = config.migrations.lock_timeout;
    locks.lock_deadline = config.migrations.lock_deadline;
    locks.concurrently_timeout = config.migrations.lock_deadline;
    return locks;
}

db::AdvisoryLock take_maintain_lock(const Context& context, db::Connection& connection) {
    return {connection,          db::lock_key(context.config.state.schema, "maintain"),
            "the maintain lock", context.config.migrations.run_lock_wait,
            context.reporter,    context.clock,
            context.stop};
}

PartitionConnections::PartitionConnections(const Context& context, const std::string& role)
    : database(db::direct_connection(context.config.database)),
      connection(database, role, context.reporter, context.stop, db::SessionSettings::own),
      executor(connection, lock_policy(context.config), context.reporter, context.clock, context.stop),
      session(database, role),
      server{executor, session,  context.reporter, context.clock, context.stop, context.config.state.schema,
             {},       &database} {
}

}  // namespace tripmig::app
