#include "base/duration.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using tripmig::parse_duration;

TEST_CASE("durations are one number and one unit") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("2s") == 2s);
    CHECK(parse_duration("10min") == 10min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("3 days") == 72h);
    CHECK(parse_duration("1 day") == 24h);
    CHECK(parse_duration("2 hours") == 2h);
    CHECK(parse_duration("0s") == 0s);
    for (const char* bad : {"", "5", "s", "-1s", "1.5s", "1 parsec", "1h30min", "5m", "99999999999999999999s",
                            "9999999999 days", " 1s", "1s "}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_duration(bad).has_value());
    }
}

TEST_CASE("durations are written in their largest whole unit") {
    for (const char* text : {"500ms", "2s", "90s", "10min", "72h", "0s"})
        CHECK(tripmig::to_string(*parse_duration(text)) == text);
}
