// Rows that lie far from the others: no single one of them refuses a swap.
#include <doctest/doctest.h>

#include <csignal>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

void check_words(const std::string& text, const std::string& words) {
    CAPTURE(words);
    CHECK_MESSAGE(text.find(words) != std::string::npos, text);
}

std::vector<std::string> with_flags(std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

const std::vector<std::string> copy_events{"ev", "--key", "at", "--strategy", "copy"};

/// Ninety days up to now, and these.
void create_events(const SwapFixture& room, const std::string& type, const std::string& outliers) {
    room.database.exec(
        "CREATE TABLE ev (id bigserial PRIMARY KEY, at " + type +
        " NOT NULL, note text); INSERT INTO ev (at, note) SELECT now() - g * interval '1 hour', 'x' FROM "
        "generate_series(1, 2160) g; INSERT INTO ev (at, note) VALUES " +
        outliers);
}

const std::string everywhere =
    "('1970-01-01', 'o'), ('0001-01-01', 'o'), ('4713-01-01 BC', 'o'), ('0044-03-15 BC', 'o'), ('9999-12-31 "
    "23:59:59.999999', 'o'), ('infinity', 'o'), ('-infinity', 'o'), ('294276-12-31 23:59:59', 'o'), ('2100-01-01', "
    "'o')";

std::string rows_in(const SwapFixture& room, const std::string& partition) {
    return room.database.scalar("SELECT count(*) FROM " + partition);
}

std::string bounds_of(const SwapFixture& room, const std::string& partition) {
    return room.database.scalar("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = '" + partition +
                                "'");
}

std::string policy(const std::string& more) {
    return "table = \"ev\"\nkey = \"at\"\ninterval = \"1 month\"\n" + more;
}

/// The night after: nothing is missing, nothing is a gap.
void check_maintained(const SwapFixture& room) {
    const CommandResult maintain = room.tripmig({"partition", "maintain", "--only", "ev"});
    CHECK_MESSAGE(maintain.exit_code == 0, maintain.err);
    check_words(maintain.err, "nothing to do");
    const CommandResult status = room.tripmig({"--json", "partition", "status", "ev"});
    const nlohmann::json table = nlohmann::json::parse(status.out)["tables"][0];
    CHECK_MESSAGE(table["gaps"].empty(), status.out);
}

}  // namespace

TEST_CASE("outliers = default: whatever the type, all that lies far off is in DEFAULT, and comes back with revert") {
    for (const std::string type : {"timestamptz", "timestamp"}) {
        CAPTURE(type);
        const SwapFixture room;
        create_events(room, type, everywhere);
        if (type == "timestamp")
            room.database.exec("CREATE INDEX ev_at ON ev (at)");
        const std::string before = room.dump();
        CHECK(room.swap(with_flags({"run"}, with_flags(copy_events, {"--outliers", "default", "--until",
                                                                     "ready"})))["stage"] == "ready");
        // Others of them come, go and become near ones while the copy is there.
        room.database.exec(
            "INSERT INTO ev (at, note) VALUES ('0500-01-01', 'new'), ('5000-01-01', 'new'); DELETE FROM ev WHERE at = "
            "'infinity'; UPDATE ev SET at = now() WHERE at = '2100-01-01'; UPDATE ev SET at = '-infinity' WHERE id = "
            "1");
        CHECK(room.swap({"run", "ev"})["stage"] == "complete");
        CHECK(rows_in(room, "ev_default") == "10");
        CHECK(rows_in(room, "ev") == "2170");
        CHECK(room.tripmig({"swap", "verify", "ev"}).exit_code == 0);
        CHECK(bounds_of(room, "ev_default") == "DEFAULT");
        room.database.exec("DELETE FROM ev_default WHERE at = '0001-01-01'; INSERT INTO ev (at) VALUES ('infinity')");
        CHECK(room.tripmig({"swap", "verify", "ev"}).exit_code == 0);
        CHECK(room.swap({"revert", "ev"})["stage"] == "reverted");
        CHECK(rows_in(room, "ev") == "2170");
        CHECK(room.dump() == before);
    }
}

TEST_CASE("outliers = first: one partition before the others and one up to MAXVALUE, and no DEFAULT") {
    const SwapFixture room;
    room.folder.write("partitions/ev.toml", policy("[swap]\nstrategy = \"copy\"\noutliers = \"first\"\n"));
    create_events(room, "timestamptz", everywhere);
    const std::string before = room.dump();
    CHECK(room.swap({"run", "ev", "--until", "ready"})["stage"] == "ready");
    // Before the last one: it gets a partition of its own, up to that.
    room.database.exec("INSERT INTO ev (at) VALUES ('2050-05-05'), ('0500-01-01')");
    CHECK(room.swap({"run", "ev"})["stage"] == "complete");
    CHECK(rows_in(room, "ev_first") == "6");
    CHECK(bounds_of(room, "ev_first").find("FOR VALUES FROM (MINVALUE) TO ('20") == 0);
    CHECK(bounds_of(room, "ev_2100_01") == "FOR VALUES FROM ('2100-01-01 00:00:00+00') TO (MAXVALUE)");
    CHECK(rows_in(room, "ev_2100_01") == "4");
    CHECK(bounds_of(room, "ev_2050_05") == "FOR VALUES FROM ('2050-05-01 00:00:00+00') TO ('2100-01-01 00:00:00+00')");
    CHECK(rows_in(room, "ev") == "2171");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE pg_get_expr(relpartbound, oid) = 'DEFAULT'") ==
          "0");
    CHECK(room.tripmig({"swap", "verify", "ev"}).exit_code == 0);
    CHECK(room.swap({"revert", "ev"})["stage"] == "reverted");
    CHECK(room.dump() == before);
    CHECK(room.swap({"run", "ev"})["stage"] == "complete");
    CHECK(bounds_of(room, "ev_2050_05") == "FOR VALUES FROM ('2050-05-01 00:00:00+00') TO (MAXVALUE)");
    (void)room.swap({"finish", "ev", "--yes"});
    check_maintained(room);
}

TEST_CASE("the plan tells the rows of each year and the outliers with their values, and proposes flags that work") {
    struct Outlier {
        std::string value;
        std::string told;
        std::string proposal;
    };
    for (const Outlier& each :
         {Outlier{"1970-01-01", "outliers 1970-01-01: 1 row", "--outliers first"},
          Outlier{"4713-01-01 BC", "outliers 4713-01-01 00:00:00+00 BC: 1 row", "--outliers first"},
          Outlier{"9999-06-15 12:00+00", "outliers 9999-06-15 12:00:00: 1 row", "--outliers default"},
          Outlier{"infinity", "outliers infinity", ""}}) {
        CAPTURE(each.value);
        const SwapFixture room;
        create_events(room, "timestamptz", "('" + each.value + "', 'o')");
        room.database.exec("ANALYZE ev");
        const std::string year = room.database.scalar(
            "SELECT extract(year FROM at AT TIME ZONE 'UTC') || ': ' || to_char(count(*), 'FM999,999') FROM ev WHERE "
            "note = 'x' GROUP BY extract(year FROM at AT TIME ZONE 'UTC') ORDER BY 1 DESC LIMIT 1");
        const CommandResult scanned = room.tripmig(with_flags({"swap", "plan"}, copy_events));
        room.database.exec("CREATE INDEX ON ev (at)");
        const CommandResult looked_up = room.tripmig(with_flags({"swap", "plan"}, copy_events));
        for (const CommandResult* plan : {&scanned, &looked_up}) {
            check_words(plan->out, each.told);
            check_words(plan->out, year);
            CHECK(plan->exit_code == (each.proposal.empty() ? 0 : 12));
            if (!each.proposal.empty())
                check_words(plan->out, "proposed " + each.proposal + "\n");
        }
        const CommandResult json = room.tripmig(with_flags({"--json", "swap", "plan"}, copy_events));
        const nlohmann::json distribution = nlohmann::json::parse(json.out)["distribution"];
        CHECK(distribution["outliers"].size() == 1);
        CHECK(distribution["years"].size() >= 1);
        if (each.proposal.empty())
            continue;
        CHECK(distribution["proposal"] == each.proposal);
        const std::string where = each.proposal.substr(each.proposal.find(' ') + 1);
        CHECK(room.swap(with_flags({"run"}, with_flags(copy_events, {"--outliers", where})))["stage"] == "complete");
        CHECK(rows_in(room, "ev") == "2161");
    }
}

TEST_CASE("rows of a year by the day are no outliers: the plan proposes --max-create, which the job keeps") {
    const SwapFixture room;
    room.database.exec(
        "CREATE TABLE ev (id bigserial PRIMARY KEY, at timestamptz NOT NULL); INSERT INTO ev (at) SELECT now() - g * "
        "interval '12 hours' FROM generate_series(1, 200) g");
    const std::vector<std::string> daily = with_flags(copy_events, {"--interval", "1 day"});
    const nlohmann::json plan =
        nlohmann::json::parse(room.tripmig(with_flags({"--json", "swap", "plan"}, daily)).out)["distribution"];
    CHECK(plan["outliers"].empty());
    const std::string proposal = plan["proposal"];
    REQUIRE(proposal.find("--max-create 10") == 0);
    const CommandResult refused = room.tripmig(with_flags({"swap", "run"}, daily));
    CHECK(refused.exit_code == 12);
    check_words(refused.err, "for this swap alone: " + proposal);
    CHECK(room.swap(with_flags({"run"}, with_flags(daily, {"--max-create", "150", "--until", "ready"})))["stage"] ==
          "ready");
    room.database.exec("INSERT INTO ev (at) SELECT now() - interval '105 days'");
    CHECK(room.swap({"run", "ev"})["stage"] == "complete");  // the limit is the job's
    CHECK(rows_in(room, "ev") == "201");
}

TEST_CASE("a start in the policy says where the others begin, and maintain has nothing to add afterwards") {
    const SwapFixture room;
    std::string where;
    SUBCASE("default") {
        where = "default";
    }
    SUBCASE("first") {
        where = "first";
    }
    const std::string start = room.database.scalar("SELECT date_trunc('month', now() - interval '40 days')::date");
    room.folder.write("partitions/ev.toml", policy("start = \"" + start +
                                                   "\"\n[default]\npartition = \"watch\"\n[swap]\nstrategy = "
                                                   "\"copy\"\noutliers = \"" +
                                                   where + "\"\n"));
    create_events(room, "timestamptz", "('2100-01-01', 'o')");
    const std::string earlier = room.database.scalar("SELECT count(*) FROM ev WHERE at < '" + start + "'");
    CHECK(room.swap({"run", "ev"})["stage"] == "complete");
    (void)room.swap({"finish", "ev", "--yes"});
    CHECK(room.database.scalar("SELECT count(*) FROM ev_" + where + " WHERE at < '" + start + "'") == earlier);
    check_maintained(room);
    // Months later the next partitions come beside them.
    const CommandResult later =
        room.tripmig({"partition", "maintain", "--only", "ev", "--now",
                      room.database.scalar("SELECT (date_trunc('month', now()) + interval '2 months')::date")});
    CHECK_MESSAGE(later.exit_code == 0, later.err);
    check_words(later.err, "2 partitions created");
}

TEST_CASE("keys of other types: date, uuid version 7, and numbers, whose present is not the outlier") {
    struct Keys {
        std::string type;
        std::string expression;  ///< of g hours ago
        std::string early;
        std::string late;
        std::string interval;
    };
    const std::string uuid =
        "(lpad(to_hex((extract(epoch FROM now() - g * interval '1 hour') * 1000)::bigint), 12, '0') || "
        "'7000800000000000' || lpad(to_hex(g), 4, '0'))::uuid";
    for (const Keys& keys : {Keys{"date", "current_date - g / 24", "'4713-01-01 BC'", "'5874897-12-31'", "1 month"},
                             Keys{"uuid", uuid, "'00000000-0000-7000-8000-000000000000'",
                                  "'ffffffff-ffff-7fff-bfff-ffffffffffff'", "1 month"},
                             Keys{"bigint", "g", "-9000000000000000000", "9223372036854775806", "1000"},
                             Keys{"smallint", "g", "-32768", "32767", "100"}}) {
        CAPTURE(keys.type);
        for (const std::string where : {"default", "first"}) {
            CAPTURE(where);
            const SwapFixture room;
            room.folder.write("partitions/ev.toml",
                              "table = \"ev\"\nkey = \"at\"\ninterval = " +
                                  (keys.interval.size() < 5 ? keys.interval : "\"" + keys.interval + "\"") +
                                  (keys.interval.size() < 5 ? "\nname = \"{table}_{start}\"" : "") +
                                  "\n[swap]\nstrategy = \"copy\"\noutliers = \"" + where + "\"\n");
            room.database.exec("CREATE TABLE ev (id bigserial PRIMARY KEY, at " + keys.type +
                               " NOT NULL); INSERT INTO ev (at) SELECT " + keys.expression +
                               " FROM generate_series(1, 2160) g; INSERT INTO ev (at) VALUES (" + keys.early + "), (" +
                               keys.late + ")");
            CHECK(room.swap({"run", "ev"})["stage"] == "complete");
            CHECK(rows_in(room, "ev") == "2162");
            CHECK(rows_in(room, "ev_" + where) == (where == "default" ? "2" : "1"));
            CHECK(room.tripmig({"swap", "verify", "ev"}).exit_code == 0);
            (void)room.swap({"finish", "ev", "--yes"});
            check_maintained(room);
        }
    }
}

TEST_CASE("killed at each step, the run that resumes puts outliers where the first one was told to") {
    for (const std::string step : {"begin the copy", "load the copy", "index the copy", "cut over public.ev"}) {
        CAPTURE(step);
        const SwapFixture room;
        create_events(room, "timestamptz", everywhere);
        BackgroundCommand command =
            room.start(with_flags({"swap", "run"}, with_flags(copy_events, {"--outliers", "default"})));
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        if (step != "begin the copy") {
            const CommandResult other = room.tripmig({"swap", "run", "ev", "--outliers", "first"});
            CHECK(other.exit_code == 12);
            check_words(other.err, "outliers");
        }
        CHECK(room.swap({"run", "ev", "--outliers", "default", "--key", "at"})["stage"] == "complete");
        CHECK(rows_in(room, "ev_default") == "9");
        CHECK(rows_in(room, "ev") == "2169");
    }
}

TEST_CASE("attach: the past keeps what lies before; what lies ahead has a place with copy, as the plan says") {
    const SwapFixture room;
    create_events(room, "timestamptz", "('1970-01-01', 'o'), ('4713-01-01 BC', 'o'), ('-infinity', 'o')");
    const std::string before = room.dump();
    CHECK(room.swap({"run", "ev", "--key", "at", "--outliers", "default"})["stage"] == "complete");
    CHECK(rows_in(room, "ev_past") == "2163");
    CHECK(bounds_of(room, "ev_default") == "DEFAULT");
    room.database.exec("INSERT INTO ev (at) VALUES ('9999-01-01')");
    CHECK(rows_in(room, "ev_default") == "1");
    const CommandResult beyond = room.tripmig({"swap", "revert", "ev"});
    CHECK(beyond.exit_code == 12);
    room.database.exec("DELETE FROM ev WHERE at = '9999-01-01'");
    CHECK(room.swap({"revert", "ev"})["stage"] == "reverted");
    CHECK(room.dump() == before);
    for (const std::string ahead : {"9999-01-01", "infinity", "294276-12-31"}) {
        CAPTURE(ahead);
        room.database.exec("DELETE FROM ev WHERE at > now(); INSERT INTO ev (at) VALUES ('" + ahead + "')");
        const CommandResult plan = room.tripmig({"swap", "plan", "ev", "--key", "at"});
        CHECK(plan.exit_code == 12);
        check_words(plan.out, "proposed --strategy copy --outliers default");
    }
}

TEST_CASE("an empty table gets its DEFAULT partition as well, and a name that is taken is refused before anything") {
    const SwapFixture room;
    room.database.exec("CREATE TABLE ev (id bigserial PRIMARY KEY, at timestamptz NOT NULL)");
    for (const std::string strategy : {"copy", "attach"}) {
        CAPTURE(strategy);
        room.database.exec("CREATE TABLE IF NOT EXISTS ev_default ()");
        const CommandResult taken =
            room.tripmig({"swap", "run", "ev", "--key", "at", "--strategy", strategy, "--outliers", "default"});
        CHECK(taken.exit_code == 12);
        check_words(taken.err, "ev_default");
    }
    room.database.exec("DROP TABLE ev_default");
    CHECK(room.swap({"run", "ev", "--key", "at", "--outliers", "default"})["stage"] == "complete");
    CHECK(bounds_of(room, "ev_default") == "DEFAULT");
}
