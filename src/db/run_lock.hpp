#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "db/connection.hpp"

namespace tripmig::db {

/// The 64-bit advisory lock key for a purpose ("run", "maintain", "job 7") in one state schema: the first eight bytes
/// of SHA-256 of `tripmig/<schema>/<purpose>`, so that several services can share a database.
std::int64_t lock_key(std::string_view state_schema, std::string_view purpose);

/// A session-level advisory lock (manual 9.27.10), released with this object or with the connection.
class AdvisoryLock {
  public:
    /// One try. is_held() says whether it was free.
    AdvisoryLock(Connection& connection, std::int64_t key);

    /// Polls with jitter until it is free. Polling, not pg_advisory_lock(): a waiter that blocks there holds a
    /// snapshot, and CREATE INDEX CONCURRENTLY waits for it for ever. Names the holder while it waits; throws
    /// Error{run_lock_held} naming it when the wait is over.
    AdvisoryLock(Connection& connection, std::int64_t key, std::string_view what, std::chrono::milliseconds wait,
                 Reporter& reporter, const Clock& clock, const StopSignal& stop);

    ~AdvisoryLock();
    AdvisoryLock(const AdvisoryLock&) = delete;
    AdvisoryLock& operator=(const AdvisoryLock&) = delete;

    [[nodiscard]] bool is_held() const noexcept { return m_held; }

  private:
    bool try_once();

    Connection& m_connection;
    std::int64_t m_key;
    bool m_held = false;
};

/// The run lock, in a session of its own that no migration's SQL reaches: DISCARD ALL and pg_advisory_unlock_all() free
/// what their own session holds.
class RunLock {
  public:
    /// `connection` becomes that session. Waits and throws as AdvisoryLock does.
    RunLock(std::unique_ptr<Connection> connection, std::string_view state_schema, std::chrono::milliseconds wait,
            Reporter& reporter, const Clock& clock, const StopSignal& stop);

    [[nodiscard]] Connection& connection() noexcept { return *m_connection; }

    /// Asks the session itself. Throws lost().
    void require_held();

    /// For another session's transaction, before its COMMIT: fails with 22012 unless the lock is still held here.
    [[nodiscard]] const Step& check() const noexcept { return m_check; }

    /// Is it, as another session sees it? Of the two failures with 22012 only one is the check's.
    [[nodiscard]] bool is_held(StepConnection& seen_by) const;

    /// Error{unreachable}: the session was ended, and with it the lock.
    [[nodiscard]] Error lost() const;

  private:
    std::unique_ptr<Connection> m_connection;
    AdvisoryLock m_lock;
    Step m_check;
};

/// "tripmig up (pid 4711, from 10.0.0.7, since 12:01:09)": who holds that advisory lock in this database; empty when
/// nobody does.
std::string lock_holder(Connection& connection, std::int64_t key);

}  // namespace tripmig::db
