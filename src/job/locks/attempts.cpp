#include "job/locks/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/load.hpp"
#include "base/error.hpp"
#include "job/locks/blockers.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace chr = std::chrono;

namespace {

/// The executor's policy and retry hook for the time of one unit.
class CutOverPolicy {
  public:
    CutOverPolicy(Session& server, const Unit& unit, const std::function<void()>& between,
                  chr::steady_clock::time_point deadline)
        : m_server(server), m_usual(server.executor().policy()) {
        db::LockPolicy policy = m_usual;
        const auto left = chr::duration_cast<chr::milliseconds>(deadline - server.clock().steady());
        policy.lock_timeout = server.config().swap.lock_budget;
        policy.lock_deadline = std::max(left, chr::milliseconds(0));
        server.executor().set_policy(policy);
        server.executor().set_before_retry([this, &unit, &between, policy, deadline] {
            if (m_is_between)
                return;  // the units of the preparation are retried too
            m_is_between = true;
            m_server.live_status().attempted(++m_attempts);
            m_server.executor().set_policy(m_usual);
            wait_for_blockers(m_server, unit, deadline);
            between();
            m_server.executor().set_policy(policy);
            m_is_between = false;
        });
    }
    ~CutOverPolicy() {
        m_server.executor().set_before_retry(nullptr);
        m_server.executor().set_policy(m_usual);
    }
    CutOverPolicy(const CutOverPolicy&) = delete;
    CutOverPolicy& operator=(const CutOverPolicy&) = delete;

  private:
    Session& m_server;
    db::LockPolicy m_usual;
    bool m_is_between = false;
    int m_attempts = 0;
};

/// What is prepared is planned here, not under the locks.
void warm_up(Session& server, const Unit& unit) {
    Unit warm;
    warm.name = unit.name;
    warm.max_hold = chr::seconds(30);  // by the pipeline, which prepares
    for (const Step& step : unit.steps)
        if (!step.prepare_as.empty())
            warm.steps.push_back(step);
    if (!warm.steps.empty())
        server.executor().run(warm);
}

/// The attempts are too short for the executor to look who was in their way: whoever holds the locks now most likely
/// was.
db::LockTimeout named(Session& server, const Unit& unit, const db::LockTimeout& timeout) {
    const Blockers blockers = find_blockers(server.session(), unit.lock_first, chr::milliseconds(0));
    if (blockers.who.empty() || !timeout.blockers().empty())
        return timeout;
    return {Error(timeout.code(), fmt::format("{}; its locks are held by {}", timeout.message(), blockers.text()),
                  timeout.hint())
                .with_sqlstate(timeout.sqlstate())
                .with_detail(timeout.detail()),
            blockers.text()};
}

std::string exclusive_lock_holders(db::Session& session) {
    const db::Result found = session.read(std::string(statements::exclusive_lock_holders));
    return found.row().optional_text("holders").value_or("a session that has released it meanwhile");
}

/// What a plan reads may lie behind somebody's ACCESS EXCLUSIVE, on a single partition for instance: until the deadline
/// it is read again. nullopt: another plan is to be made.
std::optional<db::UnitOutcome> read_again(Session& server, const std::function<std::optional<db::UnitOutcome>()>& plan,
                                          chr::steady_clock::time_point deadline) {
    try {
        return plan();
    } catch (const db::LockTimeout&) {
        throw;
    } catch (const Error& error) {
        if (error.sqlstate() != "55P03")
            throw;
        const std::string who = exclusive_lock_holders(server.session());
        if (server.clock().steady() >= deadline)
            throw db::LockTimeout(Error(ExitCode::lock_deadline,
                                        fmt::format("a table or partition that must be read is locked by {}", who),
                                        "this attempt changed nothing; run it again at a quieter time, end what holds "
                                        "the lock, or raise cutover_deadline in [swap]")
                                      .with_sqlstate(error.sqlstate()),
                                  who);
        server.reporter().info("swap.waits",
                               fmt::format("waiting to read a table or partition that is locked by {}", who));
        return std::nullopt;
    }
}

}  // namespace

db::UnitOutcome run_attempts(Session& server,
                             const std::function<std::optional<db::UnitOutcome>(const Attempt& attempt)>& plan,
                             std::optional<chr::steady_clock::time_point> latest) {
    auto deadline = server.clock().steady() + server.config().swap.cutover_deadline;
    if (latest)
        deadline = std::min(deadline, *latest);
    std::optional<db::CheckFailed> refusal;
    const Attempt attempt = [&](Unit unit, const std::function<void()>& between) -> std::optional<db::UnitOutcome> {
        unit.lock_budget = server.config().swap.lock_budget;
        unit.max_hold = server.config().swap.max_lock_hold;
        wait_for_blockers(server, unit, deadline);
        between();
        try {
            warm_up(server, unit);
            const CutOverPolicy policy(server, unit, between, deadline);
            return server.executor().run(unit);
        } catch (const db::LockTimeout& timeout) {
            throw named(server, unit, timeout);
        } catch (const db::CheckFailed& failed) {
            const bool is_late = server.clock().steady() >= deadline;
            if (failed.is_passing() && is_late)
                throw Error(ExitCode::lock_deadline, fmt::format("{}: {}", unit.name, failed.message()),
                            "this attempt changed nothing; run it again at a quieter time, or raise final_keys or "
                            "cutover_deadline in [swap]");
            // What passes may do so as long as there is time; another check is met twice at most.
            if (!failed.is_passing() && refusal && (is_late || refusal->is_same_check(failed)))
                throw;
            refusal = failed;
            server.reporter().info("swap.replan", failed.message() + ": planned again");
            return std::nullopt;
        }
    };
    for (int plans = 0;; ++plans) {
        server.stop().check();
        if (auto outcome = read_again(
                server, [&] { return plan(attempt); }, deadline)) {
            outcome->attempts += plans;
            return *outcome;
        }
    }
}

db::UnitOutcome run_protected(Session& server, const Unit& unit) {
    return run_attempts(server, [&](const Attempt& attempt) { return attempt(unit, [] {}); });
}

void run_step(Session& server, const Unit& unit) {
    server.reporter().info("swap.step", unit.name);
    if (unit.lock_first.empty())
        server.executor().run(unit);
    else
        run_protected(server, unit);
}

void run_vacuum(Session& server, db::Executor& executor, const QualifiedName& target, bool is_analyzed) {
    const Unit unit = backfill::vacuum_loaded(target, is_analyzed, server.throttle().rest_percent());
    executor.run(unit);
    server.throttle().reset_work_timer();
}

void vacuum_registry(Session& server, const QualifiedName& registry) {
    server.reporter().info("swap.step", fmt::format("vacuum {}", sql::quoted(registry)));
    run_vacuum(server, server.executor(), registry, true);
}

}  // namespace tripmig::job
