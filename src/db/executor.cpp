#include "db/executor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/backoff.hpp"
#include "db/event_trigger.hpp"
#include "db/own_settings.hpp"
#include "db/server_error.hpp"
#include "db/server_limit.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

namespace {

std::string set_local(std::string_view name, chr::milliseconds value) {
    return fmt::format("SET LOCAL {} = {}", name, value.count());
}

/// As a lock timeout: the unit is rolled back and tried again.
Error over_budget(const Unit& unit) {
    return Error(ExitCode::lock_deadline,
                 fmt::format("{}: over its budget of {} ms under the lock", unit.name, unit.max_hold.count()))
        .with_sqlstate("55P03");
}

/// COPY ... FROM STDIN without data needs its protocol as well.
bool is_copy(const Step& step) {
    constexpr std::string_view word = "copy";
    return step.sql.size() > word.size() && std::equal(word.begin(), word.end(), step.sql.begin(),
                                                       [](char a, char b) { return a == static_cast<char>(b | 0x20); });
}

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

UnitOutcome Executor::run(const Unit& unit) {
    const auto started = m_clock.steady();
    const auto deadline = started + m_policy.lock_deadline;
    m_current = unit.name;
    m_told.clear();
    m_is_alone = unit.transaction == Transaction::none;
    m_sampled.clear();
    m_progress.reset();
    for (int attempts = 1;; ++attempts) {
        const auto attempt_started = m_clock.steady();
        m_blockers.clear();
        try {
            UnitOutcome outcome = attempt(unit, attempts);
            m_is_untouched = unit.leaves_session && (m_is_untouched || !unit.keeps_session);
            outcome.attempts = attempts;
            outcome.waited = chr::duration_cast<chr::milliseconds>(attempt_started - started);
            outcome.sampled_locks = std::move(m_sampled);
            finish_progress();
            return outcome;
        } catch (const CommitInDoubt&) {
            throw;
        } catch (const Error& error) {
            m_is_untouched = false;
            if (!m_connection.is_broken())
                m_connection.rollback_quietly();
            if (error.sqlstate() == "26000" && attempts == 1) {  // a DISCARD took our prepared statements away
                m_connection.forget_prepared();
                continue;
            }
            if (error.sqlstate() == "53200")
                throw with_server_limit(error, m_connection);
            if (const auto refusal = event_trigger_refusal(m_connection, error))
                throw Error(*refusal);
            if (!is_transient(error.sqlstate()))
                throw;
            if (!may_retry(unit))
                throw with_blockers(unit, error, m_blockers);
            pause_before_retry(unit, error, attempts, deadline);
        }
    }
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

namespace {

/// To the role's and the database's own settings; the timeouts stay ours.
std::vector<std::string> reset(const Connection& connection) {
    return {"RESET ALL", "RESET SESSION AUTHORIZATION", session_timeouts_sql(connection.server_version())};
}

}  // namespace

/// What a former file SET is none of this one's business.
std::vector<std::string> Executor::resets(const Unit& unit) const {
    if (!unit.user_sql || unit.keeps_session || m_is_untouched)
        return {};
    return reset(m_connection);
}

std::vector<std::string> Executor::opening(const Unit& unit) const {
    if (unit.keeps_session)
        return {"BEGIN"};
    std::vector<std::string> statements = resets(unit);
    statements.emplace_back(unit.user_sql ? "BEGIN" : "BEGIN ISOLATION LEVEL READ COMMITTED");
    if (unit.asynchronous)
        statements.emplace_back("SET LOCAL synchronous_commit = off");
    statements.push_back(set_local("statement_timeout", m_policy.statement_timeout));
    statements.push_back(set_local("idle_in_transaction_session_timeout", chr::milliseconds(0)));
    statements.push_back(set_local("lock_timeout", m_policy.lock_timeout));
    return statements;
}

void Executor::take_locks(const Unit& unit, int attempt, UnitOutcome& outcome) {
    const auto started = m_clock.steady();
    // A writer that holds the second and wants the first is in the way of every attempt in this order, and of none in
    // the other: whoever writes a referencing row holds that table before the referenced one, whoever deletes a
    // referenced row the other way round. The budget ends what the two would wait for each other.
    std::vector<LockRequest> requests = unit.lock_first;
    if (unit.lock_budget.count() > 0 && attempt % 2 == 0)
        std::reverse(requests.begin(), requests.end());
    for (const LockRequest& request : requests) {
        const auto used = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started);
        const auto left = std::max(unit.lock_budget - used, chr::milliseconds(1));
        std::string sql = unit.lock_budget.count() > 0 ? set_local("lock_timeout", left) + "; " : std::string();
        sql += request.sql.empty() ? fmt::format("LOCK TABLE ONLY {} IN {} MODE", sql::quoted(request.relation),
                                                 to_string(request.mode))
                                   : request.sql;
        m_connection.execute(sql);
    }
    outcome.lock_wait = chr::duration_cast<chr::microseconds>(m_clock.steady() - started);
}

namespace {

/// Of a step that is a check. A second column of its SELECT says what was found.
void require_truth(const Step& step, const Result& result) {
    if (step.refusal.empty() || (result.rows() == 1 && result.flag(0, 0)))
        return;
    Step told = step;
    if (result.rows() == 1 && result.columns() > 1)
        told.refusal = fmt::format("{}; {}", result.text(0, 1), step.refusal);
    throw CheckFailed(told);
}

}  // namespace

Result Executor::run_step(const Step& step) {
    m_stop.check();
    Result result = m_connection.execute(step);
    require_truth(step, result);
    return result;
}

namespace {

/// Nothing has to be looked at between its steps: one round trip will do.
bool can_be_pipelined(const Unit& unit) {
    return unit.user_sql && unit.lock_first.empty() && unit.max_hold.count() == 0 &&
           std::all_of(unit.steps.begin(), unit.steps.end(), [](const Step& step) {
               return step.refusal.empty() && step.copy_data.empty() && !is_copy(step);
           });
}

Step bare(std::string sql) {
    Step step;
    step.sql = std::move(sql);
    return step;
}

}  // namespace

/// The same opening with the settings in one statement that stays prepared: a thousand small files are a thousand of
/// them.
std::vector<Step> Executor::pipelined_opening(const Unit& unit) const {
    std::vector<Step> steps;
    for (std::string& sql : resets(unit))
        steps.push_back(bare(std::move(sql)));
    steps.push_back(bare("BEGIN"));
    if (unit.keeps_session)
        return steps;
    Step settings = bare(
        "SELECT pg_catalog.set_config('statement_timeout', $1, true), pg_catalog.set_config('lock_timeout', $2, true), "
        "pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true)");
    if (unit.asynchronous)
        settings.sql += ", pg_catalog.set_config('synchronous_commit', 'off', true)";
    settings.prepare_as = unit.asynchronous ? "tripmig_open_asynchronous" : "tripmig_open";
    settings.parameters = {fmt::format("{}", m_policy.statement_timeout.count()),
                           fmt::format("{}", m_policy.lock_timeout.count())};
    steps.push_back(std::move(settings));
    return steps;
}

UnitOutcome Executor::attempt_pipelined(const Unit& unit) {
    std::vector<Step> steps = pipelined_opening(unit);
    const std::size_t before = steps.size();
    steps.insert(steps.end(), unit.steps.begin(), unit.steps.end());
    steps.push_back(bare("COMMIT"));
    UnitOutcome outcome;
    try {
        outcome.results = m_connection.execute_pipelined(steps);
    } catch (const Error& error) {
        if (m_connection.is_broken())  // COMMIT was on its way with the rest
            throw CommitInDoubt(error);
        throw;
    }
    outcome.results.erase(outcome.results.begin(), outcome.results.begin() + static_cast<std::ptrdiff_t>(before));
    return outcome;
}

/// In groups of one round trip each: while the locks are held, every trip to a server far away counts for all who wait.
/// A group ends with a check, so that nothing after it is begun when it fails.
void Executor::run_under_budget(const Unit& unit, chr::steady_clock::time_point granted, UnitOutcome& outcome) {
    constexpr std::size_t group_size = 16;
    for (std::size_t at = 0; at < unit.steps.size();) {
        m_stop.check();
        const auto left = unit.max_hold - chr::duration_cast<chr::milliseconds>(m_clock.steady() - granted);
        if (left.count() <= 0)
            throw over_budget(unit);
        std::vector<Step> group{bare(set_local("statement_timeout", left))};
        do
            group.push_back(unit.steps[at++]);
        while (at < unit.steps.size() && group.size() <= group_size && group.back().refusal.empty());
        try {
            const std::vector<Result> results = m_connection.execute_pipelined(group);
            outcome.results.insert(outcome.results.end(), results.begin() + 1, results.end());
        } catch (const Error& error) {
            if (error.sqlstate() == "57014" && !m_stop.is_raised())
                throw over_budget(unit);
            throw;
        }
        require_truth(group.back(), outcome.results.back());
    }
}

/// For units whose time under the locks has a budget. Without one (too many connections, say) COMMIT's answer counts.
ReleaseWitness* Executor::witness_of(const Unit& unit) {
    if (unit.max_hold.count() == 0 || unit.lock_first.empty())
        return nullptr;
    if (m_witness && m_witness->is_spent())
        m_witness.reset();
    try {
        if (!m_witness)
            m_witness =
                std::make_unique<ReleaseWitness>(m_database, m_reporter, m_clock, m_connection.protocol_backend_pid());
    } catch (const Error&) {
        return nullptr;
    }
    return m_witness.get();
}

UnitOutcome Executor::attempt_inside(const Unit& unit, int number) {
    if (can_be_pipelined(unit))
        return attempt_pipelined(unit);
    UnitOutcome outcome;
    ReleaseWitness* const witness = witness_of(unit);
    std::vector<std::string> statements = opening(unit);
    if (witness != nullptr)
        statements.push_back(witness->mark_sql());
    m_connection.execute(fmt::format("{}", fmt::join(statements, "; ")));
    take_locks(unit, number, outcome);
    const auto granted = m_clock.steady();
    if (unit.max_hold.count() > 0) {
        run_under_budget(unit, granted, outcome);
    } else {
        for (const Step& step : unit.steps) {
            outcome.results.push_back(run_step(step));
            if (m_after_step)
                m_after_step();
        }
    }
    if (witness != nullptr)
        witness->watch();
    try {
        const Result commit = m_connection.execute("COMMIT");
        const auto answered = m_clock.steady();
        const auto released = witness == nullptr ? std::nullopt : witness->released();
        outcome.held = chr::duration_cast<chr::microseconds>(std::min(answered, released.value_or(answered)) - granted);
    } catch (const Error& error) {
        if (m_connection.is_broken())
            throw CommitInDoubt(error);
        throw;
    }
    return outcome;
}

UnitOutcome Executor::attempt_alone(const Unit& unit) {
    UnitOutcome outcome;
    // Session settings, since there is no transaction to make them local to.
    if (!unit.keeps_session)
        m_connection.execute(
            fmt::format("{}; SET statement_timeout = {}; SET lock_timeout = {}",
                        unit.user_sql ? fmt::to_string(fmt::join(reset(m_connection), "; ")) : std::string(),
                        m_policy.statement_timeout.count(), m_policy.concurrently_timeout.count()));
    for (const Step& step : unit.steps)
        outcome.results.push_back(run_step(step));
    return outcome;
}

}  // namespace tripmig::db
