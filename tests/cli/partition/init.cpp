#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "place.hpp"

using namespace tripmig::test;

namespace {

const std::string months_in_seoul =
    "CREATE TABLE k (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE k_2026_10 PARTITION OF k FOR VALUES FROM ('2026-10-01 00:00+09') TO ('2026-11-01 00:00+09');"
    "CREATE TABLE k_2026_11 PARTITION OF k FOR VALUES FROM ('2026-11-01 00:00+09') TO ('2026-12-01 00:00+09');";

/// What maintain would create under the policies that are there, at a time when the partitions of the test are new.
std::string would_create(const Place& place, const std::string& now) {
    const CommandResult result = place.run({"maintain", "--dry-run", "--now", now});
    CHECK(result.exit_code == 0);
    return result.out;
}

}  // namespace

TEST_CASE("months, days and weeks with their names; check accepts the file and maintain has nothing else in mind") {
    const Place place;
    place.database.exec(
        "SET TimeZone = 'UTC'; CREATE TABLE m (at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE m_p2024_01 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
        "CREATE TABLE m_p2024_02 PARTITION OF m FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');"
        "CREATE TABLE m_rest PARTITION OF m DEFAULT;"
        "CREATE TABLE d (at date NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE d20240115 PARTITION OF d FOR VALUES FROM ('2024-01-15') TO ('2024-01-16');"
        "CREATE TABLE d20240116 PARTITION OF d FOR VALUES FROM ('2024-01-16') TO ('2024-01-17');"
        "CREATE TABLE w (at timestamp NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE w_2024_01_14 PARTITION OF w FOR VALUES FROM ('2024-01-14') TO ('2024-01-21');"
        "CREATE TABLE w_2024_01_21 PARTITION OF w FOR VALUES FROM ('2024-01-21') TO ('2024-01-28');");
    for (const char* table : {"m", "d", "w"}) {
        const CommandResult made = place.run({"init", table});
        CAPTURE(made.err);
        CHECK(made.exit_code == 0);
    }
    const std::string months = place.folder.read("partitions/m.toml");
    CHECK(has(months, "interval = \"1 month\""));
    CHECK(has(months, "name = \"{table}_p{start:%Y_%m}\""));
    CHECK(has(months, "[default]\npartition = \"watch\""));
    CHECK(has(place.folder.read("partitions/d.toml"), "interval = \"1 day\""));
    CHECK(has(place.folder.read("partitions/d.toml"), "name = \"{table}{start:%Y%m%d}\""));
    CHECK(has(place.folder.read("partitions/w.toml"), "interval = \"1 week\"\nweek_start = \"sunday\""));
    CHECK(place.run({"check", "--offline"}).exit_code == 0);
    CHECK(has(would_create(place, "2024-01-15"), "m_p2024_03 "));
    CHECK_FALSE(has(would_create(place, "2024-01-15"), "m_2024"));
}

TEST_CASE("premake is what is ahead, and then nothing is to be created") {
    const Place place;
    place.database.exec(
        "SET TimeZone = 'UTC'; CREATE TABLE m (at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "DO $$ BEGIN FOR i IN -1..5 LOOP EXECUTE format('CREATE TABLE m_%s PARTITION OF m FOR VALUES FROM (%L) TO "
        "(%L)',"
        " to_char(date_trunc('month', now()) + i * interval '1 month', 'YYYY_MM'), date_trunc('month', now()) + i * "
        "interval '1 month', date_trunc('month', now()) + (i + 1) * interval '1 month'); END LOOP; END $$");
    CHECK(place.run({"init", "m"}).exit_code == 0);
    CHECK(has(place.folder.read("partitions/m.toml"), "premake = 5\n"));
    CHECK(has(place.run({"maintain"}).err, "nothing to do"));
    CHECK(place.run({"check"}).exit_code == 0);
}

TEST_CASE("months at midnight in Seoul: which zone is asked where several fit, and taken where it is said") {
    const Place place;
    place.database.exec(months_in_seoul);
    const CommandResult asked = place.run({"init", "k"});
    CAPTURE(asked.err);
    CHECK(asked.exit_code == 12);
    CHECK(has(asked.err, "partitions of public.k begin at midnight in "));
    CHECK(has(asked.err, "Asia/Tokyo"));
    CHECK(has(asked.err, "--time-zone "));
    CHECK_FALSE(std::filesystem::exists(place.folder.path() / "partitions/k.toml"));
    CHECK(place.run({"init", "k", "--time-zone", "Asia/Seul"}).exit_code == 2);
    CHECK(place.run({"init", "k", "--time-zone", "Asia/Seoul"}).exit_code == 0);
    const std::string policy = place.folder.read("partitions/k.toml");
    CHECK(has(policy, "interval = \"1 month\"\ntime_zone = \"Asia/Seoul\""));
    CHECK(has(would_create(place, "2026-11-30T16:00"), "k_2026_12"));
    // The zone of the database is the one to begin with.
    place.database.exec("ALTER DATABASE " + place.database.name() + " SET TimeZone = 'Asia/Seoul'");
    std::filesystem::remove(place.folder.path() / "partitions/k.toml");
    CHECK(has(place.run({"init", "k"}).err, "--time-zone Asia/Seoul"));
}

TEST_CASE("a zone with summer time that nobody shares is found without a question") {
    const Place place;
    place.database.exec(
        "CREATE TABLE k (at timestamptz NOT NULL) PARTITION BY RANGE (at); SET TimeZone = 'Pacific/Chatham';"
        "CREATE TABLE k_1 PARTITION OF k FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');"
        "CREATE TABLE k_2 PARTITION OF k FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');"
        "CREATE TABLE k_3 PARTITION OF k FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');");
    const CommandResult result = place.run({"init", "k", "--dry-run"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK(has(result.out, "time_zone = \"Pacific/Chatham\""));
    CHECK(has(result.err, "follow no pattern"));
}

TEST_CASE("half months by hand are no obstacle") {
    const Place place;
    place.database.exec(
        "CREATE TABLE t (at timestamp NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE t_oct_a PARTITION OF t FOR VALUES FROM ('2026-10-01') TO ('2026-10-16');"
        "CREATE TABLE t_oct_b PARTITION OF t FOR VALUES FROM ('2026-10-16') TO ('2026-11-01');"
        "CREATE TABLE t_nov_a PARTITION OF t FOR VALUES FROM ('2026-11-01') TO ('2026-11-16');");
    const CommandResult result =
        place.run({"init", "t", "--file", (place.folder.path() / "partitions/x.toml").string()});
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK(has(place.folder.read("partitions/x.toml"), "interval = \"1 month\""));
    CHECK(has(result.err, "3 of the newest 3 partitions are not where partitions of 1 month would be"));
    const std::string plan = would_create(place, "2026-11-20");
    CHECK(has(plan, "FROM ('2026-11-16 00:00:00') TO ('2026-12-01 00:00:00')"));
}

TEST_CASE("numbers, milliseconds and uuids") {
    const Place place;
    place.database.exec(
        "CREATE TABLE n (id bigint NOT NULL) PARTITION BY RANGE (id);"
        "CREATE TABLE n_p0 PARTITION OF n FOR VALUES FROM (0) TO (1000000);"
        "CREATE TABLE n_p1000000 PARTITION OF n FOR VALUES FROM (1000000) TO (2000000);"
        "CREATE TABLE n_p2000000 PARTITION OF n FOR VALUES FROM (2000000) TO (3000000);"
        "INSERT INTO n VALUES (1500000);"
        "CREATE TABLE e (ms bigint NOT NULL) PARTITION BY RANGE (ms);"
        "CREATE TABLE e_2024_01 PARTITION OF e FOR VALUES FROM (1704067200000) TO (1706745600000);"
        "CREATE TABLE e_2024_02 PARTITION OF e FOR VALUES FROM (1706745600000) TO (1709251200000);"
        "CREATE TABLE u (id uuid NOT NULL) PARTITION BY RANGE (id);"
        "CREATE TABLE u_2024_01 PARTITION OF u FOR VALUES FROM ('018cc251-f400-0000-0000-000000000000') TO "
        "('018d61f7-1800-0000-0000-000000000000');");
    const CommandResult numbers = place.run({"init", "n"});
    CAPTURE(numbers.err);
    CHECK(numbers.exit_code == 0);
    CHECK(has(place.folder.read("partitions/n.toml"), "interval = 1000000\npremake = 1\nname = \"{table}_p{start}\""));
    CHECK(place.run({"init", "e"}).exit_code == 0);
    CHECK(has(place.folder.read("partitions/e.toml"), "interval = \"1 month\""));
    CHECK(has(place.folder.read("partitions/e.toml"), "[key_encoding]\nunit = \"ms\""));
    const CommandResult uuids = place.run({"init", "u"});
    CAPTURE(uuids.err);
    CHECK(uuids.exit_code == 0);
    CHECK(has(place.folder.read("partitions/u.toml"), "unit = \"v7\""));
    CHECK(place.run({"check", "--offline"}).exit_code == 0);
    const CommandResult plan = place.run({"maintain", "--dry-run", "--only", "n"});
    CHECK(has(plan.out, "nothing to do"));
}

TEST_CASE("nothing is overwritten, and what can't have a policy is told why") {
    const Place place;
    place.database.exec(make_orders +
                        "CREATE TABLE plain (at timestamptz); CREATE TABLE l (a int) PARTITION BY LIST (a);");
    CHECK(place.run({"init", "orders"}).exit_code == 12);
    const CommandResult empty = place.run({"init", "orders", "--interval", "1 month"});
    CAPTURE(empty.err);
    CHECK(empty.exit_code == 0);
    const std::string before = place.folder.read("partitions/orders.toml");
    const CommandResult again = place.run({"init", "orders", "--interval", "1 day"});
    CHECK(again.exit_code == 12);
    CHECK(has(again.err, "orders.toml already exists"));
    CHECK(place.run({"init", "orders", "--interval", "1 day", "--file", "partitions/new.toml"}).exit_code == 12);
    CHECK(place.folder.read("partitions/orders.toml") == before);
    const CommandResult plain = place.run({"init", "plain"});
    CHECK(plain.exit_code == 12);
    CHECK(has(plain.err, "tripmig swap plan public.plain"));
    CHECK(place.run({"init", "l"}).exit_code == 12);
    CHECK(place.run({"init", "nowhere"}).exit_code == 12);
    const CommandResult document = run_tripmig({"--json", "partition", "init", "plain"}, place.surroundings());
    CHECK(nlohmann::json::parse(document.out)["error"]["code"] == 12);
}
