#pragma once

#include <optional>
#include <string>
#include <utility>

#include "config/config.hpp"
#include "db/session.hpp"

namespace tripmig::partition {

/// A session that connects when it is first asked for: a run that finds nothing to do needs none.
class SessionOnDemand {
  public:
    SessionOnDemand(const config::DatabaseConfig& database, std::string role)
        : m_database(database), m_role(std::move(role)) {}

    db::Session& get() {
        if (!m_session) {
            m_session.emplace(m_database, m_role);
            m_session->keep_prepared();
        }
        return *m_session;
    }

    /// It was opened, and its connection is gone.
    [[nodiscard]] bool is_broken() const { return m_session && m_session->is_broken(); }

  private:
    const config::DatabaseConfig& m_database;
    std::string m_role;
    std::optional<db::Session> m_session;
};

}  // namespace tripmig::partition
