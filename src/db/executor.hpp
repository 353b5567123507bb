#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "db/executor/attempt.hpp"
#include "db/executor/failures.hpp"
#include "db/executor/lock_policy.hpp"
#include "db/executor/outcome.hpp"
#include "db/executor/unit_watch.hpp"
#include "db/executor/user_session.hpp"
#include "db/run_lock.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// Runs every step of every command: sets timeouts, retries lock timeouts, names blockers, emits events.
class Executor {
  public:
    Executor(StepConnection& connection, LockPolicy policy, Reporter& reporter, const Clock& clock,
             const StopSignal& stop);
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Runs one unit to its end, retrying transient failures until the deadline. Throws LockTimeout naming the blockers
    /// when that passes, CommitInDoubt when COMMIT's answer was lost, CheckFailed, else what the server said. After a
    /// throw nothing of the unit is left (Transaction::inside), or what the server did of the one statement
    /// (Transaction::none).
    UnitOutcome run(const Unit& unit);

    /// What kept try_once() from its end: nothing of the unit is left.
    struct Obstacle {
        Error error;
        std::string blockers;  ///< whom it waited for, as far as it was seen; may be empty
    };

    /// One attempt of a unit, which the caller may make again later; `number` counts them from 1. nullopt: it was a
    /// lock that did not come in time, or another failure that may pass; obstacle() says which. Throws as run() does
    /// otherwise.
    std::optional<UnitOutcome> try_once(const Unit& unit, int number);
    [[nodiscard]] const std::optional<Obstacle>& obstacle() const noexcept { return m_obstacle; }

    /// Every transaction then looks, before its COMMIT, whether that lock is still held; Error{unreachable} when it is
    /// not.
    void set_run_lock(const RunLock& lock);

    /// Makes the session as new, when something of a former unit may be left in it.
    void clean_session() { m_session.clean(); }

    /// For units that keep the session: as new, under the policy's timeouts. `keeps_lock_timeout`: that one is the
    /// role's, or what the units set themselves.
    void open_session(bool keeps_lock_timeout) { m_session.open(m_policy, keeps_lock_timeout); }

    void set_policy(const LockPolicy& policy) { m_policy = policy; }
    [[nodiscard]] const LockPolicy& policy() const noexcept { return m_policy; }
    [[nodiscard]] StepConnection& connection() noexcept { return m_connection; }

    /// Called between attempts of a unit, before it is tried again (catch-up before the next cut-over attempt).
    void set_before_retry(std::function<void()> function) { m_before_retry = std::move(function); }

    /// Called after each step of a unit inside of a transaction, which stays open meanwhile; not between statements
    /// that share a round trip.
    void set_after_step(std::function<void()> function) { m_attempt.set_after_step(std::move(function)); }

  private:
    using TimePoint = std::chrono::steady_clock::time_point;

    UnitOutcome attempt(const Unit& unit, int number);
    [[nodiscard]] bool is_again_at_once(const Unit& unit, const Error& error, bool was_prepared_again);
    void require_run_lock(const Error& error);
    void pause_before_retry(const Unit& unit, const Error& error, int attempts, TimePoint deadline);

    StepConnection& m_connection;
    LockPolicy m_policy;
    Reporter& m_reporter;
    const Clock& m_clock;
    const StopSignal& m_stop;
    UserSession m_session;
    UnitWatch m_watch;
    Attempt m_attempt;
    const RunLock* m_run_lock = nullptr;
    std::function<void()> m_before_retry;
    std::optional<Obstacle> m_obstacle;
};

}  // namespace tripmig::db
