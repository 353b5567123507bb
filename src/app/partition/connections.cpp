#include "app/partition/connections.hpp"

#include "db/connection_parameters.hpp"

namespace tripmig::app {

namespace {

db::LockPolicy lock_policy(const config::Config& config) {
    db::LockPolicy locks;
    locks.lock_timeout = config.migrations.lock_timeout;
    locks.lock_deadline = config.migrations.lock_deadline;
    locks.concurrently_timeout = config.migrations.lock_deadline;
    return locks;
}

}  // namespace

PartitionConnections::PartitionConnections(const Context& context, const std::string& role)
    : database(db::direct_connection(context.config.database)),
      connection(database, role, context.reporter, context.stop, db::SessionSettings::own),
      executor(connection, lock_policy(context.config), context.reporter, context.clock, context.stop),
      session(database, role),
      server{executor, session,  context.reporter, context.clock, context.stop, context.config.state.schema,
             {},       &database} {
}

}  // namespace tripmig::app
