#include "base/civil.hpp"

#include <doctest/doctest.h>

#include "base/counted.hpp"

using namespace tripmig;

TEST_CASE("a time of a document is RFC 3339 in UTC") {
    CHECK(format_rfc3339(parse_timestamp("2026-01-31 09:30+09").value()) == "2026-01-31T00:30:00Z");
    CHECK(format_rfc3339(parse_timestamp("2026-01-31 09:30:05.250000").value()) == "2026-01-31T09:30:05.25Z");
    CHECK(format_rfc3339(parse_timestamp("0044-03-15 BC").value()) == "0044-03-15T00:00:00Z BC");
}

TEST_CASE("a number agrees with its noun") {
    CHECK(counted(0, "row") == "0 rows");
    CHECK(counted(1, "row") == "1 row");
    CHECK(counted(2U, "leaf", "leaves") == "2 leaves");
    CHECK(counted(std::int64_t{1}, "leaf", "leaves") == "1 leaf");
}
