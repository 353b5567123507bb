// Retention and creation against a model: tables, policies and clocks drawn from a seed, night after night.

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "partition/health.hpp"
#include "partition/plan.hpp"
#include "partition/retention/retention.hpp"

using namespace tripmig;
using namespace tripmig::partition;

namespace chr = std::chrono;

namespace {

constexpr std::int64_t day_us = 86'400'000'000;

/// A table as the model keeps it: partitions are pairs of days.
struct Model {
    struct Part {
        std::int64_t from;
        std::int64_t to;
        bool operator==(const Part&) const = default;
    };
    std::vector<Part> parts;
    std::int64_t newest = 0;  ///< the day of the newest row
};

struct Rules {
    std::int64_t width = 1;  ///< days
    std::int64_t keep = 10;
    int premake = 3;
    int max_drop = 2;
    bool idle = false;
};

Instant day(std::int64_t number) {
    return Instant(chr::microseconds(number * day_us));
}

std::int64_t day_of(const ddl::Bound& bound) {
    return bound.instant().time_since_epoch().count() / day_us;
}

config::PartitionPolicy policy_of(const Rules& rules) {
    config::PartitionPolicy policy;
    policy.table = {"shop", "orders"};
    policy.key = "at";
    policy.interval = CalendarInterval{0, rules.width, 0};
    policy.premake = rules.premake;
    policy.name = "{table}_{start:%Y_%m_%d}";
    policy.retention = config::RetentionPolicy{};
    policy.retention->keep = CalendarInterval{0, rules.keep, 0};
    policy.retention->idle = rules.idle;
    return policy;
}

Snapshot snapshot_of(const Model& model, const config::PartitionPolicy& policy, std::int64_t now) {
    Snapshot snapshot;
    snapshot.now = day(now) + chr::hours(3);
    snapshot.parent.table = policy.table;
    snapshot.parent.key = "at";
    snapshot.parent.key_type = "timestamp without time zone";
    snapshot.parent.owner = snapshot.parent.creator = "clerk";
    for (const Model::Part& part : model.parts) {
        LeafSnapshot leaf;
        leaf.leaf = {{"shop", "p" + std::to_string(part.from)},
                     {ddl::Bound::at(day(part.from)), ddl::Bound::at(day(part.to))}};
        leaf.info.name = leaf.leaf.name;
        snapshot.leaves.push_back(leaf);
        snapshot.coverage.leaves.push_back(leaf.leaf.bounds);
        if (part.from <= model.newest && model.newest < part.to)
            snapshot.newest_row = NewestRow{ddl::Bound::at(day(model.newest)), leaf.leaf.name};
    }
    const auto oldest = oldest_believable_row(snapshot.coverage, policy, snapshot.now);
    snapshot.coverage.is_beyond_rows = snapshot.newest_row && oldest && snapshot.newest_row->key < *oldest;
    return snapshot;
}

bool is_present_covered(const Model& model, std::int64_t from, std::int64_t to) {
    for (std::int64_t each = from; each < to; ++each)
        if (std::none_of(model.parts.begin(), model.parts.end(),
                         [&](const Model::Part& part) { return part.from <= each && each < part.to; }))
            return false;
    return true;
}

/// One night as the plan has it, with what must hold of each step.
void live_through(Model& model, const Rules& rules, std::int64_t now) {
    const config::PartitionPolicy policy = policy_of(rules);
    const Snapshot snapshot = snapshot_of(model, policy, now);
    Limits limits;
    limits.max_drop = rules.max_drop;
    const MaintenancePlan plan = plan_maintenance(snapshot, policy, limits);
    const std::vector<Model::Part> before = model.parts;
    const bool is_far = snapshot.coverage.is_beyond_rows && !rules.idle;
    int dropped = 0;
    for (const Act& act : plan.acts)
        for (const ddl::Leaf& leaf : act.leaves) {
            const Model::Part part{day_of(leaf.bounds.lower), day_of(leaf.bounds.upper)};
            CAPTURE(part.from);
            if (act.kind == Act::Kind::create) {
                for (const Model::Part& other : model.parts)
                    REQUIRE_FALSE((part.from < other.to && other.from < part.to));
                model.parts.push_back(part);
                continue;
            }
            if (act.kind != Act::Kind::detach)
                continue;
            ++dropped;
            REQUIRE(part.to + rules.keep <= now);
            REQUIRE_FALSE((part.from <= model.newest && model.newest < part.to));
            REQUIRE_FALSE(is_far);
            // Oldest first.
            for (const Model::Part& other : before)
                if (other.to <= part.from &&
                    std::find(model.parts.begin(), model.parts.end(), other) != model.parts.end())
                    REQUIRE((other.from <= model.newest && model.newest < other.to));
            model.parts.erase(std::find(model.parts.begin(), model.parts.end(), part));
        }
    REQUIRE(dropped <= rules.max_drop);
    // Whatever the clock says, the present and those ahead have their place.
    const std::int64_t present = (now - (now % rules.width + rules.width) % rules.width);
    const bool is_week = rules.width % 7 == 0;
    if (!is_week)
        REQUIRE(is_present_covered(model, now, present + (rules.premake + 1) * rules.width));
    std::sort(model.parts.begin(), model.parts.end(),
              [](const Model::Part& a, const Model::Part& b) { return a.from < b.from; });
}

}  // namespace

TEST_CASE(
    "a hundred nights of generated tables: nothing that is kept goes, all else does, and there is always a place") {
    for (unsigned seed = 1; seed <= 25; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const auto between = [&](int least, int most) {
            return std::uniform_int_distribution<int>(least, most)(random);
        };
        Rules rules;
        rules.width = between(1, 9);
        rules.keep = between(1, 60);
        rules.premake = between(0, 5);
        rules.max_drop = between(0, 4);
        rules.idle = between(0, 3) == 0;
        Model model;
        std::int64_t now = 19'000 + between(0, 500);
        for (std::int64_t from = now - 100; from < now; from += between(1, 12)) {  // off the grid, with gaps
            const std::int64_t to = from + between(1, 6);
            if (model.parts.empty() || model.parts.back().to <= from)
                model.parts.push_back({from, to});
        }
        model.newest = now - between(0, 30);
        for (int night = 0; night < 100; ++night, ++now) {
            CAPTURE(night);
            const bool has_rows = between(0, 9) != 0;
            if (has_rows)
                model.newest = std::max(model.newest, now - between(0, 1));
            const int fate = between(0, 40);
            if (fate == 0)
                live_through(model, rules, now + between(300, 4000));  // a clock that is ahead for one night
            else if (fate == 1)
                live_through(model, rules, now - between(1, 200));
            else if (fate == 2)
                now += between(10, 90);  // an outage
            else
                live_through(model, rules, now);
        }
        if (rules.max_drop == 0)
            continue;
        model.newest = now;
        for (int night = 0; night < 400; ++night)
            live_through(model, rules, now);
        for (const Model::Part& part : model.parts)
            CHECK((part.to + rules.keep > now || part == model.parts.back()));
    }
}

TEST_CASE("a table that is maintained is well, and says so; one that is not says what is wrong") {
    Rules rules;
    rules.width = 1;
    rules.keep = 5;
    rules.max_drop = 100;
    const config::PartitionPolicy policy = policy_of(rules);
    Model model;
    model.parts = {{19'000, 19'001}};
    model.newest = 19'000;
    live_through(model, rules, 19'000);
    const auto health = [&](std::int64_t now) {
        Limits limits;
        limits.max_drop = rules.max_drop;
        return health_after(snapshot_of(model, policy, now), policy, limits, {}, {});
    };
    CHECK(health(19'000).is_well());
    CHECK(health(19'000).ahead == 3);
    CHECK(health(19'000).seconds_ahead == 4 * 86'400 - 3 * 3600);
    CHECK(health(19'001).ahead == 2);
    CHECK_FALSE(health(19'001).is_well());
    CHECK_FALSE(health(19'004).has_present);
    CHECK(health(19'004).seconds_ahead == 0);
    model.parts.erase(model.parts.begin() + 1);
    CHECK(health(19'000).gaps == 1);
    model.parts = {{19'000, 19'004}, {19'010, 19'011}};
    CHECK(health(19'000).gaps == 1);  // maintain fills it
    model.parts.back() = {22'000, 22'001};
    CHECK(health(19'000).gaps == 0);  // a clock was ahead for a night
    CHECK(health(19'000).is_well());
    CHECK(health(19'003).ahead == 0);
    model.parts = {{18'990, 18'991}, {18'999, 19'000}, {19'000, 19'010}};
    model.newest = 19'000;
    CHECK(health(18'996).retention_overdue == 0);  // due since today
    CHECK(health(18'997).retention_overdue == 1);
    rules.max_drop = 0;
    CHECK(health(18'997).retention_overdue == 0);  // it waits for a night of its own
}
