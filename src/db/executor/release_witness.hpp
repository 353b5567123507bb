#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "base/stop_signal.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// Sees when the server lets go of a transaction's locks. COMMIT's answer comes later than that, by as long as it takes
/// to remove the files of what was dropped. The transaction holds an advisory lock besides (manual 13.3.5: released at
/// its end, like the others), for which this session queues; nobody else does, and no table is touched.
class ReleaseWitness {
  public:
    /// Of the transactions of `watched`. The clock must outlive it.
    ReleaseWitness(const StepConnection& watched, const Clock& clock);
    ~ReleaseWitness();
    ReleaseWitness(const ReleaseWitness&) = delete;
    ReleaseWitness& operator=(const ReleaseWitness&) = delete;

    /// What the transaction says at its beginning.
    [[nodiscard]] std::string mark_sql() const;
    /// Just before its COMMIT is sent.
    void watch();
    /// After COMMIT's answer, or what came instead: when the locks were gone; nullopt when that was not seen.
    std::optional<std::chrono::steady_clock::time_point> released();
    /// It can look at no more transactions.
    [[nodiscard]] bool is_spent() const { return m_stop.is_raised() || m_connection->is_broken(); }

  private:
    [[nodiscard]] std::string lock_sql(const std::string& function) const;

    StopSignal m_stop;
    std::unique_ptr<StepConnection> m_connection;
    const Clock& m_clock;
    int m_pid;
    std::thread m_waiting;
    std::atomic<bool> m_is_done{false};
    std::optional<std::chrono::steady_clock::time_point> m_at;  ///< the thread's, until m_is_done
};

}  // namespace tripmig::db
