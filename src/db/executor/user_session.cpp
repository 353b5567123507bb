#include "db/executor/user_session.hpp"

#include <fmt/format.h>

#include "db/own_settings.hpp"

namespace tripmig::db {

void UserSession::clean() {
    if (m_is_clean)
        return;
    m_connection.discard_session();
    m_connection.execute(session_timeouts_sql(m_connection.server_version()));
    m_is_clean = true;
    m_is_patient = false;
}

void UserSession::open(const LockPolicy& policy, bool keeps_lock_timeout) {
    clean();
    std::string sql = fmt::format("SET statement_timeout = {}", policy.statement_timeout.count());
    if (!keeps_lock_timeout)
        sql += fmt::format("; SET lock_timeout = {}", policy.lock_timeout.count());
    m_connection.execute(sql);
    m_is_clean = false;
    m_is_patient = false;
}

void UserSession::prepare(const Unit& unit, const LockPolicy& policy) {
    if (unit.user_sql && !unit.keeps_session)
        clean();
    // Session settings where there is no transaction to make them local to.
    if (!unit.keeps_session && unit.transaction == Transaction::none) {
        m_connection.execute(fmt::format("SET statement_timeout = {}; SET lock_timeout = {}",
                                         policy.statement_timeout.count(), policy.concurrently_timeout.count()));
    } else if (unit.keeps_session && unit.is_patient != m_is_patient) {
        const auto timeout = unit.is_patient ? policy.concurrently_timeout : policy.lock_timeout;
        m_connection.execute(fmt::format("SET lock_timeout = {}", timeout.count()));
        m_is_patient = unit.is_patient;
    }
}

}  // namespace tripmig::db
