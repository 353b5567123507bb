#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "backfill/throttle.hpp"
#include "backfill/workers.hpp"
#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/connection.hpp"
#include "db/executor.hpp"
#include "db/run_lock.hpp"
#include "db/session.hpp"
#include "db/state/job_store.hpp"
#include "job/live_status.hpp"
#include "job/source/key_reader.hpp"
#include "job/stage_watch.hpp"

namespace tripmig::job {

/// One command's way to the database: a connection for steps, which holds the job's lock, and one for what is read.
class Session {
  public:
    Session(const config::Config& config, Reporter& reporter, const Clock& clock, const StopSignal& stop);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Before anything is written: throws Error{refused} when the server is not writable or the state not trustworthy.
    void require_usable();

    /// For a command that changes something: the state schema is there, the server is writable, and nobody else works
    /// on this table: whoever does is waited for, for run_lock_wait. Throws Error{run_lock_held} naming who does.
    void take_job(const QualifiedName& table);

    [[nodiscard]] std::optional<db::Job> open_job(const QualifiedName& table);

    /// After take_job(): waits until no worker of a killed run is at work on this table any more.
    void wait_for_orphans();
    /// After take_job(): new connections that share a piece of this job's work.
    [[nodiscard]] std::unique_ptr<backfill::Workers> workers();
    backfill::Throttle& throttle() { return m_throttle; }
    LiveStatus& live_status() { return m_note; }
    /// Who holds the job of this table now; empty: nobody.
    [[nodiscard]] std::string worker_of(const QualifiedName& table);

    db::Session& session() { return m_session; }
    [[nodiscard]] KeyReader key_reader() { return {m_session, m_throttle, m_config.swap.chunk_target, m_reporter}; }
    /// What preflight read of the keys, for the first step of the same run that needs it: once. A run that resumes a
    /// job has nothing kept.
    void keep_keys(ddl::KeyFacts keys) { m_keys = std::move(keys); }
    [[nodiscard]] std::optional<ddl::KeyFacts> take_keys() { return std::exchange(m_keys, std::nullopt); }
    db::Executor& executor() { return m_executor; }
    /// nullptr: nobody. It must outlive the jobs that run.
    void set_stage_watch(StageWatch* watch) { m_stage_watch = watch; }
    [[nodiscard]] StageWatch* stage_watch() const { return m_stage_watch; }
    [[nodiscard]] const config::Config& config() const { return m_config; }
    [[nodiscard]] const std::string& state_schema() const { return m_config.state.schema; }
    Reporter& reporter() { return m_reporter; }
    [[nodiscard]] const Clock& clock() const { return m_clock; }
    [[nodiscard]] const StopSignal& stop() const { return m_stop; }

  private:
    const config::Config& m_config;
    Reporter& m_reporter;
    const Clock& m_clock;
    const StopSignal& m_stop;
    config::DatabaseConfig m_database;  ///< past the pooler
    db::Connection m_connection;
    db::Session m_session;
    db::Executor m_executor;
    backfill::Throttle m_throttle;
    LiveStatus m_note;
    std::optional<db::AdvisoryLock> m_lock;
    std::int64_t m_worker_key = 0;
    StageWatch* m_stage_watch = nullptr;
    std::optional<ddl::KeyFacts> m_keys;
    QualifiedName m_table;                       ///< of the job that was taken
    std::optional<db::Session> m_pause_session;  ///< asked by whichever worker looks, one at a time

    bool is_paused();
};

}  // namespace tripmig::job
