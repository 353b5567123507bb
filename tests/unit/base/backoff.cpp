#include "base/backoff.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using tripmig::retry_pause;

TEST_CASE("the pause before a retry grows, is spread, and has an end") {
    const auto least = [] { return 0.0; };
    const auto middle = [] { return 0.5; };
    const auto most = [] { return 0.999; };
    CHECK(retry_pause(1, middle) == 50ms);
    CHECK(retry_pause(2, middle) == 100ms);
    CHECK(retry_pause(3, middle) == 200ms);
    CHECK(retry_pause(6, middle) == 1600ms);
    CHECK(retry_pause(7, middle) == 2000ms);
    for (int attempts = 1; attempts < 12; ++attempts) {
        CAPTURE(attempts);
        CHECK(retry_pause(attempts + 1, middle) >= retry_pause(attempts, middle));
        CHECK(retry_pause(attempts, least) == retry_pause(attempts, middle) / 2);
        CHECK(retry_pause(attempts, most) > retry_pause(attempts, middle) * 14 / 10);
        CHECK(retry_pause(attempts, most) <= 3000ms);
    }
    CHECK(retry_pause(1'000'000, most) <= 3000ms);
}
