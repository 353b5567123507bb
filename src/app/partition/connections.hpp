#pragma once

#include <string>

#include "app/context.hpp"
#include "db/connection.hpp"
#include "db/executor.hpp"
#include "partition/server.hpp"

namespace tripmig::app {

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
