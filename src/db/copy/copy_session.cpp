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
    if (PQsendQuery(m_state->raw(), sql.c_str()) == 0)
        m_state->throw_lost();
    return m_state->finish(sql, std::nullopt, {});
}

void CopySession::copy_out(const std::string& sql, const std::function<void(std::string_view)>& sink) {
    m_state->copy_sink = sink;
    execute(sql);
    m_state->copy_sink = nullptr;
}

void CopySession::copy_in(const std::string& sql, const std::function<bool(std::string&)>& source) {
    m_state->copy_source = source;
    execute(sql);
    m_state->copy_source = nullptr;
}

int CopySession::server_version() const {
    return PQserverVersion(m_state->raw());
}

}  // namespace tripmig::db
