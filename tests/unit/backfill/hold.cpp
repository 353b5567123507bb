#include "backfill/hold.hpp"

#include <doctest/doctest.h>

using namespace tripmig::backfill;
using namespace std::chrono_literals;
using TimePoint = WalClock::TimePoint;

namespace {

constexpr LoadLimits limits{10s, 0};
const TimePoint start{};

Follower standby(std::int64_t position, std::optional<std::chrono::milliseconds> lag = {}) {
    Follower follower;
    follower.name = "east";
    follower.position = position;
    follower.reported_lag = lag;
    return follower;
}

Follower slot(std::int64_t position, bool is_active = true) {
    Follower follower = standby(position);
    follower.name = "orders_feed";
    follower.is_slot = true;
    follower.is_active = is_active;
    return follower;
}

ServerLoad with(const Follower& follower, std::int64_t position = 5'000'000) {
    ServerLoad load;
    load.wal_position = position;
    load.followers = {follower};
    return load;
}

}  // namespace

TEST_CASE("the WAL's clock tells since when a follower lacks something") {
    WalClock clock(20s);
    CHECK(clock.lag_of(0, start) == 0ms);
    clock.add(start, 100);
    clock.add(start + 5s, 200);
    clock.add(start + 7s, 200);  // nothing new was written
    CHECK(clock.lag_of(200, start + 9s) == 0ms);
    CHECK(clock.lag_of(150, start + 9s) == 4s);
    CHECK(clock.lag_of(100, start + 9s) == 4s);
    CHECK(clock.lag_of(50, start + 9s) == 9s);

    for (int second = 10; second <= 100; ++second)
        clock.add(start + std::chrono::seconds(second), 200 + second);
    CHECK(clock.lag_of(50, start + 100s) >= 20s);  // more than it remembers is at least that
    CHECK(clock.lag_of(50, start + 100s) <= 22s);
    CHECK(clock.lag_of(295, start + 100s) == 4s);
}

TEST_CASE("a standby that replays nothing is held for, whatever it reports") {
    WalClock clock(20s);
    clock.add(start, 1'000'000);
    clock.add(start + 1s, 5'000'000);
    CHECK_FALSE(hold_for(with(standby(1'000'000, 1ms)), limits, clock, start + 11s));
    const auto hold = hold_for(with(standby(1'000'000, 1ms)), limits, clock, start + 11s + 1ms);
    REQUIRE(hold);
    CHECK(hold->kind == Hold::Kind::replica_lag);
    CHECK(hold->reason == "standby east is 10.0 s behind (3.8 MB of WAL), more than max_replica_lag = 10s");
}

TEST_CASE("what a standby reports counts from the first look, but for one that has caught up") {
    WalClock clock(20s);
    clock.add(start, 5'000'000);
    CHECK(hold_for(with(standby(4'999'999, 11s)), limits, clock, start));
    CHECK_FALSE(hold_for(with(standby(4'999'999, 9s)), limits, clock, start));
    CHECK_FALSE(hold_for(with(standby(5'000'000, 11s)), limits, clock, start));
}

TEST_CASE("a slot's reader is held for; a slot without reader never") {
    WalClock clock(20s);
    clock.add(start, 5'000'000);
    const auto hold = hold_for(with(slot(1'000'000)), limits, clock, start + 12s);
    REQUIRE(hold);
    CHECK(hold->kind == Hold::Kind::slot_lag);
    CHECK(hold->reason.find("replication slot orders_feed is 12.0 s behind") == 0);
    CHECK_FALSE(hold_for(with(slot(1'000'000, false)), limits, clock, start + 12s));
}

TEST_CASE("active backends hold above their limit, and 0 is none") {
    const WalClock clock(20s);
    ServerLoad load;
    load.active_backends = 21;
    CHECK_FALSE(hold_for(load, limits, clock, start));
    CHECK_FALSE(hold_for(load, {10s, 21}, clock, start));
    const auto hold = hold_for(load, {10s, 20}, clock, start);
    REQUIRE(hold);
    CHECK(hold->kind == Hold::Kind::active_backends);
    CHECK(hold->reason == "21 backends are active, more than max_active_backends = 20");
}

TEST_CASE("the rest is in proportion to the work, and never longer than ten chunks") {
    CHECK(tripmig::backfill::rest_after(200ms, 0, 500ms) == 0ms);
    CHECK(tripmig::backfill::rest_after(200ms, 50, 500ms) == 100ms);
    CHECK(tripmig::backfill::rest_after(200ms, 300, 500ms) == 600ms);
    CHECK(tripmig::backfill::rest_after(1h, 100, 500ms) == 30s);
}

TEST_CASE("what can't be seen is told, what is not asked for is not") {
    Follower hidden;
    hidden.is_visible = false;
    ServerLoad load = with(hidden);
    load.hidden_backends = 3;
    CHECK(blind_spots(load, limits).size() == 1);
    CHECK(blind_spots(load, limits).at(0).find("the lag of standbys") != std::string::npos);
    CHECK(blind_spots(load, {10s, 5}).size() == 2);
    CHECK(blind_spots(with(standby(1)), {10s, 5}).empty());
    CHECK(blind_spots(with(slot(1)), limits).empty());
    CHECK(blind_spots(with(slot(1, false)), limits)
              .at(0)
              .find("nobody reads from replication slot orders_feed: it retains 4.8 MB") == 0);
}
