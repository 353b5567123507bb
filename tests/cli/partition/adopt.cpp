#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "place.hpp"
#include "support/partman_5.hpp"

using namespace tripmig::test;

namespace {

/// Debian's postgresql-15-partman, which not every machine has.
bool has_partman(const Place& place) {
    const bool has_it =
        place.database.scalar("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_partman'") == "1";
    if (!has_it)
        MESSAGE("pg_partman is not installed: nothing is tested here");
    return has_it;
}

void install_partman(const Place& place) {
    const Connection superuser(place.database.superuser_url());
    superuser.exec(
        "CREATE SCHEMA partman; CREATE EXTENSION pg_partman SCHEMA partman; SET search_path = public;"
        "GRANT ALL ON SCHEMA partman TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA partman TO PUBLIC;"
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA partman TO PUBLIC; GRANT EXECUTE ON ALL PROCEDURES IN SCHEMA "
        "partman TO PUBLIC");
}

}  // namespace

TEST_CASE("pg_partman 4: names, bounds and retention are kept, and maintain has nothing to do afterwards") {
    const Place place;
    if (!has_partman(place))
        return;
    install_partman(place);
    place.database.exec(
        "SET TimeZone = 'UTC'; CREATE TABLE m (id int, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE w (id int, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE n (id bigint NOT NULL) PARTITION BY RANGE (id);"
        "SELECT partman.create_parent('public.m', 'at', 'native', 'monthly', p_premake := 2);"
        "SELECT partman.create_parent('public.w', 'at', 'native', 'weekly', p_premake := 3);"
        "SELECT partman.create_parent('public.n', 'id', 'native', '1000', p_premake := 4);"
        "UPDATE partman.part_config SET retention = '1 year', retention_keep_table = false WHERE parent_table = "
        "'public.m';"
        "INSERT INTO n VALUES (5)");
    const std::string before = place.leaves("m") + place.leaves("w") + place.leaves("n");
    const CommandResult shown = place.run({"adopt", "--from", "pg_partman", "--dry-run"});
    CAPTURE(shown.err);
    CHECK(shown.exit_code == 0);
    CHECK(has(shown.out, "table = \"public.m\""));
    CHECK_FALSE(std::filesystem::exists(place.folder.path() / "partitions/m.toml"));
    const CommandResult result = place.run({"adopt", "--from", "pg_partman", "--take-over"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    const std::string months = place.folder.read("partitions/m.toml");
    CHECK(has(months, "premake = 2\nname = \"{table}_p{start:%Y_%m}\""));
    CHECK(has(months, "[retention]\nkeep = \"1 year\"\naction = \"drop\""));
    CHECK(has(months, "[default]\npartition = \"watch\""));
    CHECK(has(place.folder.read("partitions/w.toml"), "interval = \"1 week\""));
    CHECK(has(place.folder.read("partitions/w.toml"), "name = \"{table}_p{start:%Gw%V}\""));
    CHECK(has(place.folder.read("partitions/n.toml"), "interval = 1000\npremake = 4\nname = \"{table}_p{start}\""));
    CHECK(has(result.err, "infinite_time_partitions = false"));
    CHECK(place.database.scalar("SELECT count(*) FROM partman.part_config WHERE automatic_maintenance = 'off'") == "3");
    CHECK(place.run({"check"}).exit_code == 0);
    const CommandResult maintained = place.run({"maintain"});
    CAPTURE(maintained.err);
    CHECK(has(maintained.err, "3 tables: nothing to do"));
    CHECK(place.leaves("m") + place.leaves("w") + place.leaves("n") == before);
    // Once more: nothing is written again.
    CHECK(place.run({"adopt", "--from", "pg_partman", "--take-over"}).exit_code == 0);
    CHECK(place.folder.read("partitions/m.toml") == months);
}

TEST_CASE("pg_partman 4 in Seoul, and sub-partitions") {
    const Place place;
    if (!has_partman(place))
        return;
    install_partman(place);
    place.database.exec(
        "SET TimeZone = 'Asia/Seoul'; CREATE TABLE k (id int, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "SELECT partman.create_parent('public.k', 'at', 'native', 'daily', p_premake := 2);"
        "SET TimeZone = 'UTC'; CREATE TABLE s (id bigint NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "SELECT partman.create_parent('public.s', 'at', 'native', 'yearly', p_premake := 1);"
        "SELECT partman.create_sub_parent('public.s', 'at', 'native', 'monthly', p_native_check := 'yes', p_premake := "
        "2);");
    const CommandResult asked = place.run({"adopt", "--from", "pg_partman"});
    CHECK(asked.exit_code == 9);  // in which zone?
    CHECK(has(asked.err, "new partitions get sub-partitions by at"));
    const CommandResult result =
        place.run({"adopt", "--from", "pg_partman", "--schema", "partman", "--take-over", "--time-zone", "Asia/Seoul"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK(has(place.folder.read("partitions/k.toml"), "time_zone = \"Asia/Seoul\""));
    CHECK_FALSE(has(place.folder.read("partitions/s.toml"), "time_zone"));
    // The sub-partitioned partitions have rows of their own, and go with their table.
    CHECK(place.database.scalar("SELECT count(*) FROM partman.part_config WHERE automatic_maintenance <> 'off'") ==
          "0");
    CHECK(place.database.scalar(
              "SELECT count(*) FROM partman.part_config_sub WHERE sub_automatic_maintenance <> 'off'") == "0");
    const CommandResult plan = place.run({"maintain", "--dry-run"});
    CAPTURE(plan.err);
    CHECK(plan.exit_code == 0);
    CHECK(has(plan.out, "public.k: nothing to do"));
}

TEST_CASE("pg_partman 5: encoders, epochs, what has no counterpart, and one table's trouble is its own") {
    const Place place;
    place.database.exec(
        partman_5 +
        "CREATE TABLE u (id uuid NOT NULL) PARTITION BY RANGE (id);"
        "CREATE TABLE u_p20240101 PARTITION OF u FOR VALUES FROM ('018cc251-f400-0000-0000-000000000000') TO "
        "('018d61f7-1800-0000-0000-000000000000');"
        "CREATE TABLE e (at bigint NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE e_p20240101 PARTITION OF e FOR VALUES FROM (1704067200) TO (1704153600);"
        "CREATE TABLE l (a int) PARTITION BY LIST (a);"
        "INSERT INTO pm.part_config (parent_table, control, time_encoder, partition_interval, partition_type, "
        "datetime_string, "
        "infinite_time_partitions, constraint_cols, retention, retention_schema) VALUES ('public.u', 'id', "
        "'public.uuid7_time_encoder', '1 mon', 'range', 'YYYYMMDD', true, '{a}', '3 mons', 'old');"
        "INSERT INTO pm.part_config (parent_table, control, partition_interval, partition_type, datetime_string, "
        "epoch, premake) "
        "VALUES ('public.e', 'at', '1 day', 'range', 'YYYYMMDD', 'seconds', 7), ('public.l', 'a', '1', 'list', NULL, "
        "'none', 4), "
        "('public.gone', 'at', '1 day', 'range', 'YYYYMMDD', 'none', 4)");
    const CommandResult result =
        run_tripmig({"--json", "partition", "adopt", "--from", "pg_partman"}, place.surroundings());
    CAPTURE(result.err);
    CAPTURE(result.out);
    CHECK(result.exit_code == 9);
    const nlohmann::json document = nlohmann::json::parse(result.out);
    CHECK(document["schema"] == "pm");
    CHECK(document["tables"].size() == 4);
    CHECK(document["tables"][1]["table"] == "public.gone");
    CHECK(document["tables"][1]["error"]["code"] == 12);
    CHECK(document["tables"][2]["error"]["code"] == 12);
    const std::string notes = document["tables"][3]["notes"].dump();
    CHECK(has(notes, "retention_schema old has no counterpart"));
    CHECK(has(notes, "constraint_cols"));
    CHECK_FALSE(has(notes, "infinite_time_partitions"));
    CHECK(has(place.folder.read("partitions/u.toml"), "unit = \"v7\""));
    CHECK(has(place.folder.read("partitions/u.toml"), "keep = \"3 months\""));
    const std::string epoch = place.folder.read("partitions/e.toml");
    CHECK(has(epoch, "premake = 7\nname = \"{table}_p{start:%Y%m%d}\""));
    CHECK(has(epoch, "unit = \"s\""));
    CHECK(place.run({"check", "--offline"}).exit_code == 0);
    // Nobody said --take-over.
    CHECK(place.database.scalar("SELECT count(*) FROM pm.part_config WHERE automatic_maintenance = 'on'") == "4");
    CHECK(place.run({"adopt", "u", "--from", "pg_partman", "--take-over"}).exit_code == 0);
    CHECK(
        place.database.scalar("SELECT string_agg(parent_table, ' ') FROM pm.part_config WHERE automatic_maintenance = "
                              "'off'") == "public.u");
}

TEST_CASE("without pg_partman there is nothing to adopt") {
    const Place place;
    const CommandResult result = place.run({"adopt", "--from", "pg_partman"});
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "pg_partman is not in this database"));
}
