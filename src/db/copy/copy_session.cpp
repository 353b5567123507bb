#include "db/copy/copy_session.hpp"

#include "config/connection_string.hpp"
#include "db/connection_parameters.hpp"
#include "db/connection_state.hpp"
#include "db/own_settings.hpp"

namespace tripmig::db {

CopySession::CopySession(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                         const StopSignal& stop)
    : m_state(std::make_unique<ConnectionState>(database, role, reporter, stop)) {
    m_state->parameters = connection_parameters(database, role);
    m_state->description = config::redacted(m_state->parameters);
    m_state->start();
    m_state->complete(std::chrono::duration_cast<std::chrono::seconds>(database.connect_timeout));
    execute(own_settings_sql(server_version()));
}

CopySession::~CopySession() = default;

Result CopySession::execute(const std::string& sql) {
    m_state->send(sql);
    return m_state->finish(sql, std::nullopt, {});
}

Result CopySession::execute(const Step& step) {
    m_state->send(step.sql, step.parameters);
    return m_state->finish(step.sql, step.source, step.copy_data);
}

void CopySession::copy_out(const std::string& sql, const std::function<void(std::string_view)>& sink) {
    m_state->copy_sink = sink;
    execute(sql);
    m_state->copy_sink = nullptr;
}

void CopySession::copy_in(const std::string& sql, const std::function<void(const CopySend&)>& write) {
    m_state->copy_writer = write;
    execute(sql);
    m_state->copy_writer = nullptr;
}

int CopySession::server_version() const {
    return PQserverVersion(m_state->raw());
}

}  // namespace tripmig::db
