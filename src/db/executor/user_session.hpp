#pragma once

#include "base/step.hpp"
#include "db/executor/lock_policy.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// The session that users' SQL runs in: what is left in it of former units, and the timeouts that the next one finds.
class UserSession {
  public:
    explicit UserSession(StepConnection& connection) : m_connection(connection) {}

    /// As new, when something of a former unit may be left in it.
    void clean();

    /// As new, under the policy's timeouts, for units that keep the session. `keeps_lock_timeout`: that one stays as
    /// the role has it.
    void open(const LockPolicy& policy, bool keeps_lock_timeout);

    /// Before an attempt of the unit: what a former file left is none of this one's business, and a patient unit waits
    /// longer than the one before it.
    void prepare(const Unit& unit, const LockPolicy& policy);

    void ended(const Unit& unit) { m_is_clean = unit.leaves_session && (m_is_clean || !unit.keeps_session); }
    void failed() { m_is_clean = false; }

  private:
    StepConnection& m_connection;
    bool m_is_clean = false;    ///< nothing of a unit is left in it since it was last made as new
    bool m_is_patient = false;  ///< its lock_timeout is that of patient units
};

}  // namespace tripmig::db
