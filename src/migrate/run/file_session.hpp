#pragma once

#include <chrono>
#include <functional>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/connection.hpp"
#include "db/executor.hpp"
#include "db/run_lock.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

/// What runs a unit in the place of the executor by itself: something around it that watches.
using RunUnit = std::function<db::UnitOutcome(db::Executor& executor, const Unit& unit)>;

/// The session that files run in, one after the other, as long as the run lock is held in another one. Each file finds
/// it as a new one, under the timeouts that the configuration and the file say.
class FileSession {
  public:
    /// `run_unit`: empty: the executor by itself.
    FileSession(db::Connection& connection, db::RunLock& lock, const config::MigrationsConfig& config,
                Reporter& reporter, const Clock& clock, const StopSignal& stop, RunUnit run_unit);

    /// Before a file's first unit. Throws Error{unreachable} when the run lock is lost.
    void begin(const Script& script);

    /// For units that keep the session: under the file's timeouts from here on.
    void keep() { m_executor.open_session(m_sets_lock_timeout); }

    db::UnitOutcome run(const Unit& unit) { return m_run_unit ? m_run_unit(m_executor, unit) : m_executor.run(unit); }

    /// A unit that only reads, before the file's first one, under that limit for each statement. The session is then
    /// as new again.
    db::UnitOutcome ask(const Unit& unit, std::chrono::milliseconds statement_timeout);

    /// For what is read.
    [[nodiscard]] db::Connection& connection() noexcept { return m_connection; }
    [[nodiscard]] const db::LockPolicy& policy() const noexcept { return m_executor.policy(); }
    /// The file's statements set lock_timeout themselves: it is not for us to change.
    [[nodiscard]] bool sets_lock_timeout() const noexcept { return m_sets_lock_timeout; }
    /// After a failure: nothing can be asked or undone any more.
    [[nodiscard]] bool is_over() const { return m_connection.is_broken() || m_stop.is_raised(); }

  private:
    db::Connection& m_connection;
    db::RunLock& m_lock;
    const config::MigrationsConfig& m_config;
    const StopSignal& m_stop;
    db::Executor m_executor;
    RunUnit m_run_unit;
    bool m_needs_new_session = false;  ///< a file changed what a session begins with
    bool m_sets_lock_timeout = false;
};

}  // namespace tripmig::migrate
