#include <doctest/doctest.h>

#include "room.hpp"

using namespace tripmig;
using namespace tripmig::test;

TEST_CASE("tables that are not as the policy says are refused with what to do") {
    Room room;
    const auto refusal = [&](const config::PartitionPolicy& policy) {
        try {
            room.plan(policy, "2024-01-15");
        } catch (const Error& error) {
            CHECK(error.code() == ExitCode::refused);
            return error.message() + " | " + error.hint();
        }
        return std::string("nothing was refused");
    };
    config::PartitionPolicy policy = monthly();
    policy.file = "partitions/orders.toml";
    CHECK(refusal(policy) ==
          "public.orders does not exist | create it first, with a migration (`tripmig up`), or correct its name in "
          "partitions/orders.toml");
    room.database.exec("CREATE TABLE orders (at timestamp)");
    CHECK(refusal(policy) ==
          "public.orders is not partitioned yet | to partition it while it is in use: tripmig swap run public.orders");
    room.database.exec("DROP TABLE orders; CREATE TABLE orders (at timestamp, n int) PARTITION BY LIST (n)");
    CHECK(refusal(policy).find("is not partitioned by range of a column") != std::string::npos);
    room.database.exec("DROP TABLE orders; CREATE TABLE orders (at timestamp, n int) PARTITION BY RANGE (n)");
    CHECK(refusal(policy) == "public.orders is partitioned by n, but its policy has the key at | write key = \"n\"");
    room.database.exec("DROP TABLE orders; CREATE TABLE orders (at text) PARTITION BY RANGE (at)");
    CHECK(refusal(policy).find("has type text, which is not supported") != std::string::npos);
    room.database.exec(
        "DROP TABLE orders; CREATE TABLE orders (at timestamp) PARTITION BY RANGE (date_trunc('day', at))");
    CHECK(refusal(policy).find("is not partitioned by range of a column") != std::string::npos);
}
