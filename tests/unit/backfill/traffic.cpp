#include "backfill/traffic.hpp"

#include <doctest/doctest.h>

using namespace tripmig::backfill;
using namespace std::chrono_literals;

namespace {

const Traffic::TimePoint begin{};

}  // namespace

TEST_CASE("how busy others are is known from the second look, two seconds later") {
    Traffic traffic;
    CHECK(traffic.wants_look(begin));
    traffic.add(begin, 1'000'000, 0);
    CHECK_FALSE(traffic.of_others());
    CHECK_FALSE(traffic.is_known());
    CHECK_FALSE(traffic.wants_look(begin + 1999ms));
    CHECK(traffic.wants_look(begin + 2s));
    traffic.add(begin + 2s, 1'000'600, 0);
    CHECK(traffic.of_others() == 300);
    CHECK(traffic.is_known());
    traffic.add(begin + 4s, 1'000'700, 0);
    CHECK_FALSE(traffic.of_others());  // 50 a second: not more
    traffic.add(begin + 6s, 1'000'802, 0);
    CHECK(traffic.of_others() == 51);
}

TEST_CASE("our own transactions are nobody's traffic") {
    Traffic traffic;
    traffic.add(begin, 0, 0);
    traffic.add(begin + 2s, 1000, 1100);
    CHECK_FALSE(traffic.of_others());
    traffic.add(begin + 4s, 2000, 1900);
    CHECK(traffic.of_others() == 100);
}

TEST_CASE("after the server's count was reset it is looked at anew, and what was known stays until then") {
    Traffic traffic;
    traffic.add(begin, 5000, 0);
    traffic.add(begin + 2s, 6000, 0);
    traffic.add(begin + 4s, 10, 0);
    CHECK(traffic.of_others() == 500);
    traffic.add(begin + 6s, 20, 0);
    CHECK_FALSE(traffic.of_others());
}
