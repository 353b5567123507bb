#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "backfill/throttle.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "db/session.hpp"

namespace tripmig::job {

/// Tells `status` in other processes what this one does on its job: why it holds, how often it tried for the locks. In
/// the job's row, until its next step is recorded there. A note that cannot be written is left out: the work goes on.
class LiveStatus {
  public:
    /// `database` must outlive it.
    LiveStatus(const config::DatabaseConfig& database, std::string state_schema)
        : m_database(database), m_state_schema(std::move(state_schema)) {}

    void begin(const QualifiedName& table) { m_table = table; }
    void holds(const backfill::ThrottleState& state);
    void attempted(int attempts);
    void waits_for(const std::string& whom);

  private:
    void write();

    const config::DatabaseConfig& m_database;
    std::string m_state_schema;
    std::mutex m_guard;
    QualifiedName m_table;
    std::optional<db::Session> m_session;
    std::optional<backfill::Hold> m_hold;
    std::optional<Instant> m_since;
    std::optional<int> m_busy_tps;
    int m_attempts = 0;
    std::string m_waits_for;
    std::chrono::steady_clock::time_point m_told;
};

}  // namespace tripmig::job
