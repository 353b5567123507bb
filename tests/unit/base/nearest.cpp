#include "base/nearest.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using tripmig::nearest;

namespace {
const std::vector<std::string> words{"up", "down", "status", "partition", "lock_timeout", "lock_deadline"};
}

TEST_CASE("a letter changed, left out, added or swapped") {
    CHECK(nearest("statis", words) == "status");
    CHECK(nearest("statu", words) == "status");
    CHECK(nearest("statuss", words) == "status");
    CHECK(nearest("sttaus", words) == "status");
    CHECK(nearest("pu", words) == "up");
    CHECK(nearest("partitions", words) == "partition");
    CHECK(nearest("lock_timeuot", words) == "lock_timeout");
}

TEST_CASE("nothing is nearer than nothing at all") {
    CHECK(nearest("xyz", words).empty());
    CHECK(nearest("", words).empty());
    CHECK(nearest("xx", words).empty());
    CHECK(nearest("up", {}).empty());
}
