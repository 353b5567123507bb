// The part of Executor that is one attempt of a unit: from the session that it runs in to its COMMIT.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "db/executor.hpp"
#include "db/own_settings.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

namespace {

/// As a Connection says it of itself: no word of the server came before it.
constexpr std::string_view lost_connection = "08006";

std::string set_local(std::string_view name, chr::milliseconds value) {
    return fmt::format("SET LOCAL {} = {}", name, value.count());
}

/// As a lock timeout: the unit is rolled back and tried again.
Error over_budget(const Unit& unit) {
    return Error(ExitCode::lock_deadline,
                 fmt::format("{}: over its budget of {} ms under the lock", unit.name, unit.max_hold.count()))
        .with_sqlstate("55P03");
}

std::string begin_sql(const Unit& unit) {
    if (!unit.user_sql)
        return "BEGIN ISOLATION LEVEL READ COMMITTED";
    return unit.transaction_modes.empty() ? "BEGIN" : "BEGIN " + unit.transaction_modes;
}

/// COPY ... FROM STDIN without data needs its protocol as well.
bool is_copy(const Step& step) {
    constexpr std::string_view word = "copy";
    return step.sql.size() > word.size() && std::equal(word.begin(), word.end(), step.sql.begin(),
                                                       [](char a, char b) { return a == static_cast<char>(b | 0x20); });
}

}  // namespace

/// What a former file left in the session is none of this one's business.
bool Executor::needs_clean_session(const Unit& unit) const {
    return unit.user_sql && !unit.keeps_session && !m_is_clean;
}

void Executor::clean_session() {
    if (m_is_clean)
        return;
    m_connection.discard_session();
    m_connection.execute(session_timeouts_sql(m_connection.server_version()));
    m_is_clean = true;
}

std::vector<std::string> Executor::opening(const Unit& unit) const {
    std::vector<std::string> statements{begin_sql(unit)};
    if (unit.keeps_session)
        return statements;
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

/// Of a step that is a check.
void require_truth(const Step& step, const Result& result) {
    if (step.refusal.empty())
        return;
    if (result.columns() == 1) {
        if (!result.optional_flag().value_or(false))
            throw CheckFailed(step);
        return;
    }
    const Row row = result.row();
    if (row.flag("holds"))
        return;
    Step told = step;
    told.refusal = fmt::format("{}; {}", row.text("found"), step.refusal);
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
    steps.push_back(bare(begin_sql(unit)));
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
    if (needs_clean_session(unit))
        clean_session();
    std::vector<Step> steps = pipelined_opening(unit);
    const std::size_t before = steps.size();
    steps.insert(steps.end(), unit.steps.begin(), unit.steps.end());
    if (m_run_lock != nullptr)
        steps.push_back(m_run_lock->check());
    steps.push_back(bare("COMMIT"));
    UnitOutcome outcome;
    try {
        outcome.results = m_connection.execute_pipelined(steps);
    } catch (const Error& error) {
        // COMMIT was on its way with the rest, unless a step before it was told to be the last.
        if (m_connection.is_broken() && error.sqlstate() == lost_connection)
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
    if (needs_clean_session(unit))
        clean_session();
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
    if (m_run_lock != nullptr)
        run_step(m_run_lock->check());
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
    if (needs_clean_session(unit))
        clean_session();
    // Session settings, since there is no transaction to make them local to.
    if (!unit.keeps_session)
        m_connection.execute(fmt::format("SET statement_timeout = {}; SET lock_timeout = {}",
                                         m_policy.statement_timeout.count(), m_policy.concurrently_timeout.count()));
    for (const Step& step : unit.steps)
        outcome.results.push_back(run_step(step));
    return outcome;
}

}  // namespace tripmig::db
