#include <doctest/doctest.h>

#include "config/name_pattern.hpp"
#include "config/parse_policy.hpp"
#include "partition/adopt/draft.hpp"
#include "partition/adopt/name_reading.hpp"
#include "partition/adopt/partman.hpp"

using namespace tripmig;
using namespace tripmig::partition;

namespace {

TableFacts table_with(const std::string& key_type, const std::vector<std::pair<std::string, std::string>>& partitions) {
    TableFacts facts;
    facts.table = {"shop", "orders"};
    facts.catalog.oid = 1;
    facts.catalog.kind = 'p';
    facts.catalog.strategy = 'r';
    facts.catalog.key_columns = {"at"};
    facts.catalog.key_type = key_type;
    for (const auto& [name, bound] : partitions) {
        db::PartitionInfo info;
        info.name = {"shop", name};
        info.bound = bound;
        facts.catalog.partitions.push_back(info);
    }
    return facts;
}

std::string days(const std::string& from, const std::string& to) {
    return "FOR VALUES FROM ('" + from + "') TO ('" + to + "')";
}

Zone fixed_zone(const std::string& name, int hours) {
    return std::make_shared<const ddl::TimeZone>(
        name, std::vector{ddl::TimeZone::Offset{Instant{}, std::chrono::hours(hours)}});
}

PolicyDraft draft_of(const TableFacts& facts, const DraftWishes& wishes = {}) {
    return draft_policy(facts, wishes, {fixed_zone("Asia/Seoul", 9), fixed_zone("Asia/Dhaka", 6)}, "");
}

}  // namespace

TEST_CASE("the interval is that of most of the newest partitions") {
    const TableFacts facts = table_with("date", {{"orders_2022", days("2022-01-01", "2023-01-01")},
                                                 {"orders_2023", days("2023-01-01", "2024-01-01")},
                                                 {"orders_2024_01", days("2024-01-01", "2024-02-01")},
                                                 {"orders_2024_02", days("2024-02-01", "2024-03-01")},
                                                 {"orders_2024_03", days("2024-03-01", "2024-04-01")}});
    const PolicyDraft draft = draft_of(facts);
    CHECK(interval_text(draft.interval) == "1 month");
    CHECK(draft.name == "{table}_{start:%Y_%m}");
    REQUIRE(draft.notes.size() == 1);
    CHECK(draft.notes[0].find("2 of the newest 5 partitions are not where partitions of 1 month would be") == 0);
}

TEST_CASE("widths that people use, in UTC and in a zone") {
    const std::vector<std::pair<std::string, std::string>> widths{
        {days("2024-01-01 10:00:00", "2024-01-01 10:15:00"), "15 minutes"},
        {days("2024-01-01 10:00:00", "2024-01-01 11:00:00"), "1 hour"},
        {days("2024-01-04", "2024-01-05"), "1 day"},
        {days("2024-01-03", "2024-01-10"), "1 week"},  // from Wednesday
        {days("2024-04-01", "2024-07-01"), "3 months"},
        {days("2020-01-01", "2030-01-01"), "10 years"},
        {days("2024-01-10", "2024-01-20"), "10 days"},  // not on its grid, and yet as wide
    };
    for (const auto& [bound, interval] : widths)
        CHECK(interval_text(draft_of(table_with("timestamp without time zone", {{"a", bound}})).interval) == interval);
    const PolicyDraft seoul = draft_of(
        table_with("timestamp with time zone", {{"a", days("2024-01-31 15:00:00+00", "2024-02-29 15:00:00+00")}}));
    CHECK(seoul.time_zone == "Asia/Seoul");
    CHECK(interval_text(seoul.interval) == "1 month");
    CHECK(draft_of(
              table_with("timestamp with time zone", {{"a", days("2024-01-01 00:00:00+00", "2024-02-01 00:00:00+00")}}))
              .time_zone.empty());
}

TEST_CASE("several zones that fit are a question, unless one of them was named") {
    const TableFacts facts =
        table_with("timestamp with time zone", {{"a", days("2024-01-31 15:00:00+00", "2024-02-29 15:00:00+00")}});
    const std::vector<Zone> zones{fixed_zone("Asia/Seoul", 9), fixed_zone("Asia/Tokyo", 9)};
    CHECK_THROWS_AS(draft_policy(facts, {}, zones, ""), Error);
    DraftWishes wishes;
    wishes.zone_of_several = "Asia/Tokyo";
    CHECK(draft_policy(facts, wishes, zones, "").time_zone == "Asia/Tokyo");
}

TEST_CASE("a bigint is a time only where its bounds are dates of this century on a grid of time") {
    using Unit = config::KeyEncoding::Unit;
    const auto unit_of = [](const std::string& from, const std::string& to) {
        return draft_of(table_with("bigint", {{"a", days(from, to)}})).encoding.unit;
    };
    CHECK(unit_of("1704067200", "1704153600") == Unit::s);
    CHECK(unit_of("1704067200000", "1706745600000") == Unit::ms);
    CHECK(unit_of("1704034800000", "1704121200000") == Unit::ms);  // a day in Seoul
    CHECK(unit_of("0", "1000000") == Unit::none);
    CHECK(unit_of("1000000000", "1001000000") == Unit::none);
    CHECK(unit_of("1704067200001", "1706745600000") == Unit::none);
}

TEST_CASE("names: what stands before and after the date, and what is no pattern") {
    const auto pattern_for = [](const std::string& name, const std::string& interval) {
        const ddl::KeyType key = ddl::KeyType::timestamp;
        const config::PartitionInterval width = parse_interval(interval).value();
        const ddl::Leaf leaf{{"shop", name},
                             ddl::bounds_containing(key, width, ddl::Bound::at(parse_timestamp("2024-02-05").value()))};
        return find_name_pattern("orders", key, {leaf}, width, {}).value_or("");
    };
    CHECK(pattern_for("orders_p2024_02", "1 month") == "{table}_p{start:%Y_%m}");
    CHECK(pattern_for("orders_y2024m02", "1 month") == "{table}_y{start:%Ym%m}");
    CHECK(pattern_for("ord_2024_02_old", "1 month") == "ord_{start:%Y_%m}_old");
    CHECK(pattern_for("orders_p20240205_000000", "1 hour") == "{table}_p{start:%Y%m%d_%H%M}00");
    CHECK(pattern_for("orders_p2024w06", "1 week") == "{table}_p{start:%Gw%V}");
    CHECK(pattern_for("orders_2024", "1 month").empty());  // twelve partitions of one name
    CHECK(pattern_for("orders_old", "1 month").empty());
}

TEST_CASE("the written file says what the draft says") {
    PolicyDraft draft;
    draft.table = {"shop", "Odd \"Name\""};
    draft.key = "When";
    draft.interval = CalendarInterval{0, 7, 0};
    draft.week_start = 7;
    draft.time_zone = "Asia/Seoul";
    draft.premake = 9;
    draft.name = "p_{start:%Y_%m_%d}";
    draft.keep = CalendarInterval{18, 0, 0};
    draft.has_default = true;
    const config::PartitionPolicy policy = config::parse_policy(policy_text(draft, "from\nhere"), "x");
    CHECK(policy.table == draft.table);
    CHECK(policy.key == "When");
    CHECK(policy.interval == draft.interval);
    CHECK(policy.week_start == 7);
    CHECK(policy.time_zone == "Asia/Seoul");
    CHECK(policy.premake == 9);
    CHECK(policy.name == draft.name);
    CHECK(policy.retention);
    CHECK(policy.retention->action == config::RetentionPolicy::Action::detach);
    draft.drops = true;
    CHECK(config::parse_policy(policy_text(draft, "x"), "x").retention->action ==
          config::RetentionPolicy::Action::drop);
    CHECK(policy.default_partition == config::PartitionPolicy::Default::watch);
    CHECK(policy_file_name(draft.table) == "shop.Odd \"Name\".toml");
    CHECK(policy_file_name({"public", "a/b"}) == "a_b.toml");
}

TEST_CASE("pg_partman's names and amounts") {
    CHECK(pattern_of("YYYY_MM") == "{table}_p{start:%Y_%m}");
    CHECK(pattern_of("IYYY\"w\"IW") == "{table}_p{start:%Gw%V}");
    CHECK(pattern_of("YYYYMMDD_HH24MISS") == "{table}_p{start:%Y%m%d_%H%M00}");
    CHECK_FALSE(pattern_of("YYYY\"q\"Q"));
    PartmanTable row;
    row.table = {"public", "orders"};
    row.type = "native";
    row.interval = {"3 mons", CalendarInterval{3, 0, 0}, std::nullopt};
    row.datetime_string = "YYYY\"q\"Q";
    row.retention = {"1 mon 5 days", CalendarInterval{1, 5, 0}, std::nullopt};
    const PartmanReading reading = read_partman_table(row);
    CHECK(reading.wishes.name == "{table}_p{start:%Y_%m}");
    CHECK_FALSE(reading.wishes.keep);
    CHECK(reading.notes.size() == 3);
    row.type = "time-custom";
    CHECK_THROWS_AS(read_partman_table(row), Error);
}
