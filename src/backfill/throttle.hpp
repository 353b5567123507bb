#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "backfill/hold.hpp"
#include "backfill/traffic.hpp"
#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/connection.hpp"

namespace tripmig::backfill {

/// "paused", "replica_lag", "slot_lag", "active_backends", "probe".
std::string_view kind_name(Hold::Kind kind);

/// What a throttle does, for status.
struct ThrottleState {
    std::optional<Hold> hold;  ///< empty: the work goes on
    std::optional<Instant> since;
    std::chrono::milliseconds held{0};  ///< in all, holds that are over
    /// Transactions a second that others end, while the work rests for their sake.
    std::optional<int> busy_tps;
};

/// Between the chunks of a long piece of work: holds it while a replica lags, a slot lags, too many backends are
/// active, the user's own SQL does not answer true, or somebody paused it; and lets it rest, longer while others keep
/// the server busy. Tells once why it holds and once when it goes on, and when it begins and ends to rest for others.
/// Several workers may share one; a look counts for all of them for a while. Has a connection of its own.
class Throttle {
  public:
    /// `is_paused`: asked at every look, from whichever thread looks; empty: nobody can pause. The references must
    /// outlive it.
    Throttle(const config::DatabaseConfig& database, const config::SwapConfig& limits, Reporter& reporter,
             const Clock& clock, const StopSignal& stop, std::function<bool()> is_paused = {});

    /// Returns when the next chunk may begin, after the rest from the work that this thread did since its last call. No
    /// transaction may be open meanwhile. Throws Error{interrupted or terminated} when the stop signal is raised,
    /// Error{usage} when the probe is no SELECT of one boolean, and what the connection throws.
    void wait();
    /// While one lives, and until it is known how busy others keep the server, that counts as busy: what comes before
    /// the first look must not be what the service feels most.
    class Careful {
      public:
        explicit Careful(Throttle& throttle) : m_throttle(throttle) { m_throttle.count_careful(1); }
        ~Careful() { m_throttle.count_careful(-1); }
        Careful(const Careful&) = delete;
        Careful& operator=(const Careful&) = delete;

      private:
        Throttle& m_throttle;
    };

    /// Whether work rests now: a chunk then does it in small pieces, with rest_within() after each.
    [[nodiscard]] bool is_resting() const { return rest_percent() > 0; }
    /// Rest in percent of the time that work takes; 0: none.
    [[nodiscard]] int rest_percent() const;
    /// What this thread did until now needs no rest: it rested within itself.
    void reset_work_timer() { work_began() = {this, m_clock.steady()}; }
    /// The rest from the work that this thread did since its last call or wait(), without a look at any limit: a
    /// transaction may be open. Returns how long it was. Throws as wait() does when the stop signal is raised.
    std::chrono::microseconds pause_in_proportion();
    [[nodiscard]] ThrottleState state() const;

    /// Called when it begins to hold, holds for another reason and goes on, and when it begins or ends to rest for
    /// others, by whichever thread looks, one at a time.
    void set_on_change(std::function<void(const ThrottleState&)> on_change) { m_on_change = std::move(on_change); }

  private:
    struct WorkBegan {
        const Throttle* of = nullptr;
        std::chrono::steady_clock::time_point at{};
    };

    static WorkBegan& work_began();
    void count_careful(int change);
    void count_traffic();
    void look_at_traffic();
    void wait_for_limits();
    db::Connection& connection();
    std::optional<Hold> look();
    [[nodiscard]] ServerLoad read_load();
    std::optional<Hold> ask_probe();
    void begin_hold(const Hold& hold);
    void end_hold();
    void tell_blind_spots(const ServerLoad& load);

    const config::DatabaseConfig& m_database;
    const config::SwapConfig& m_limits;
    Reporter& m_reporter;
    const Clock& m_clock;
    const StopSignal& m_stop;
    std::function<bool()> m_is_paused;
    std::function<void(const ThrottleState&)> m_on_change;
    std::mutex m_gate;  ///< one worker looks and waits, the others behind it
    std::unique_ptr<db::Connection> m_connection;
    WalClock m_wal;
    std::chrono::steady_clock::time_point m_made;
    Traffic m_traffic;
    std::int64_t m_own_transactions = 0;  ///< about, of all workers
    std::optional<std::chrono::steady_clock::time_point> m_looked;
    std::set<std::string> m_told;  ///< blind spots
    mutable std::mutex m_state_guard;
    ThrottleState m_state;
    int m_careful = 0;
    bool m_knows_traffic = false;
    std::chrono::steady_clock::time_point m_held_from;
};

}  // namespace tripmig::backfill
