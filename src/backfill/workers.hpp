#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/connection.hpp"
#include "db/executor.hpp"

namespace tripmig::backfill {

/// `swap.workers`, or one for two cores of this machine; never fewer than one.
int worker_count(const config::SwapConfig& config);

/// For a session that works beside the service: its index builds and queries are `processes` processes of the server,
/// no more. Its writes go to disk as they come (manual 20.4.6): those that the kernel heaps up hold up the service's
/// commits for tens of milliseconds. When its client is killed it stops within a second instead of building its index
/// to the end (14 and newer).
std::string beside_service_sql(int processes);

/// Several connections that share one piece of work, each in a thread of its own. Each holds the job's worker lock
/// shared: a later run takes it exclusively first, so that no backend of a killed run is still at work beside it.
class Workers {
  public:
    Workers(const config::DatabaseConfig& database, int count, std::int64_t lock_key, Reporter& reporter,
            const Clock& clock, const StopSignal& stop);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// One turn of a worker: takes the next item and does it; false when there is none.
    using Turn = std::function<bool(db::Executor& executor)>;

    /// Calls `turn` in every worker, again and again, until it says that nothing is left. The first failure ends the
    /// others after their turn and is thrown.
    void run(const Turn& turn);

    /// Does every item once, in any order, the first ones first.
    void for_each(std::size_t items, const std::function<void(db::Executor& executor, std::size_t item)>& function);

    [[nodiscard]] std::size_t count() const noexcept { return m_workers.size(); }

  private:
    struct Worker;
    std::vector<std::unique_ptr<Worker>> m_workers;
};

}  // namespace tripmig::backfill
