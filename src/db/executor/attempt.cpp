#include "db/executor/attempt.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/executor/failures.hpp"
#include "db/executor/opening.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

namespace {

/// As a Connection says it of itself: no word of the server came before it.
constexpr std::string_view lost_connection = "08006";

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

/// Nothing has to be looked at between its steps: one round trip will do.
bool can_be_pipelined(const Unit& unit) {
    return unit.user_sql && unit.lock_first.empty() && unit.max_hold.count() == 0 &&
           std::all_of(unit.steps.begin(), unit.steps.end(), [](const Step& step) {
               return step.refusal.empty() && step.copy_data.empty() && !is_copy(step);
           });
}

/// Of a step that is a check.
void require_truth(const Step& step, const Result& result) {
    if (step.refusal.empty())
        return;
    if (result.columns() == 1) {
        if (!result.optional_flag().value_or(false))
            throw CheckFailed(step, {});
        return;
    }
    const Row row = result.row();
    if (!row.flag("holds"))
        throw CheckFailed(step, row.text("found"));
}

}  // namespace

void Attempt::take_locks(const Unit& unit, int number, UnitOutcome& outcome) {
    const auto started = m_clock.steady();
    // A writer that holds the second and wants the first is in the way of every attempt in this order, and of none in
    // the other: whoever writes a referencing row holds that table before the referenced one, whoever deletes a
    // referenced row the other way round. The budget ends what the two would wait for each other.
    std::vector<LockRequest> requests = unit.lock_first;
    if (unit.lock_budget.count() > 0 && number % 2 == 0)
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

Result Attempt::run_step(const Step& step) {
    m_stop.check();
    Result result = m_connection.execute(step);
    require_truth(step, result);
    return result;
}

UnitOutcome Attempt::make_pipelined(const Unit& unit, const LockPolicy& policy) {
    std::vector<Step> steps = pipelined_opening(unit, policy);
    const std::size_t before = steps.size();
    steps.insert(steps.end(), unit.steps.begin(), unit.steps.end());
    if (m_last_check != nullptr)
        steps.push_back(*m_last_check);
    steps.push_back(bare_step("COMMIT"));
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
void Attempt::run_under_budget(const Unit& unit, chr::steady_clock::time_point granted, UnitOutcome& outcome) {
    constexpr std::size_t group_size = 16;
    for (std::size_t at = 0; at < unit.steps.size();) {
        m_stop.check();
        const auto left = unit.max_hold - chr::duration_cast<chr::milliseconds>(m_clock.steady() - granted);
        if (left.count() <= 0)
            throw over_budget(unit);
        std::vector<Step> group{bare_step(set_local("statement_timeout", left))};
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
ReleaseWitness* Attempt::witness_for(const Unit& unit) {
    if (unit.max_hold.count() == 0 || unit.lock_first.empty())
        return nullptr;
    if (m_witness && m_witness->is_spent())
        m_witness.reset();
    try {
        if (!m_witness)
            m_witness = std::make_unique<ReleaseWitness>(m_connection, m_clock);
    } catch (const Error&) {
        return nullptr;
    }
    return m_witness.get();
}

void Attempt::commit(ReleaseWitness* witness, chr::steady_clock::time_point granted, UnitOutcome& outcome) {
    if (m_last_check != nullptr)
        run_step(*m_last_check);
    if (witness != nullptr)
        witness->watch();
    try {
        m_connection.execute("COMMIT");
    } catch (const Error& error) {
        if (m_connection.is_broken())
            throw CommitInDoubt(error);
        throw;
    }
    const auto answered = m_clock.steady();
    const auto released = witness == nullptr ? std::nullopt : witness->released();
    outcome.held = chr::duration_cast<chr::microseconds>(std::min(answered, released.value_or(answered)) - granted);
}

UnitOutcome Attempt::make_in_few_trips(const Unit& unit, const LockPolicy& policy) {
    const auto started = m_clock.steady();
    UnitOutcome outcome;
    std::vector<Step> batch;
    for (const std::string& statement : opening_statements(unit, policy))
        batch.push_back(bare_step(statement));
    for (std::size_t at = 0; at < unit.steps.size();) {
        m_stop.check();
        const std::size_t before = batch.size();
        do
            batch.push_back(unit.steps[at++]);
        while (at < unit.steps.size() && batch.back().refusal.empty());
        const std::vector<Result> results = m_connection.execute_pipelined(batch);
        require_truth(batch.back(), results.back());
        outcome.results.insert(outcome.results.end(), results.begin() + static_cast<std::ptrdiff_t>(before),
                               results.end());
        batch.clear();
    }
    commit(nullptr, started, outcome);
    return outcome;
}

UnitOutcome Attempt::make_inside(const Unit& unit, const LockPolicy& policy, int number) {
    UnitOutcome outcome;
    ReleaseWitness* const witness = witness_for(unit);
    std::vector<std::string> statements = opening_statements(unit, policy);
    if (witness != nullptr)
        statements.push_back(witness->mark_sql());
    m_connection.execute(fmt::format("{}", fmt::join(statements, "; ")));
    if (!unit.before_locks.empty())
        m_connection.execute_pipelined(unit.before_locks);
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
    commit(witness, granted, outcome);
    return outcome;
}

UnitOutcome Attempt::make_alone(const Unit& unit) {
    UnitOutcome outcome;
    for (const Step& step : unit.steps)
        outcome.results.push_back(run_step(step));
    return outcome;
}

UnitOutcome Attempt::make(const Unit& unit, const LockPolicy& policy, int number) {
    if (unit.transaction == Transaction::none)
        return make_alone(unit);
    if (can_be_pipelined(unit))
        return make_pipelined(unit, policy);
    if (unit.in_few_trips && unit.lock_first.empty() && !unit.user_sql)
        return make_in_few_trips(unit, policy);
    return make_inside(unit, policy, number);
}

}  // namespace tripmig::db
