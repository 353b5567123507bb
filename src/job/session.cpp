#include "job/session.hpp"

#include <fmt/format.h>

#include "db/connection_parameters.hpp"
#include "db/state/altering_jobs.hpp"
#include "db/state/history.hpp"
#include "db/state/state_schema.hpp"
#include "db/state/with_state.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace chr = std::chrono;

namespace {

/// How long a killed run's backend may take to notice, with client_connection_check_interval.
constexpr chr::seconds patience{15};

db::LockPolicy lock_policy(const config::Config& config) {
    db::LockPolicy policy;
    policy.lock_deadline = config.swap.cutover_deadline;
    return policy;
}

}  // namespace

Session::Session(const config::Config& config, Reporter& reporter, const Clock& clock, const StopSignal& stop)
    : m_config(config),
      m_reporter(reporter),
      m_clock(clock),
      m_stop(stop),
      m_database(db::direct_connection(config.database)),
      m_connection(m_database, "swap", reporter, stop, db::SessionSettings::own),
      m_session(m_database, "swap-read"),
      m_executor(m_connection, lock_policy(config), reporter, clock, stop),
      m_throttle(m_database, config.swap, reporter, clock, stop, [this] { return is_paused(); }),
      m_note(m_database, config.state.schema) {
    m_throttle.set_on_change([this](const backfill::ThrottleState& state) { m_note.holds(state); });
    m_connection.execute(backfill::beside_service_sql(backfill::worker_count(config.swap)));
    // What is prepared is planned once, before the locks, and not again under them.
    m_connection.execute("SET plan_cache_mode = force_generic_plan");
}

void Session::require_usable() {
    db::require_usable(m_connection, state_schema(), m_database.pooler);
}

void Session::take_job(const QualifiedName& table) {
    require_usable();
    db::ensure_state(m_connection, state_schema());
    m_session.keep_prepared();  // each step looks at the tables again
    m_table = table;
    m_note.begin(table);
    m_worker_key = db::lock_key(state_schema(), fmt::format("workers {}.{}", table.schema, table.name));
    m_lock.emplace(m_connection, db::job_lock_key(state_schema(), table),
                   fmt::format("the job lock of {}", sql::quoted(table)), m_config.migrations.run_lock_wait, m_reporter,
                   m_clock, m_stop);
}

std::string Session::worker_of(const QualifiedName& table) {
    return db::lock_holder(m_connection, db::job_lock_key(state_schema(), table));
}

bool Session::is_paused() {
    if (m_table.name.empty())
        return false;
    if (!m_pause_session)
        m_pause_session.emplace(m_database, "swap-pause");
    const db::Result found = m_pause_session->read(db::with_state(statements::job_is_paused, state_schema()),
                                                   {m_table.schema, m_table.name});
    return found.optional_flag().value_or(false);
}

void Session::wait_for_orphans() {
    const db::AdvisoryLock exclusive(m_connection, m_worker_key, "the job's worker lock", patience, m_reporter, m_clock,
                                     m_stop);
}

std::unique_ptr<backfill::Workers> Session::workers() {
    return std::make_unique<backfill::Workers>(m_database, backfill::worker_count(m_config.swap), m_worker_key,
                                               m_reporter, m_clock, m_stop);
}

std::optional<db::Job> Session::open_job(const QualifiedName& table) {
    return db::find_open_job(m_session, state_schema(), table);
}

}  // namespace tripmig::job
