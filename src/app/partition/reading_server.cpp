#include "app/partition/reading_server.hpp"

#include <string>

#include "db/connection_parameters.hpp"

namespace tripmig::app {

ReadingServer::ReadingServer(const Context& context, std::string_view role)
    : m_database(db::direct_connection(context.config.database)),
      m_connection(m_database, role, context.reporter, context.stop, db::SessionSettings::own),
      m_executor(m_connection, {}, context.reporter, context.clock, context.stop),
      m_session(m_database, std::string(role)),
      m_server{m_executor, m_session, context.reporter, context.clock, context.stop} {
}

}  // namespace tripmig::app
