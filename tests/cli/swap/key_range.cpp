// What preflight reads of the rows: how much of the table, and what it says about keys that lie far off.
#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

void says(const std::string& text, const std::string& words) {
    CAPTURE(words);
    CHECK_MESSAGE(text.find(words) != std::string::npos, text);
}

/// Rows of the table that any scan but one of an index has read. Sessions tell it at their end.
std::int64_t rows_read(const SwapFixture& room, const std::string& table) {
    while (room.database.scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                                "application_name LIKE 'tripmig%'") != "0") {
    }
    return std::stoll(room.database.scalar("SELECT pg_stat_get_tuples_returned('" + table + "'::regclass)"));
}

}  // namespace

TEST_CASE("preflight reads no table that has an index on the key, and every other one once") {
    const SwapFixture room;
    // Nothing tells their rows apart: copy refuses them after it has read all that it wants to know.
    room.database.exec(
        "CREATE TABLE wide (at timestamp, note text); ALTER TABLE wide ALTER note SET STORAGE PLAIN; "
        "CREATE TABLE keyed (LIKE wide INCLUDING STORAGE); CREATE INDEX ON keyed (at DESC, note)");
    for (const char* const table : {"wide", "keyed"})
        room.database.exec("INSERT INTO " + std::string(table) +
                           " SELECT localtimestamp - g * interval '1 hour', repeat('x', 2000) FROM generate_series(1, "
                           "1200) g");
    const auto run = [&](const std::string& table) {
        const CommandResult refused = room.tripmig({"swap", "run", table, "--key", "at", "--strategy", "copy"});
        CHECK(refused.exit_code == 12);
        says(refused.err, "nothing identifies its rows");
        return refused.err;
    };
    says(run("wide"), "read the keys of public.wide (400 blocks; no index begins with at)");
    CHECK(rows_read(room, "wide") >= 1200);
    CHECK(rows_read(room, "wide") <= 1201);  // one to see whether there is any
    CHECK(run("keyed").find("read the keys of") == std::string::npos);
    CHECK(rows_read(room, "keyed") <= 1);
}

TEST_CASE("keys outside of the years 1 to 9999 are refused with count and value, in the plan too") {
    const SwapFixture room;
    std::string type;
    std::string early = "4713-01-01";
    std::string late = "294276-12-31";
    SUBCASE("date") {
        type = "date";
        late = "5874897-12-31";
    }
    SUBCASE("timestamp") {
        type = "timestamp";
    }
    SUBCASE("timestamptz") {
        type = "timestamptz";
    }
    room.database.exec("CREATE TABLE ev (id bigserial PRIMARY KEY, at " + type +
                       " NOT NULL); INSERT INTO ev (at) VALUES ('" + early + " BC'), ('" + late +
                       "'), ('10000-01-01'), ('0001-01-01'), ('9999-12-31')");
    for (const bool has_index : {false, true}) {
        CAPTURE(has_index);
        if (has_index)
            room.database.exec("CREATE INDEX ON ev (at)");
        for (const std::string command : {"plan", "run"}) {
            const CommandResult copy = room.tripmig({"swap", command, "ev", "--key", "at", "--strategy", "copy"});
            CHECK(copy.exit_code == 12);
            const std::string text = copy.out + copy.err;
            says(text, "is outside the years 1 to 9999 in 3 rows, for which no partition can be created: " + early);
            says(text, ", " + late);
            says(text, "correct these rows: SELECT * FROM public.ev WHERE ");
        }
        const CommandResult attach = room.tripmig({"swap", "plan", "ev", "--key", "at"});
        CHECK(attach.exit_code == 12);
        says(attach.out, "is outside the years 1 to 9999 in 2 rows");
    }
    const CommandResult far = [&] {
        room.database.exec("DELETE FROM ev WHERE at < '0001-01-01' OR at >= '10000-01-01'");
        return room.tripmig({"swap", "plan", "ev", "--key", "at", "--strategy", "copy"});
    }();
    CHECK(far.exit_code == 12);
    says(far.out + far.err, "more than 60 partitions");
}

TEST_CASE("attach keeps keys before year 1 in its past, which cannot be split while they are there") {
    const SwapFixture room;
    room.database.exec(
        "CREATE TABLE ev (id bigserial PRIMARY KEY, at timestamptz NOT NULL); INSERT INTO ev (at) SELECT now() - g * "
        "interval '1 day' FROM generate_series(1, 90) g; INSERT INTO ev (at) VALUES ('0044-03-15 BC')");
    const CommandResult plan = room.tripmig({"swap", "plan", "ev", "--key", "at"});
    CHECK(plan.exit_code == 0);
    says(plan.out, "is before year 1 in 1 row (0044-03-15 00:00:00+00 BC): they stay in the partition of the past");
    CHECK(room.swap({"run", "ev", "--key", "at"})["stage"] == "complete");
    (void)room.swap({"finish", "ev", "--yes"});
    const CommandResult split = room.tripmig({"partition", "split", "ev_past"});
    CHECK(split.exit_code == 12);
    says(split.err, "at is outside the years 1 to 9999 in 1 row, for which no partition can be created: 0044-03-15");
    room.database.exec("DELETE FROM ev WHERE at < '0001-01-01'");
    const CommandResult again = room.tripmig({"partition", "split", "ev_past"});
    CHECK_MESSAGE(again.exit_code == 0, again.err);
    CHECK(room.database.scalar("SELECT count(*) FROM ev") == "90");
}

TEST_CASE(
    "a key that no partition can hold and that comes later stops the copy with its value; corrected, it resumes") {
    const SwapFixture room;
    room.database.exec(
        "CREATE TABLE ev (id bigserial PRIMARY KEY, at timestamp NOT NULL); INSERT INTO ev (at) SELECT localtimestamp "
        "- "
        "g * interval '1 day' FROM generate_series(1, 90) g");
    const std::vector<std::string> copy{"run", "ev", "--key", "at", "--strategy", "copy"};
    std::vector<std::string> ready = copy;
    ready.insert(ready.end(), {"--until", "ready"});
    CHECK(room.swap(ready)["stage"] == "ready");
    room.database.exec("INSERT INTO ev (at) VALUES ('20000-01-01')");
    const CommandResult refused = room.tripmig({"swap", "run", "ev", "--key", "at", "--strategy", "copy"});
    CHECK(refused.exit_code == 12);
    says(refused.err,
         "public.ev: at is outside the years 1 to 9999 in 1 row, for which no partition can be created: 20000-01-01");
    room.database.exec("UPDATE ev SET at = localtimestamp WHERE at > '10000-01-01'");
    CHECK(room.swap(copy)["stage"] == "complete");
    CHECK(room.database.scalar("SELECT count(*) FROM ev") == "91");
}

TEST_CASE("attach: a row beyond the cut that came later moves the cut; one too far ahead is refused with its key") {
    const SwapFixture room;
    room.database.exec(
        "CREATE TABLE ev (id bigserial PRIMARY KEY, at timestamp NOT NULL); INSERT INTO ev (at) SELECT localtimestamp "
        "- "
        "g * interval '1 day' FROM generate_series(1, 90) g");
    const std::vector<std::string> run{"run", "ev", "--key", "at", "--interval", "100 years"};
    std::vector<std::string> ready = run;
    ready.insert(ready.end(), {"--until", "ready"});
    CHECK(room.swap(ready)["stage"] == "ready");
    room.database.exec("INSERT INTO ev (at) VALUES ('2205-01-01')");
    const CommandResult refused = room.tripmig({"swap", "run", "ev", "--key", "at", "--interval", "100 years"});
    CHECK(refused.exit_code == 12);
    says(refused.err, "the newest key is 2205-01-01, more than one interval in the future");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%'") == "0");
    room.database.exec("UPDATE ev SET at = '2150-01-01' WHERE at > '2200-01-01'");
    CHECK(room.swap(run)["stage"] == "complete");
    CHECK(room.database.scalar("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'ev_past'") ==
          "FOR VALUES FROM (MINVALUE) TO ('2200-01-01 00:00:00')");
}

TEST_CASE("rows far off are told from those that are many, for every type of key") {
    struct Keys {
        std::string type;
        std::string values;  ///< in three partitions, more than 60 apart
        std::string interval;
    };
    const SwapFixture room;
    for (const Keys& keys :
         {Keys{"date", "('2024-01-01'), ('2024-01-31'), ('2024-02-01'), ('1700-01-01')", "1 month"},
          Keys{"timestamp", "('2024-01-01'), ('2024-01-01 00:59:59'), ('2024-01-01 01:00'), ('1969-12-31 23:59')",
               "1 hour"},
          Keys{"timestamptz",
               "('2024-01-01 00:00+00'), ('2024-01-07 23:59+00'), ('2024-01-08 00:00+00'), ('1969-12-31')", "7 days"},
          Keys{"bigint", "(-5), (-1), (0), (1000000)", "10"}, Keys{"smallint", "(-5), (-1), (0), (1000)", "10"},
          Keys{"uuid",
               "('018cc251-f400-7000-8000-000000000000'), ('018d5cd0-bc00-7000-8000-000000000000'), "
               "('018d61f7-1800-7000-8000-000000000000'), ('00000000-0000-7000-8000-000000000000')",
               "1 month"}}) {
        CAPTURE(keys.type);
        room.database.exec("DROP TABLE IF EXISTS ev; CREATE TABLE ev (id bigserial PRIMARY KEY, at " + keys.type +
                           " NOT NULL); INSERT INTO ev (at) VALUES " + keys.values);
        const CommandResult plan =
            room.tripmig({"swap", "plan", "ev", "--key", "at", "--strategy", "copy", "--interval", keys.interval});
        CHECK(plan.exit_code == 12);
        says(plan.out + plan.err, "more than 60 partitions, of which 3 would have rows");
    }
}
