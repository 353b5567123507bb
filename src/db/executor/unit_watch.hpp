#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/event.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "db/executor/watcher.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// Sees to it that a statement which takes long is looked at while it runs: whom it waits for and how far it is are
/// told; outside of a transaction, which locks it holds is kept.
class UnitWatch {
  public:
    UnitWatch(StepConnection& connection, Reporter& reporter, const StopSignal& stop);
    ~UnitWatch();
    UnitWatch(const UnitWatch&) = delete;
    UnitWatch& operator=(const UnitWatch&) = delete;

    void begin_unit(const Unit& unit);
    void begin_attempt() { m_blockers.clear(); }
    void end_unit() { finish_progress(); }

    /// The last ones seen in this attempt, as text; empty: nobody.
    [[nodiscard]] const std::string& blockers() const noexcept { return m_blockers; }
    /// Relation to the strongest lock that was seen on it in this unit.
    [[nodiscard]] std::map<std::string, std::string> take_sampled_locks() { return std::exchange(m_sampled, {}); }

  private:
    void observe(std::chrono::milliseconds elapsed);
    void look_at_blockers();
    void look_at_progress(std::chrono::milliseconds elapsed);
    [[nodiscard]] static std::optional<Progress> elapsed_time(std::string phase, std::chrono::milliseconds elapsed);
    void sample_locks();
    void finish_progress();

    StepConnection& m_connection;
    Reporter& m_reporter;
    const StopSignal& m_stop;
    std::unique_ptr<Watcher> m_watcher;
    std::string m_current;    ///< name of the unit that runs
    bool m_is_alone = false;  ///< it is outside of a transaction
    std::string m_blockers;
    std::string m_told;  ///< the pids of those that were told of, in this unit
    std::map<std::string, std::string> m_sampled;
    std::optional<Progress> m_progress;  ///< the last that was told
};

}  // namespace tripmig::db
