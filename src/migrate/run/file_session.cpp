#include "migrate/run/file_session.hpp"

#include <algorithm>
#include <utility>

#include "migrate/run/session_defaults.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

/// CONCURRENTLY waits for old transactions by design, and blocks nobody meanwhile.
constexpr chr::milliseconds concurrently_timeout = chr::hours(1);

db::LockPolicy policy_for(const Script& script, const config::MigrationsConfig& config) {
    db::LockPolicy policy;
    policy.lock_timeout = script.directives.lock_timeout.value_or(config.lock_timeout);
    policy.lock_deadline = config.lock_deadline;
    policy.statement_timeout = script.directives.statement_timeout.value_or(chr::milliseconds(0));
    policy.concurrently_timeout = concurrently_timeout;
    return policy;
}

bool sets_lock_timeout_itself(const Script& script) {
    return std::any_of(script.statements.begin(), script.statements.end(), [](const ScriptStatement& statement) {
        return statement.facts->kind == "set" && statement.sql.find("lock_timeout") != std::string::npos;
    });
}

}  // namespace

FileSession::FileSession(db::Connection& connection, db::RunLock& lock, const config::MigrationsConfig& config,
                         Reporter& reporter, const Clock& clock, const StopSignal& stop, RunUnit run_unit)
    : m_connection(connection),
      m_lock(lock),
      m_config(config),
      m_stop(stop),
      m_executor(connection, {}, reporter, clock, stop),
      m_run_unit(std::move(run_unit)) {
    m_executor.set_run_lock(lock);
}

void FileSession::begin(const Script& script) {
    m_lock.require_held();
    if (m_needs_new_session)
        m_connection.reconnect();
    m_needs_new_session = changes_session_defaults(script);
    m_sets_lock_timeout = sets_lock_timeout_itself(script);
    m_executor.set_policy(policy_for(script, m_config));
    m_executor.clean_session();
}

db::UnitOutcome FileSession::ask(const Unit& unit, chr::milliseconds statement_timeout) {
    const db::LockPolicy usual = m_executor.policy();
    db::LockPolicy limited = usual;
    limited.statement_timeout = statement_timeout;
    m_executor.set_policy(limited);
    db::UnitOutcome outcome = m_executor.run(unit);
    m_executor.set_policy(usual);
    m_executor.clean_session();
    return outcome;
}

}  // namespace tripmig::migrate
