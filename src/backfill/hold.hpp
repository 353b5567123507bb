#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tripmig::backfill {

/// Somebody who follows the server's WAL: a standby, or a replication slot.
struct Follower {
    std::string name;
    bool is_slot = false;
    bool is_active = true;                 ///< of a slot: somebody reads from it
    bool is_visible = true;                ///< of a standby: this role may see how far it is
    std::optional<std::int64_t> position;  ///< in bytes of WAL: replayed, or confirmed by the slot's reader
    std::optional<std::chrono::milliseconds> reported_lag;  ///< pg_stat_replication.replay_lag; empty while idle
};

/// What one look at the server's load told.
struct ServerLoad {
    std::int64_t wal_position = 0;  ///< in bytes
    std::vector<Follower> followers;
    int active_backends = 0;  ///< clients' sessions that run something now, tripmig's own left out
    int hidden_backends = 0;  ///< sessions of which this role can't see whether they do
};

struct LoadLimits {
    std::chrono::milliseconds max_replica_lag{0};
    int max_active_backends = 0;  ///< 0: no limit
};

/// Which moment a position in the WAL was written at: how far behind a follower is in time. The server's replay_lag
/// alone would not do: it stands still while a standby replays nothing, is hidden from ordinary roles, and slots have
/// none.
class WalClock {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// What is older than `memory` is forgotten, but for the newest of it.
    explicit WalClock(std::chrono::milliseconds memory) : m_memory(memory) {}

    void add(TimePoint now, std::int64_t position);
    /// At least so long ago was the first byte written that somebody at `position` still lacks; 0 when it lacks none.
    [[nodiscard]] std::chrono::milliseconds lag_of(std::int64_t position, TimePoint now) const;

  private:
    std::chrono::milliseconds m_memory;
    std::deque<std::pair<TimePoint, std::int64_t>> m_seen;
};

/// Why copying holds.
struct Hold {
    enum class Kind { paused, replica_lag, slot_lag, active_backends, probe } kind = Kind::paused;
    std::string reason;  ///< one clause for people: "standby east is 12 s behind"
};

/// The first limit that the load is over; nullopt: go on. A slot that nobody reads from never catches up by waiting: it
/// is no reason to hold.
std::optional<Hold> hold_for(const ServerLoad& load, const LoadLimits& limits, const WalClock& clock,
                             WalClock::TimePoint now);

/// A rest is never longer than so many chunks should take: an index build of an hour is no reason to rest for one.
inline constexpr int longest_rest_in_chunks = 60;

/// How long to rest after so much work: `percent` of it, but no longer than longest_rest_in_chunks.
std::chrono::microseconds rest_after(std::chrono::microseconds work, int percent,
                                     std::chrono::milliseconds chunk_target);

/// What the limits can't see, a sentence each: hidden columns, slots without a reader.
std::vector<std::string> blind_spots(const ServerLoad& load, const LoadLimits& limits);

}  // namespace tripmig::backfill
