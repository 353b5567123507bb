#include "move/catch_up.hpp"

#include <doctest/doctest.h>

#include "move/capture.hpp"

namespace move = tripmig::move;

TEST_CASE("only a large log gives its empty end back: writers wait for that") {
    move::Transfer transfer;
    transfer.capture = move::capture_for({"shop", "orders"}, {{"id", "bigint"}}, "state", 7);
    CHECK(move::vacuum_log(transfer, 8'000'000).steps.front().sql == "VACUUM (ANALYZE, TRUNCATE false) state.log_7");
    CHECK(move::vacuum_log(transfer, 9'000'000).steps.front().sql == "VACUUM (ANALYZE, TRUNCATE true) state.log_7");
}
