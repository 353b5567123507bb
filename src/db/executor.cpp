#include "db/executor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/backoff.hpp"
#include "base/duration.hpp"
#include "db/catalog/event_trigger.hpp"
#include "db/server_error.hpp"
#include "db/server_limit.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

namespace {

/// Of a unit that is tried once only.
LockTimeout timeout_of(const Unit& unit, const Error& error, const std::string& blockers) {
    const Error told = blockers.empty()
                           ? error
                           : error.rewrapped(error.code(), fmt::format("{}: it waited for {}: ", unit.name, blockers));
    return {told, blockers};
}

/// "pid 7" of "pid 7 (app, active)", which is how the watcher's query describes a session; empty: nobody.
std::string first_blocker(const std::string& blockers) {
    return blockers.substr(0, blockers.find(" ("));
}

/// Whom an earlier line has described is named by its process id here.
std::string retry_text(const Unit& unit, const Error& error, const std::string& blockers) {
    const bool is_timeout = error.sqlstate() == "55P03";
    return fmt::format("{}: {}{}", unit.name, is_timeout ? "lock timeout" : error.message(),
                       blockers.empty() ? std::string() : " behind " + first_blocker(blockers));
}

std::string end_blocker_text(const std::string& blockers) {
    const std::string first = first_blocker(blockers);
    const std::string_view pid = "pid ";
    return first.rfind(pid, 0) != 0
               ? "end what holds the lock"
               : fmt::format("end what holds the lock (SELECT pg_terminate_backend({}))", first.substr(pid.size()));
}

bool may_retry(const Unit& unit) {
    return std::all_of(unit.steps.begin(), unit.steps.end(), [](const Step& s) { return s.retry == Retry::unit; });
}

}  // namespace

Executor::Executor(StepConnection& connection, LockPolicy policy, Reporter& reporter, const Clock& clock,
                   const StopSignal& stop)
    : m_connection(connection),
      m_policy(policy),
      m_reporter(reporter),
      m_clock(clock),
      m_stop(stop),
      m_session(connection),
      m_watch(connection, reporter, stop),
      m_attempt(connection, clock, stop) {
}

void Executor::set_run_lock(const RunLock& lock) {
    m_run_lock = &lock;
    m_attempt.set_last_check(&lock.check());
}

UnitOutcome Executor::attempt(const Unit& unit, int number) {
    m_watch.begin_attempt();
    m_session.prepare(unit, m_policy);
    UnitOutcome outcome = m_attempt.make(unit, m_policy, number);
    m_session.ended(unit);
    m_watch.end_unit();
    outcome.attempts = number;
    outcome.sampled_locks = m_watch.take_sampled_locks();
    return outcome;
}

/// In the handler of a failed attempt, which leaves nothing. Throws what another attempt would meet again.
bool Executor::is_again_at_once(const Unit& unit, const Error& error, bool was_prepared_again) {
    m_session.failed();
    if (!m_connection.is_broken())
        m_connection.rollback_quietly();
    require_run_lock(error);
    // Outside of a transaction nothing of ours is prepared, and a part of it may be committed.
    if (error.sqlstate() == "26000" && unit.transaction == Transaction::inside && !was_prepared_again &&
        m_connection.forget_lost_prepared())
        return true;
    if (error.sqlstate() == "53200")
        throw with_server_limit(error, m_connection);
    if (const auto refusal = event_trigger_refusal(m_connection, error))
        throw Error(*refusal);
    if (!is_transient(error.sqlstate()))
        throw;
    if (!may_retry(unit))
        throw timeout_of(unit, error, m_watch.blockers());
    return false;
}

UnitOutcome Executor::run(const Unit& unit) {
    const auto started = m_clock.steady();
    const auto deadline = started + m_policy.lock_deadline;
    m_watch.begin_unit(unit);
    bool was_prepared_again = false;
    for (int attempts = 1;; ++attempts) {
        const auto attempt_started = m_clock.steady();
        try {
            UnitOutcome outcome = attempt(unit, attempts);
            outcome.waited = chr::duration_cast<chr::milliseconds>(attempt_started - started);
            return outcome;
        } catch (const CommitInDoubt&) {
            throw;
        } catch (const Error& error) {
            if (is_again_at_once(unit, error, was_prepared_again))
                was_prepared_again = true;
            else
                pause_before_retry(unit, error, attempts, deadline);
        }
    }
}

std::optional<UnitOutcome> Executor::try_once(const Unit& unit, int number) {
    m_watch.begin_unit(unit);
    m_obstacle.reset();
    try {
        return attempt(unit, number);
    } catch (const CommitInDoubt&) {
        throw;
    } catch (const Error& error) {
        static_cast<void>(is_again_at_once(unit, error, false));
        m_obstacle = Obstacle{error, m_watch.blockers()};
        return std::nullopt;
    }
}

/// A division by zero may be the check's before COMMIT.
void Executor::require_run_lock(const Error& error) {
    if (m_run_lock != nullptr && error.sqlstate() == "22012" && !m_run_lock->is_held(m_connection))
        throw m_run_lock->lost();
}

void Executor::pause_before_retry(const Unit& unit, const Error& error, int attempts, TimePoint deadline) {
    m_stop.check();
    const std::string& blockers = m_watch.blockers();
    const std::string whom = blockers.empty() ? std::string() : fmt::format("; it waited for {}", blockers);
    if (m_clock.steady() >= deadline)
        throw LockTimeout(
            Error(ExitCode::lock_deadline,
                  fmt::format("{}: no lock within {} s in {} attempts{}", unit.name,
                              chr::duration_cast<chr::seconds>(m_policy.lock_deadline).count(), attempts, whom),
                  fmt::format("everything was rolled back; run it again at a quieter time, {}, or raise lock_deadline",
                              end_blocker_text(blockers)))
                .with_sqlstate(error.sqlstate())
                .with_detail(error.message()),
            blockers);
    const auto pause = retry_pause(attempts, any_fraction);
    Event event{Severity::info, "lock.retry", {}, {}, {}};
    event.message =
        fmt::format("{}; attempt {} in {}", retry_text(unit, error, blockers), attempts + 1, elapsed_text(pause));
    event.fields = {{"unit", unit.name},
                    {"sqlstate", error.sqlstate()},
                    {"attempt", fmt::format("{}", attempts)},
                    {"blockers", blockers}};
    m_reporter.emit(event);
    m_clock.wait_for(pause, m_stop);
    m_stop.check();
    if (m_before_retry)
        m_before_retry();
}

}  // namespace tripmig::db
