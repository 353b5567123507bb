#include "db/run_lock.hpp"

#include <fmt/format.h>

#include <random>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "db/own_settings.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

std::int64_t lock_key(std::string_view state_schema, std::string_view purpose) {
    const std::string digest = sha256_hex(fmt::format("tripmig/{}/{}", state_schema, purpose));
    return static_cast<std::int64_t>(std::stoull(digest.substr(0, 16), nullptr, 16));
}

std::string lock_holder(Connection& connection, std::int64_t key) {
    const Result result = connection.execute(std::string(statements::lock_holder), {fmt::format("{}", key)});
    return result.optional_text().value_or("");
}

AdvisoryLock::AdvisoryLock(Connection& connection, std::int64_t key) : m_connection(connection), m_key(key) {
    m_held = try_once();
}

AdvisoryLock::AdvisoryLock(Connection& connection, std::int64_t key, std::string_view what, chr::milliseconds wait,
                           Reporter& reporter, const Clock& clock, const StopSignal& stop)
    : m_connection(connection), m_key(key) {
    const auto deadline = clock.steady() + wait;
    std::mt19937 generator{std::random_device{}()};
    std::uniform_int_distribution<int> pause(50, 250);
    bool told = false;
    while (!(m_held = try_once())) {
        if (clock.steady() >= deadline) {
            const std::string holder = lock_holder(connection, key);
            throw Error(
                ExitCode::run_lock_held,
                fmt::format("{} is held by {}, for longer than {} s", what, holder.empty() ? "another session" : holder,
                            chr::duration_cast<chr::seconds>(wait).count()),
                "wait for it and run this again, or raise run_lock_wait; the lock is released when that session ends");
        }
        if (!told) {
            const std::string holder = lock_holder(connection, key);
            if (!holder.empty()) {
                reporter.info("run-lock.waiting", fmt::format("{} is held by {}: waiting", what, holder));
                told = true;
            }
        }
        stop.wait_for(chr::milliseconds(pause(generator)));
        stop.check();
    }
}

bool AdvisoryLock::try_once() {
    return m_connection.execute(fmt::format("SELECT pg_catalog.pg_try_advisory_lock({})", m_key)).flag();
}

namespace {

/// The settings of the session that only holds the lock. Whatever the role's idle_session_timeout is, it stays.
std::unique_ptr<Connection> as_holder(std::unique_ptr<Connection> connection) {
    connection->execute(own_settings_sql(connection->server_version()) + "; SET plan_cache_mode = force_generic_plan");
    return connection;
}

/// As pg_locks shows it.
Step held_check(Connection& connection, std::int64_t key) {
    const Row self = connection
                         .execute(
                             "SELECT pg_catalog.pg_backend_pid() AS pid, oid FROM pg_catalog.pg_database WHERE datname "
                             "= pg_catalog.current_database()")
                         .row();
    const auto bits = static_cast<std::uint64_t>(key);
    Step step;
    step.sql = std::string(statements::run_lock_check);
    step.parameters = {self.text("pid"), self.text("oid"), fmt::format("{}", bits >> 32U),
                       fmt::format("{}", bits & 0xFFFFFFFFU)};
    step.prepare_as = "tripmig_run_lock";
    step.why = "this run is still the only one";
    return step;
}

}  // namespace

RunLock::RunLock(std::unique_ptr<Connection> connection, std::string_view state_schema, chr::milliseconds wait,
                 Reporter& reporter, const Clock& clock, const StopSignal& stop)
    : m_connection(as_holder(std::move(connection))),
      m_lock(*m_connection, lock_key(state_schema, "run"), "the run lock", wait, reporter, clock, stop),
      m_check(held_check(*m_connection, lock_key(state_schema, "run"))) {
}

bool RunLock::is_held(StepConnection& seen_by) const {
    try {
        seen_by.execute(m_check);
        return true;
    } catch (const Error& error) {
        if (error.sqlstate() == "22012")
            return false;
        throw;
    }
}

void RunLock::require_held() {
    try {
        m_connection->execute_pipelined({m_check});  // prepared: it is asked before each file
        return;
    } catch (const Error& error) {
        if (!m_connection->is_broken() && error.sqlstate() != "22012")
            throw;
        throw lost().with_sqlstate(error.sqlstate()).with_detail(error.message());
    }
}

Error RunLock::lost() const {
    return Error(ExitCode::unreachable,
                 fmt::format("the session that holds the run lock (pid {}) has ended: another run may have started",
                             m_check.parameters.front().value()),
                 "uncommitted work was rolled back; find out what ended the session (pg_terminate_backend, a restart, "
                 "a proxy), then run the same command again");
}

AdvisoryLock::~AdvisoryLock() {
    if (!m_held || m_connection.is_broken())
        return;
    try {
        m_connection.rollback_quietly();
        m_connection.execute(fmt::format("SELECT pg_catalog.pg_advisory_unlock({})", m_key));
    } catch (const Error&) {
        return;  // the connection is gone or we are stopping: the server releases the lock with the session
    }
}

}  // namespace tripmig::db
