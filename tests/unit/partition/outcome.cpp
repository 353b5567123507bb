#include <doctest/doctest.h>

#include "partition/outcome.hpp"

using namespace tripmig;
using namespace tripmig::partition;

namespace {

TableOutcome failed(std::initializer_list<ExitCode> codes) {
    TableOutcome outcome;
    for (const ExitCode code : codes)
        outcome.errors.emplace_back(code, "something");
    return outcome;
}

}  // namespace

TEST_CASE("a table that was left half way says so, whatever else was refused before that") {
    CHECK(failed({}).code() == ExitCode::ok);
    CHECK(failed({ExitCode::refused, ExitCode::lock_deadline}).code() == ExitCode::refused);
    CHECK(failed({ExitCode::refused, ExitCode::stopped_half_way}).code() == ExitCode::stopped_half_way);
}

TEST_CASE("several tables: their own code when all have the same, else 9") {
    CHECK(exit_code_of({}) == ExitCode::ok);
    CHECK(exit_code_of({failed({ExitCode::lock_deadline})}) == ExitCode::lock_deadline);
    CHECK(exit_code_of({failed({ExitCode::refused}), failed({ExitCode::refused})}) == ExitCode::refused);
    CHECK(exit_code_of({failed({}), failed({ExitCode::refused})}) == ExitCode::partly_failed);
    CHECK(exit_code_of({failed({ExitCode::stopped_half_way}), failed({ExitCode::lock_deadline})}) ==
          ExitCode::partly_failed);
}
