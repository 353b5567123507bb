#include "db/executor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/backoff.hpp"
#include "db/catalog/event_trigger.hpp"
#include "db/server_error.hpp"
#include "db/server_limit.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

namespace {

/// Of a unit that is tried once only.
Error with_blockers(const Unit& unit, const Error& error, const std::string& blockers) {
    if (blockers.empty())
        return error;
    return error.rewrapped(error.code(), fmt::format("{}: it waited for {}: ", unit.name, blockers));
}

bool may_retry(const Unit& unit) {
    return std::all_of(unit.steps.begin(), unit.steps.end(), [](const Step& s) { return s.retry == Retry::unit; });
}

}  // namespace

Executor::Executor(Connection& connection, const config::DatabaseConfig& database, LockPolicy policy,
                   Reporter& reporter, const Clock& clock, const StopSignal& stop)
    : m_connection(connection),
      m_database(database),
      m_policy(policy),
      m_reporter(reporter),
      m_clock(clock),
      m_stop(stop) {
    m_connection.set_wait_observer([this](chr::milliseconds elapsed) { observe(elapsed); });
}

Executor::~Executor() {
    m_connection.set_wait_observer(nullptr);
}

void Executor::begin_unit(const Unit& unit) {
    m_current = unit.name;
    m_told.clear();
    m_is_alone = unit.transaction == Transaction::none;
    m_sampled.clear();
    m_progress.reset();
    m_blockers.clear();
}

void Executor::finish_unit(const Unit& unit, UnitOutcome& outcome) {
    m_is_clean = unit.leaves_session && (m_is_clean || !unit.keeps_session);
    outcome.sampled_locks = std::move(m_sampled);
    finish_progress();
}

/// After a failed attempt. Throws what another attempt would meet again.
void Executor::require_transient(const Error& error) {
    m_is_clean = false;
    if (!m_connection.is_broken())
        m_connection.rollback_quietly();
    require_run_lock(error);
    if (error.sqlstate() == "26000")  // a DISCARD took our prepared statements away
        m_connection.forget_prepared();
    if (error.sqlstate() == "53200")
        throw with_server_limit(error, m_connection);
    if (const auto refusal = event_trigger_refusal(m_connection, error))
        throw Error(*refusal);
    if (!is_transient(error.sqlstate()) && error.sqlstate() != "26000")
        throw error;
}

UnitOutcome Executor::run(const Unit& unit) {
    const auto started = m_clock.steady();
    const auto deadline = started + m_policy.lock_deadline;
    begin_unit(unit);
    for (int attempts = 1;; ++attempts) {
        const auto attempt_started = m_clock.steady();
        m_blockers.clear();
        try {
            UnitOutcome outcome = attempt(unit, attempts);
            outcome.attempts = attempts;
            outcome.waited = chr::duration_cast<chr::milliseconds>(attempt_started - started);
            finish_unit(unit, outcome);
            return outcome;
        } catch (const CommitInDoubt&) {
            throw;
        } catch (const Error& error) {
            require_transient(error);
            if (error.sqlstate() == "26000") {
                if (attempts > 1)
                    throw;
                continue;
            }
            if (!may_retry(unit))
                throw with_blockers(unit, error, m_blockers);
            pause_before_retry(unit, error, attempts, deadline);
        }
    }
}

std::optional<UnitOutcome> Executor::try_once(const Unit& unit, int number) {
    begin_unit(unit);
    m_obstacle.reset();
    try {
        UnitOutcome outcome = attempt(unit, number);
        outcome.attempts = number;
        finish_unit(unit, outcome);
        return outcome;
    } catch (const CommitInDoubt&) {
        throw;
    } catch (const Error& error) {
        require_transient(error);
        if (!may_retry(unit))
            throw with_blockers(unit, error, m_blockers);
        m_obstacle = Obstacle{error, m_blockers};
        return std::nullopt;
    }
}

/// A division by zero may be the check's before COMMIT.
void Executor::require_run_lock(const Error& error) {
    if (m_run_lock != nullptr && error.sqlstate() == "22012" && !m_run_lock->is_held(m_connection))
        throw m_run_lock->lost();
}

void Executor::pause_before_retry(const Unit& unit, const Error& error, int attempts,
                                  chr::steady_clock::time_point deadline) {
    m_stop.check();
    const std::string whom = m_blockers.empty() ? std::string() : fmt::format("; it waited for {}", m_blockers);
    if (m_clock.steady() >= deadline)
        throw Error(ExitCode::lock_deadline,
                    fmt::format("{}: no lock within {} s in {} attempts{}", unit.name,
                                chr::duration_cast<chr::seconds>(m_policy.lock_deadline).count(), attempts, whom),
                    "all of it was rolled back; run it again at a quieter time, end what holds the lock, or raise "
                    "lock_deadline")
            .with_sqlstate(error.sqlstate())
            .with_detail(error.message());
    const auto pause = retry_pause(attempts, any_fraction);
    Event event{Severity::info, "lock.retry", {}, {}, {}};
    event.message =
        fmt::format("{}: {}{}; attempt {} in {} ms", unit.name, error.message(), whom, attempts + 1, pause.count());
    event.fields = {{"unit", unit.name},
                    {"sqlstate", error.sqlstate()},
                    {"attempt", fmt::format("{}", attempts)},
                    {"blockers", m_blockers}};
    m_reporter.emit(event);
    m_stop.wait_for(pause);
    m_stop.check();
    if (m_before_retry)
        m_before_retry();
}

UnitOutcome Executor::attempt(const Unit& unit, int number) {
    return unit.transaction == Transaction::inside ? attempt_inside(unit, number) : attempt_alone(unit);
}

}  // namespace tripmig::db
