#include "job/locks/blockers.hpp"

#include <doctest/doctest.h>

using namespace tripmig::job;
using namespace std::chrono_literals;

namespace {

std::string left(TransactionAges& acquaintances, Blockers blockers, std::chrono::milliseconds at) {
    acquaintances.leave_out_young(blockers, 500ms, TransactionAges::TimePoint(1h) + at);
    return blockers.text();
}

Blockers::Transaction unknown(const std::string& name) {
    return {name, false, name};
}

}  // namespace

TEST_CASE("a transaction of unknown age is old when it was there at the first look, or is seen for long") {
    TransactionAges acquaintances;
    CHECK(left(acquaintances, {{unknown("3/1"), unknown("4/1")}}, 0ms) == "3/1; 4/1");
    CHECK(left(acquaintances, {{unknown("3/1"), unknown("4/2")}}, 100ms) == "3/1");
    CHECK(left(acquaintances, {{unknown("4/2"), unknown("5/1")}}, 500ms).empty());
    CHECK(left(acquaintances, {{unknown("4/2"), unknown("5/1")}}, 600ms) == "4/2");
    CHECK(left(acquaintances, {{unknown("3/2")}}, 700ms).empty());
}

TEST_CASE("one of known age was asked for because it is old; autovacuum among others is not alone") {
    TransactionAges acquaintances;
    CHECK(left(acquaintances, {}, 0ms).empty());
    CHECK(left(acquaintances, {{{"old", false, {}}, unknown("3/1")}}, 0ms) == "old");
    CHECK(Blockers{{{"vacuum", true, {}}}}.is_only_autovacuum());
    CHECK(!Blockers{{{"vacuum", true, {}}, unknown("3/1")}}.is_only_autovacuum());
}
