#include "backfill/hold.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/counted.hpp"
#include "base/duration.hpp"

namespace tripmig::backfill {

namespace chr = std::chrono;

void WalClock::add(TimePoint now, std::int64_t position) {
    if (m_seen.empty() || position > m_seen.back().second)
        m_seen.emplace_back(now, position);
    while (m_seen.size() > 1 && now - m_seen[1].first > m_memory)
        m_seen.pop_front();
}

chr::milliseconds WalClock::lag_of(std::int64_t position, TimePoint now) const {
    const auto lacked =
        std::find_if(m_seen.begin(), m_seen.end(), [position](const auto& seen) { return seen.second > position; });
    return lacked == m_seen.end() ? chr::milliseconds(0) : chr::duration_cast<chr::milliseconds>(now - lacked->first);
}

namespace {

std::optional<Hold> hold_for_follower(const Follower& follower, const ServerLoad& load, const LoadLimits& limits,
                                      const WalClock& clock, WalClock::TimePoint now) {
    if (!follower.position || !follower.is_active)
        return std::nullopt;
    const std::int64_t behind = load.wal_position - *follower.position;
    const chr::milliseconds reported =
        behind > 0 ? follower.reported_lag.value_or(chr::milliseconds(0)) : chr::milliseconds(0);
    const chr::milliseconds lag = std::max(clock.lag_of(*follower.position, now), reported);
    if (lag <= limits.max_replica_lag)
        return std::nullopt;
    return Hold{
        follower.is_slot ? Hold::Kind::slot_lag : Hold::Kind::replica_lag,
        fmt::format("{} {} is {:.1f} s behind ({} of WAL), more than max_replica_lag = {}",
                    follower.is_slot ? "replication slot" : "standby", follower.name,
                    static_cast<double>(lag.count()) / 1000, bytes_text(behind), to_string(limits.max_replica_lag))};
}

}  // namespace

std::optional<Hold> hold_for(const ServerLoad& load, const LoadLimits& limits, const WalClock& clock,
                             WalClock::TimePoint now) {
    for (const Follower& follower : load.followers)
        if (auto hold = hold_for_follower(follower, load, limits, clock, now))
            return hold;
    if (limits.max_active_backends > 0 && load.active_backends > limits.max_active_backends)
        return Hold{Hold::Kind::active_backends,
                    fmt::format("{} backends are active, more than max_active_backends = {}", load.active_backends,
                                limits.max_active_backends)};
    return std::nullopt;
}

chr::microseconds rest_after(chr::microseconds work, int percent, chr::milliseconds chunk_target) {
    return std::min<chr::microseconds>(work * percent / 100, longest_rest_in_chunks * chunk_target);
}

std::vector<std::string> blind_spots(const ServerLoad& load, const LoadLimits& limits) {
    std::vector<std::string> spots;
    const auto hidden = std::count_if(load.followers.begin(), load.followers.end(),
                                      [](const Follower& follower) { return !follower.is_visible; });
    if (hidden > 0)
        spots.push_back(
            fmt::format("this role cannot see the lag of standbys: GRANT pg_read_all_stats to it ({} hidden in "
                        "pg_stat_replication); until then only replication slots count",
                        counted(hidden, "standby", "standbys")));
    if (limits.max_active_backends > 0 && load.hidden_backends > 0)
        spots.push_back(
            fmt::format("this role cannot see which sessions of other roles are active: GRANT pg_read_all_stats to it "
                        "({} hidden in pg_stat_activity); until then max_active_backends does not count them",
                        counted(load.hidden_backends, "session")));
    for (const Follower& follower : load.followers)
        if (follower.is_slot && !follower.is_active)
            spots.push_back(
                fmt::format("nobody reads from replication slot {}: it retains {} of WAL, and more with every chunk; "
                            "waiting would not help, so the work does not pause for it",
                            follower.name, bytes_text(follower.position ? load.wal_position - *follower.position : 0)));
    return spots;
}

}  // namespace tripmig::backfill
