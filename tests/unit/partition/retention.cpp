#include "partition/retention/retention.hpp"

#include <doctest/doctest.h>

#include "partition/plan.hpp"

using namespace tripmig;
using namespace tripmig::partition;

namespace {

Instant moment(std::string_view text) {
    return parse_timestamp(text).value();
}

config::PartitionPolicy keeping(std::string_view keep, std::string_view interval) {
    config::PartitionPolicy policy;
    policy.table = {"shop", "orders"};
    policy.key = "at";
    policy.interval = parse_interval(interval).value();
    policy.premake = 1;
    policy.name = "{table}_{start:%Y_%m_%d_%H}";
    policy.retention = config::RetentionPolicy{};
    policy.retention->keep = parse_interval(keep).value();
    return policy;
}

/// shop.orders with `count` partitions of the policy's interval from `first` on: part_0, part_1 and so on.
Snapshot table_of(const config::PartitionPolicy& policy, std::string_view first, int count, std::string_view now) {
    Snapshot snapshot;
    snapshot.now = moment(now);
    snapshot.parent.table = {"shop", "orders"};
    snapshot.parent.key = "at";
    snapshot.parent.key_type = "timestamp without time zone";
    ddl::Bounds bounds =
        ddl::bounds_containing(ddl::KeyType::timestamp, policy.interval, ddl::Bound::at(moment(first)));
    for (int i = 0; i < count; ++i) {
        LeafSnapshot leaf;
        leaf.leaf = {{"shop", "part_" + std::to_string(i)}, bounds};
        leaf.info.name = leaf.leaf.name;
        snapshot.leaves.push_back(leaf);
        snapshot.coverage.leaves.push_back(bounds);
        bounds = ddl::bounds_after(ddl::KeyType::timestamp, policy.interval, bounds);
    }
    return snapshot;
}

void set_newest_row(Snapshot& snapshot, const config::PartitionPolicy& policy, std::string_view at, int partition) {
    snapshot.newest_row = NewestRow{ddl::Bound::at(moment(at)), {"shop", "part_" + std::to_string(partition)}};
    snapshot.coverage.is_beyond_rows =
        snapshot.newest_row->key < oldest_believable_row(snapshot.coverage, policy, snapshot.now).value();
}

std::string retired(const Snapshot& snapshot, const config::PartitionPolicy& policy, const Limits& limits = {}) {
    std::string text;
    for (const LeafSnapshot& leaf : leaves_to_retire(snapshot, policy, limits))
        text += (text.empty() ? "" : " ") + leaf.leaf.name.name;
    return text;
}

}  // namespace

TEST_CASE("nothing is retired while the time is far beyond the newest row, unless the table may be idle") {
    config::PartitionPolicy policy = keeping("3 years", "1 year");
    Snapshot snapshot = table_of(policy, "2023-01-01", 7, "2031-11-29");
    set_newest_row(snapshot, policy, "2026-11-20 08:00", 3);
    const MaintenancePlan plan = plan_maintenance(snapshot, policy, {});
    for (const Act& act : plan.acts)
        CHECK(act.kind != Act::Kind::detach);
    REQUIRE(plan.refusals.size() == 1);
    CHECK(plan.refusals[0].code() == ExitCode::refused);
    CHECK(
        plan.refusals[0].message() ==
        "shop.orders: 4 partitions are older than 3 years, but none is detached: the time is 2031-11-29 00:00:00, and "
        "the newest row of shop.part_3 is from 2026-11-20 08:00:00");
    CHECK(plan.acts.front().kind == Act::Kind::create);
    policy.retention->idle = true;
    CHECK(retired(snapshot, policy) == "part_0 part_1 part_2 part_4");
}

TEST_CASE("the partition of the newest row is never retired, so never all that hold rows") {
    config::PartitionPolicy policy = keeping("1 month", "1 month");
    policy.retention->idle = true;
    Snapshot snapshot = table_of(policy, "2024-01-01", 4, "2044-03-15");
    CHECK(retired(snapshot, policy) == "part_0 part_1 part_2");  // never the last one either
    for (int holder = 0; holder < 3; ++holder) {
        set_newest_row(snapshot, policy, "2024-01-05", holder);
        CHECK(retired(snapshot, policy).find("part_" + std::to_string(holder)) == std::string::npos);
    }
}

TEST_CASE("two intervals, at least a week, may lie between the newest row and the time") {
    const auto oldest = [](std::string_view interval, std::string_view now) {
        return ddl::describe(ddl::KeyType::timestamp,
                             oldest_believable_row({}, keeping("1 day", interval), moment(now)).value());
    };
    CHECK(oldest("1 month", "2024-03-31") == "2024-01-31");
    CHECK(oldest("1 day", "2024-03-31") == "2024-03-24");
    CHECK(oldest("1 hour", "2024-03-31") == "2024-03-24");
    CHECK(oldest("1 week", "2024-03-31") == "2024-03-17");
    config::PartitionPolicy numbers = keeping("1 day", "1 day");
    numbers.interval = std::int64_t{1000};
    ddl::Coverage by_number;
    by_number.key = ddl::KeyType::bigint;
    CHECK_FALSE(oldest_believable_row(by_number, numbers, moment("2024-03-31")));

    config::PartitionPolicy policy = keeping("10 days", "1 day");
    Snapshot snapshot = table_of(policy, "2024-03-01", 40, "2024-03-31");
    set_newest_row(snapshot, policy, "2024-03-24", 23);
    CHECK(retired(snapshot, policy, {60, 3}) == "part_0 part_1 part_2");
    set_newest_row(snapshot, policy, "2024-03-23 23:59:59", 22);
    CHECK(retired(snapshot, policy).empty());
}

TEST_CASE("of numbers keep is measured from the newest key") {
    config::PartitionPolicy policy = keeping("1 day", "1 day");
    policy.interval = std::int64_t{100};
    policy.name = "{table}_{start}";
    policy.retention->keep = std::int64_t{250};
    Snapshot snapshot;
    snapshot.coverage.key = ddl::KeyType::bigint;
    for (int i = 0; i < 8; ++i) {
        LeafSnapshot leaf;
        leaf.leaf = {{"shop", "part_" + std::to_string(i)},
                     {ddl::Bound::number(i * 100L), ddl::Bound::number(i * 100L + 100)}};
        leaf.info.name = leaf.leaf.name;
        snapshot.leaves.push_back(leaf);
        snapshot.coverage.leaves.push_back(leaf.leaf.bounds);
    }
    CHECK(retired(snapshot, policy).empty());  // no row: nothing is old
    snapshot.coverage.newest = ddl::Bound::number(649);
    CHECK(retired(snapshot, policy) == "part_0 part_1 part_2");
    snapshot.coverage.newest = ddl::Bound::number(650);
    CHECK(retired(snapshot, policy) == "part_0 part_1 part_2 part_3");
    snapshot.coverage.newest = ddl::Bound::number(-9'223'372'036'854'775'807);
    CHECK(retired(snapshot, policy).empty());
}

TEST_CASE("max_drop is for one run: the rest follows, which is no error") {
    const config::PartitionPolicy policy = keeping("10 days", "1 day");
    Snapshot snapshot = table_of(policy, "2024-03-01", 40, "2024-03-31");
    set_newest_row(snapshot, policy, "2024-03-30", 29);
    Limits limits;
    limits.max_drop = 5;
    CHECK(retired(snapshot, policy, limits) == "part_0 part_1 part_2 part_3 part_4");
    const MaintenancePlan plan = plan_maintenance(snapshot, policy, limits);
    CHECK(plan.refusals.empty());
    REQUIRE(plan.notes.size() == 1);
    CHECK(plan.notes[0] ==
          "shop.orders: 20 partitions are older than 10 days; this run retires 5 (max_drop), the next runs retire the "
          "rest");
}
