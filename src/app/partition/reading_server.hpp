#pragma once

#include <string_view>

#include "app/context.hpp"
#include "db/connection.hpp"
#include "db/executor.hpp"
#include "partition/server.hpp"

namespace tripmig::app {

/// What it takes to look at partitioned tables, as long as a command lasts. Nothing is locked and nothing written.
class ReadingServer {
  public:
    ReadingServer(const Context& context, std::string_view role);

    [[nodiscard]] db::Connection& connection() noexcept { return m_connection; }
    [[nodiscard]] partition::Server& server() noexcept { return m_server; }

  private:
    config::DatabaseConfig m_database;
    db::Connection m_connection;
    db::Executor m_executor;
    partition::SessionOnDemand m_session;
    partition::Server m_server;
};

}  // namespace tripmig::app
