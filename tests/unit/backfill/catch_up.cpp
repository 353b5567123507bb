#include "backfill/catch_up.hpp"

#include <doctest/doctest.h>

#include "backfill/capture.hpp"

namespace backfill = tripmig::backfill;

TEST_CASE("only a large log gives its empty end back: writers wait for that") {
    backfill::Transfer transfer;
    transfer.capture = backfill::capture_for({"shop", "orders"}, {{"id", "bigint"}}, "state", 7);
    CHECK(backfill::vacuum_log(transfer, 8'000'000).steps.front().sql ==
          "VACUUM (ANALYZE, TRUNCATE false) state.log_7");
    CHECK(backfill::vacuum_log(transfer, 9'000'000).steps.front().sql == "VACUUM (ANALYZE, TRUNCATE true) state.log_7");
}
