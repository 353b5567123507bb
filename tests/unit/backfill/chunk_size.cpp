#include "backfill/chunk_size.hpp"

#include <doctest/doctest.h>

#include <limits>

using tripmig::backfill::ChunkSize;
using namespace std::chrono_literals;

TEST_CASE("a chunk grows and shrinks towards its target, by a factor of two at most") {
    ChunkSize chunk(1000, {10, 100'000}, 500ms);
    chunk.took(1ms);
    CHECK(chunk.size() == 2000);
    chunk.took(400ms);
    CHECK(chunk.size() == 2500);
    chunk.took(500ms);
    CHECK(chunk.size() == 2500);
    chunk.took(1000ms);
    CHECK(chunk.size() == 1250);
    chunk.took(1h);
    CHECK(chunk.size() == 625);
}

TEST_CASE("a chunk stays within its bounds") {
    ChunkSize small(1, {10, 40}, 500ms);
    CHECK(small.size() == 10);
    for (int i = 0; i < 5; ++i)
        small.took(0ms);
    CHECK(small.size() == 40);
    for (int i = 0; i < 5; ++i)
        small.took(10s);
    CHECK(small.size() == 10);

    constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max();
    ChunkSize huge(limit / 2 + 2, {1, limit}, 500ms);
    huge.took(0ms);
    CHECK(huge.size() == limit);
}
