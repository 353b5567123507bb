#include "report/rate.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using tripmig::report::RateMeter;

namespace {

const RateMeter::TimePoint start{1000h};

}  // namespace

TEST_CASE("a rate needs half a second") {
    RateMeter rate;
    CHECK_FALSE(rate.per_second().has_value());
    rate.add(start, 0);
    rate.add(start + 400ms, 400);
    CHECK_FALSE(rate.per_second().has_value());
    CHECK_FALSE(rate.time_left(1000).has_value());
    rate.add(start + 500ms, 500);
    CHECK(*rate.per_second() == doctest::Approx(1000));
    CHECK(*rate.time_left(1500) == 1s);
    CHECK(*rate.time_left(1501) == 2s);
    CHECK(*rate.time_left(500) == 0s);
    CHECK_FALSE(rate.time_left(0).has_value());
}

TEST_CASE("what was there before the first value does not count") {
    RateMeter rate;
    rate.add(start, 1'000'000);
    rate.add(start + 10s, 1'000'100);
    CHECK(*rate.per_second() == doctest::Approx(10));
    CHECK(*rate.overall_per_second() == doctest::Approx(10));
    CHECK(rate.elapsed() == 10s);
}

TEST_CASE("only the last half minute counts") {
    RateMeter rate;
    for (int second = 0; second <= 60; ++second)
        rate.add(start + std::chrono::seconds(second), static_cast<std::uint64_t>(second) * 1000);
    for (int second = 61; second <= 91; ++second)
        rate.add(start + std::chrono::seconds(second), 60'000 + static_cast<std::uint64_t>(second - 60) * 10);
    CHECK(*rate.per_second() == doctest::Approx(10));
    CHECK(*rate.overall_per_second() == doctest::Approx(60'310.0 / 91));
}

TEST_CASE("many values close together give the same rate as few") {
    RateMeter rate;
    for (int i = 0; i <= 100'000; ++i)
        rate.add(start + std::chrono::microseconds(i * 100), static_cast<std::uint64_t>(i));
    CHECK(*rate.per_second() == doctest::Approx(10'000));
}

TEST_CASE("work that begins anew is measured anew") {
    RateMeter rate;
    rate.add(start, 0);
    rate.add(start + 10s, 1000);
    rate.add(start + 11s, 0);
    CHECK_FALSE(rate.per_second().has_value());
    rate.add(start + 12s, 50);
    CHECK(*rate.per_second() == doctest::Approx(50));
    CHECK(rate.elapsed() == 1s);
}

TEST_CASE("nothing moves: there is a rate, and no time left") {
    RateMeter rate;
    rate.add(start, 5);
    rate.add(start + 10s, 5);
    CHECK(*rate.per_second() == 0);
    CHECK_FALSE(rate.time_left(10).has_value());
}

TEST_CASE("more than 99 days is not said") {
    RateMeter rate;
    rate.add(start, 0);
    rate.add(start + 1s, 1);
    CHECK_FALSE(rate.time_left(100'000'000).has_value());
    CHECK(rate.time_left(1'000'000).has_value());
}
