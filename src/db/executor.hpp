#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/connection.hpp"
#include "db/release_witness.hpp"
#include "db/run_lock.hpp"
#include "db/watcher.hpp"

namespace tripmig::db {

/// How long a unit may wait for locks, and how often it may try.
struct LockPolicy {
    std::chrono::milliseconds lock_timeout{500};                       ///< of each lock in one attempt
    std::chrono::milliseconds lock_deadline{std::chrono::minutes(5)};  ///< all attempts and the pauses between them
    std::chrono::milliseconds statement_timeout{0};                    ///< 0: none
    /// lock_timeout of units outside a transaction (CONCURRENTLY waits for old transactions by design). 0: none.
    std::chrono::milliseconds concurrently_timeout{0};
};

/// What running one unit took.
struct UnitOutcome {
    int attempts = 1;
    std::chrono::milliseconds waited{0};     ///< from the first attempt to the start of the one that succeeded
    std::chrono::microseconds lock_wait{0};  ///< units with lock_first: until the whole set was granted, last attempt
    std::chrono::microseconds held{0};       ///< units with lock_first: from the last lock granted to their release
    std::vector<Result> results;             ///< one a step
    /// Units outside a transaction that took longer than a moment: relation to the strongest lock that was seen on it.
    std::map<std::string, std::string> sampled_locks;
};

/// COMMIT was sent and the connection was lost before the answer: only the server knows. Inspect decides.
class CommitInDoubt : public Error {
  public:
    explicit CommitInDoubt(const Error& error) : Error(error) {}
};

/// A step that is a check did not get a true.
class CheckFailed : public Error {
  public:
    explicit CheckFailed(const Step& step) : Error(ExitCode::refused, step.refusal), m_is_passing(step.is_passing) {}
    [[nodiscard]] bool is_passing() const noexcept { return m_is_passing; }

  private:
    bool m_is_passing;
};

/// Runs every step of every command: sets timeouts, retries lock timeouts, names blockers, emits events.
class Executor {
  public:
    Executor(Connection& connection, const config::DatabaseConfig& database, LockPolicy policy, Reporter& reporter,
             const Clock& clock, const StopSignal& stop);
    ~Executor();
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Runs one unit to its end, retrying transient failures until the deadline. Throws Error{lock_deadline} naming the
    /// blockers when that passes, CommitInDoubt when COMMIT's answer was lost, CheckFailed, else what the server said.
    /// After a throw nothing of the unit is left (Transaction::inside), or what the server did of the one statement
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
    void set_run_lock(const RunLock& lock) { m_run_lock = &lock; }

    /// Makes the session as new, when something of a former unit may be left in it.
    void clean_session();

    void set_policy(const LockPolicy& policy) { m_policy = policy; }
    [[nodiscard]] const LockPolicy& policy() const noexcept { return m_policy; }
    [[nodiscard]] Connection& connection() noexcept { return m_connection; }

    /// Called between attempts of a unit, before it is tried again (catch-up before the next cut-over attempt).
    void set_before_retry(std::function<void()> function) { m_before_retry = std::move(function); }

    /// Called after each step of a unit inside of a transaction, which stays open meanwhile; not between statements
    /// that share a round trip.
    void set_after_step(std::function<void()> function) { m_after_step = std::move(function); }

  private:
    void begin_unit(const Unit& unit);
    void finish_unit(const Unit& unit, UnitOutcome& outcome);
    void require_transient(const Error& error);
    UnitOutcome attempt(const Unit& unit, int number);
    UnitOutcome attempt_in_few_trips(const Unit& unit);
    void commit();
    UnitOutcome attempt_inside(const Unit& unit, int number);
    UnitOutcome attempt_alone(const Unit& unit);
    void take_locks(const Unit& unit, int attempt, UnitOutcome& outcome);
    void run_under_budget(const Unit& unit, std::chrono::steady_clock::time_point granted, UnitOutcome& outcome);
    Result run_step(const Step& step);
    void pause_before_retry(const Unit& unit, const Error& error, int attempts,
                            std::chrono::steady_clock::time_point deadline);
    UnitOutcome attempt_pipelined(const Unit& unit);
    [[nodiscard]] std::vector<std::string> opening(const Unit& unit) const;
    [[nodiscard]] bool needs_clean_session(const Unit& unit) const;
    void require_run_lock(const Error& error);
    [[nodiscard]] std::vector<Step> pipelined_opening(const Unit& unit) const;
    ReleaseWitness* witness_of(const Unit& unit);
    void observe(std::chrono::milliseconds elapsed);
    void look_at_blockers();
    void look_at_progress();
    void sample_locks();
    void finish_progress();

    Connection& m_connection;
    const config::DatabaseConfig& m_database;
    LockPolicy m_policy;
    Reporter& m_reporter;
    const Clock& m_clock;
    const StopSignal& m_stop;
    std::function<void()> m_before_retry;
    std::function<void()> m_after_step;
    std::unique_ptr<Watcher> m_watcher;
    std::unique_ptr<ReleaseWitness> m_witness;
    std::string m_current;   ///< name of the unit that runs
    std::string m_blockers;  ///< the last ones seen in this attempt, as text
    std::string m_told;      ///< the pids of those that were told of, in this unit
    const RunLock* m_run_lock = nullptr;
    bool m_is_clean = false;  ///< nothing of a unit is left in the session since it was last made as new
    bool m_is_alone = false;  ///< the unit that runs is outside of a transaction
    std::map<std::string, std::string> m_sampled;
    std::optional<Progress> m_progress;  ///< the last that was told
    std::optional<Obstacle> m_obstacle;
};

}  // namespace tripmig::db
