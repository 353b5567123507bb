#include "partition/retention/expiry.hpp"

#include <doctest/doctest.h>

#include <random>

#include "partition/plan.hpp"
#include "partition/retention/detached.hpp"

using namespace tripmig;
using namespace tripmig::partition;

namespace {

Instant instant_of(std::string_view text) {
    return parse_timestamp(text).value();
}

/// Days of January 2024 from the first on, each with an oid and a size.
Snapshot days(int count, std::string_view now) {
    Snapshot snapshot;
    snapshot.now = instant_of(now);
    snapshot.moment = snapshot.now;
    snapshot.parent.table = {"shop", "orders"};
    snapshot.parent.key = "at";
    snapshot.parent.key_type = "timestamp without time zone";
    for (int i = 0; i < count; ++i) {
        const Instant begin = instant_of("2024-01-01") + std::chrono::days(i);
        LeafSnapshot leaf;
        leaf.leaf = {{"shop", "day_" + std::to_string(i + 1)},
                     {ddl::Bound::at(begin), ddl::Bound::at(begin + std::chrono::days(1))}};
        leaf.info.name = leaf.leaf.name;
        leaf.info.oid = static_cast<std::uint32_t>(100 + i);
        snapshot.leaves.push_back(leaf);
        snapshot.coverage.leaves.push_back(leaf.leaf.bounds);
    }
    return snapshot;
}

config::PartitionPolicy daily() {
    config::PartitionPolicy policy;
    policy.table = {"shop", "orders"};
    policy.key = "at";
    policy.interval = CalendarInterval{0, 1, 0};
    policy.name = "{table}_{start:%Y_%m_%d}";
    policy.retention.emplace();
    return policy;
}

std::string names(const std::vector<LeafSnapshot>& leaves) {
    std::string text;
    for (const LeafSnapshot& leaf : leaves)
        text += (text.empty() ? "" : " ") + leaf.leaf.name.name;
    return text;
}

DetachedPartition detached(const std::string& name, const std::string& action, std::optional<std::string_view> due) {
    DetachedPartition partition;
    partition.leaf.name = {"shop", name};
    partition.table.name = partition.leaf.name;
    partition.table.action = action;
    partition.table.is_clean = true;
    if (due)
        partition.table.due_at = instant_of(*due);
    return partition;
}

}  // namespace

TEST_CASE("keep_partitions counts the present one and those before it; what lies ahead comes on top") {
    const Snapshot snapshot = days(10, "2024-01-07 12:00");
    config::PartitionPolicy policy = daily();
    policy.retention->keep_partitions = 3;
    CHECK(names(expired_leaves(snapshot, policy)) == "day_1 day_2 day_3 day_4");
    policy.retention->keep_partitions = 7;
    CHECK(expired_leaves(snapshot, policy).empty());
    policy.retention->keep_partitions = 1;
    policy.retention->keep = CalendarInterval{0, 4, 0};
    CHECK(names(expired_leaves(snapshot, policy)) == "day_1 day_2");  // what either keeps stays
    CHECK(beyond_text(*policy.retention) == "older than 4 days and beyond 1 partition");
}

TEST_CASE("keep_size: the oldest go until the rest is no larger; none while a size is not known") {
    Snapshot snapshot = days(5, "2024-01-05 12:00");
    config::PartitionPolicy policy = daily();
    policy.retention->keep_bytes = 10 << 10;
    for (std::uint32_t oid = 100; oid < 105; ++oid)
        snapshot.bytes[oid] = 4 << 10;
    CHECK(names(expired_leaves(snapshot, policy)) == "day_1 day_2 day_3");
    snapshot.bytes[102] = 2 << 10;
    CHECK(names(expired_leaves(snapshot, policy)) == "day_1 day_2");  // exactly as large
    snapshot.bytes.erase(100);
    CHECK(expired_leaves(snapshot, policy).empty());
    CHECK(beyond_text(*policy.retention) == "beyond 10 kB");
}

TEST_CASE("retention is what a model says, for generated policies, sizes and clocks") {
    std::mt19937 random(20261130);
    const auto below = [&](unsigned limit) { return static_cast<int>(random() % limit); };
    for (int round = 0; round < 3000; ++round) {
        const int count = 1 + below(12);
        const int today = below(16);  // of January, from 0; the clock may be beyond the last partition
        Snapshot snapshot = days(count, "2024-01-01");
        snapshot.now = instant_of("2024-01-01 06:00") + std::chrono::days(today);
        snapshot.moment = snapshot.now;
        config::PartitionPolicy policy = daily();
        const int keep = below(3) == 0 ? 0 : 1 + below(8);
        const int partitions = below(3) == 0 ? 0 : 1 + below(8);
        const int size = below(3) == 0 || keep + partitions == 0 ? 1 + below(30) : 0;
        if (keep != 0)
            policy.retention->keep = CalendarInterval{0, keep, 0};
        if (partitions != 0)
            policy.retention->keep_partitions = partitions;
        if (size != 0)
            policy.retention->keep_bytes = size;
        std::vector<int> sizes;
        for (int i = 0; i < count; ++i) {
            sizes.push_back(below(10));
            snapshot.bytes[static_cast<std::uint32_t>(100 + i)] = sizes.back();
        }
        const int newest = below(static_cast<unsigned>(count));
        snapshot.newest_row = NewestRow{snapshot.leaves[static_cast<std::size_t>(newest)].leaf.bounds.lower,
                                        snapshot.leaves[static_cast<std::size_t>(newest)].leaf.name};
        std::string wanted;
        for (int day = 0; day < count - 1; ++day) {
            int rest = 0;  // of this day and all after it
            for (int later = day; later < count; ++later)
                rest += sizes[static_cast<std::size_t>(later)];
            const int begun = std::min(today, count - 1) - day + 1;  // this one and those after it up to today's
            const bool is_kept = (keep != 0 && (day + 1) * 24 > today * 24 + 6 - keep * 24) ||
                                 (partitions != 0 && begun <= partitions) || (size != 0 && rest <= size) ||
                                 day == newest;
            if (!is_kept)
                wanted += (wanted.empty() ? "day_" : " day_") + std::to_string(day + 1);
        }
        CAPTURE(round);
        CHECK(names(expired_leaves(snapshot, policy)) == wanted);
    }
}

TEST_CASE("what is due: recorded so, and the policy still says the same") {
    Snapshot snapshot = days(5, "2024-01-05 12:00");
    snapshot.detached = {detached("a", "drop", "2024-01-05"), detached("b", "drop", "2024-01-06"),
                         detached("c", "archive", "2024-01-05"), detached("d", "detach", std::nullopt),
                         detached("e", "drop", "2024-01-04")};
    snapshot.detached.back().table.is_attached = true;
    config::PartitionPolicy policy = daily();
    policy.retention->keep_partitions = 10;
    Limits limits;
    limits.state_schema = "tripmig";
    CHECK(due_now(snapshot, policy, limits).empty());
    policy.retention->action = config::RetentionPolicy::Action::drop;
    const auto due = due_now(snapshot, policy, limits);
    REQUIRE(due.size() == 1);
    CHECK(due.front().leaf.name.name == "a");
    snapshot.held.insert({"shop", "a"});
    CHECK(due_now(snapshot, policy, limits).empty());
    snapshot.held.clear();
    limits.max_drop = 0;
    CHECK(due_now(snapshot, policy, limits).empty());
    limits.max_drop = 12;
    snapshot.newest_row = NewestRow{ddl::Bound::at(instant_of("2023-01-01")), {"shop", "day_1"}};
    snapshot.coverage.is_beyond_rows = true;
    CHECK(due_now(snapshot, policy, limits).empty());
    const MaintenancePlan plan = plan_maintenance(snapshot, policy, limits);
    REQUIRE(plan.refusals.size() == 1);
    CHECK(plan.refusals.front().message().find("1 detached table is due to go, but none is dropped") !=
          std::string::npos);
    policy.retention->idle = true;
    CHECK(due_now(snapshot, policy, limits).size() == 1);
    const Unit unit = drop_detached(due.front(), limits);
    REQUIRE(unit.steps.size() == 3);
    CHECK_FALSE(unit.steps.front().refusal.empty());  // what it is is looked at before it goes
    CHECK(unit.steps[1].sql == "DROP TABLE shop.a");
    CHECK(unit.lock_first.size() == 1);
}
