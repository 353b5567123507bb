#pragma once

#include <string>

#include "app/context.hpp"
#include "db/connection.hpp"
#include "db/executor.hpp"
#include "db/run_lock.hpp"
#include "partition/server.hpp"

namespace tripmig::app {

/// How long the locks of a unit are tried for: `lock_timeout` and `lock_deadline` of [migrations].
db::LockPolicy lock_policy(const config::Config& config);

/// Held by whatever changes partitions: one at a time. Throws Error{run_lock_held} after `run_lock_wait`.
db::AdvisoryLock take_maintain_lock(const Context& context, db::Connection& connection);

/// What it takes to reach the server, as long as a command lasts.
struct PartitionConnections {
    config::DatabaseConfig database;
    db::Connection connection;
    db::Executor executor;
    partition::SessionOnDemand session;
    partition::Server server;

    PartitionConnections(const Context& context, const std::string& role);
};

}  // namespace tripmig::app
