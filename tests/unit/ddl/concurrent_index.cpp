#include "ddl/concurrent_index.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace tripmig;

namespace {

ddl::ConcurrentIndex wanted() {
    ddl::ConcurrentIndex index;
    index.name = "orders_at";
    index.tail = "(at) WHERE gone IS NULL";
    index.original = "CREATE INDEX CONCURRENTLY orders_at ON orders (at) WHERE gone IS NULL";
    return index;
}

db::TreeMember member(std::uint32_t oid, std::uint32_t parent, const std::string& name, char kind) {
    db::TreeMember made;
    made.oid = oid;
    made.parent = parent;
    made.name = {"public", name};
    made.kind = kind;
    return made;
}

db::IndexState index(const std::string& name, bool is_valid, std::uint32_t oid, std::uint32_t parent = 0,
                     bool is_busy = false) {
    return {{"public", name}, is_valid, oid, parent, is_busy};
}

std::vector<std::string> statements(const ddl::IndexPlan& plan) {
    std::vector<std::string> sql;
    for (const Unit& unit : plan.units)
        for (const Step& step : unit.steps)
            sql.push_back(step.sql);
    return sql;
}

}  // namespace

TEST_CASE("a plain table gets the statement as it was written") {
    const auto plan = ddl::plan_plain_index(wanted(), member(1, 0, "orders", 'r'), false);
    CHECK(statements(plan) == std::vector<std::string>{wanted().original});
    CHECK(plan.units[0].transaction == Transaction::none);
}

TEST_CASE("invalid remains go first, unless somebody builds there") {
    auto table = member(1, 0, "orders", 'r');
    table.indexes = {index("orders_at", false, 9)};
    CHECK(statements(ddl::plan_plain_index(wanted(), table, false)).front() ==
          "DROP INDEX CONCURRENTLY IF EXISTS public.orders_at");
    table.indexes = {index("orders_at", false, 9, 0, true)};
    const auto plan = ddl::plan_plain_index(wanted(), table, true);
    CHECK(plan.units.empty());
    CHECK_FALSE(plan.wait_for.empty());
}

TEST_CASE("a valid index counts as done only when this statement made it, or IF NOT EXISTS says so") {
    auto table = member(1, 0, "orders", 'r');
    table.indexes = {index("orders_at", true, 9)};
    CHECK_FALSE(ddl::plan_plain_index(wanted(), table, false).is_done);
    CHECK(ddl::plan_plain_index(wanted(), table, true).is_done);
    auto lenient = wanted();
    lenient.if_not_exists = true;
    CHECK(ddl::plan_plain_index(lenient, table, false).is_done);
    table.indexes = {index("orders_at", false, 9)};
    CHECK_FALSE(ddl::plan_plain_index(lenient, table, false).is_done);
}

TEST_CASE("a partitioned table: the parent alone, then leaf by leaf") {
    const std::vector<db::TreeMember> tree{member(1, 0, "orders", 'p'), member(2, 1, "orders_1", 'r'),
                                           member(3, 1, "orders_2", 'r')};
    const auto plan = ddl::plan_partitioned_index(wanted(), tree, false);
    CHECK(statements(plan) ==
          std::vector<std::string>{
              "CREATE INDEX orders_at ON ONLY public.orders (at) WHERE gone IS NULL",
              "CREATE INDEX CONCURRENTLY orders_1_orders_at ON public.orders_1 (at) WHERE gone IS NULL",
              "ALTER INDEX public.orders_at ATTACH PARTITION public.orders_1_orders_at",
              "CREATE INDEX CONCURRENTLY orders_2_orders_at ON public.orders_2 (at) WHERE gone IS NULL",
              "ALTER INDEX public.orders_at ATTACH PARTITION public.orders_2_orders_at"});
}

TEST_CASE("a rerun goes on with the leaves that are left") {
    std::vector<db::TreeMember> tree{member(1, 0, "orders", 'p'), member(2, 1, "orders_1", 'r'),
                                     member(3, 1, "orders_2", 'r'), member(4, 1, "orders_3", 'r')};
    tree[0].indexes = {index("orders_at", false, 90)};
    tree[1].indexes = {index("orders_1_orders_at", true, 91, 90)};
    tree[2].indexes = {index("orders_2_orders_at", true, 92)};
    tree[3].indexes = {index("orders_3_orders_at", false, 93)};
    CHECK(statements(ddl::plan_partitioned_index(wanted(), tree, true)) ==
          std::vector<std::string>{
              "ALTER INDEX public.orders_at ATTACH PARTITION public.orders_2_orders_at",
              "DROP INDEX CONCURRENTLY IF EXISTS public.orders_3_orders_at",
              "CREATE INDEX CONCURRENTLY orders_3_orders_at ON public.orders_3 (at) WHERE gone IS NULL",
              "ALTER INDEX public.orders_at ATTACH PARTITION public.orders_3_orders_at"});
    CHECK_THROWS_AS(ddl::plan_partitioned_index(wanted(), tree, false), Error);
}

TEST_CASE("partitions of partitions: their own parents' indexes come first and are attached") {
    const std::vector<db::TreeMember> tree{member(1, 0, "orders", 'p'), member(2, 1, "orders_kr", 'p'),
                                           member(3, 2, "orders_kr_1", 'r')};
    const auto sql = statements(ddl::plan_partitioned_index(wanted(), tree, false));
    REQUIRE(sql.size() == 5);
    CHECK(sql[1] == "CREATE INDEX orders_kr_orders_at ON ONLY public.orders_kr (at) WHERE gone IS NULL");
    CHECK(sql[2] == "ALTER INDEX public.orders_at ATTACH PARTITION public.orders_kr_orders_at");
    CHECK(sql[4] == "ALTER INDEX public.orders_kr_orders_at ATTACH PARTITION public.orders_kr_1_orders_at");
}

TEST_CASE("an index on a partitioned table needs a name") {
    auto nameless = wanted();
    nameless.name.clear();
    CHECK_THROWS_AS(ddl::plan_partitioned_index(nameless, {member(1, 0, "orders", 'p')}, false), Error);
}
