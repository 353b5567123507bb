// Split, merge and drain of a table whose rows nothing tells apart: equal rows are there several times.
#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

/// Months and a DEFAULT. Each row up to three times; json, point and xml can't be hashed, `doubled` is generated.
const char* const readings = R"(
    CREATE DOMAIN level AS numeric(8, 2) CHECK (VALUE > -1000);
    CREATE TYPE quality AS ENUM ('good', 'bad');
    CREATE TABLE readings (at timestamp, device int, value level, quality quality DEFAULT 'good', tags text[], doc json,
                           place point, note text, doubled int GENERATED ALWAYS AS (device * 2) STORED)
        PARTITION BY RANGE (at);
    CREATE INDEX ON readings (device);
    CREATE TABLE readings_2024_01 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
    CREATE TABLE readings_2024_02 PARTITION OF readings FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
    CREATE TABLE readings_2024_03 PARTITION OF readings FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
    CREATE TABLE readings_rest PARTITION OF readings DEFAULT;
    INSERT INTO readings (at, device, value, tags, doc, place, note)
        SELECT '2024-01-01'::timestamp + (g % 2400) * interval '2 hours', g % 50, (g % 7) / 2.0, ARRAY['a', (g % 3)::text],
               '{"n": 1}', point(g % 3, 1), CASE WHEN g % 5 = 0 THEN NULL ELSE 'n' END
        FROM generate_series(1, 7000) g;
    INSERT INTO readings (at, device) VALUES (NULL, 1), (NULL, 1), ('infinity', 2), ('infinity', 2);
)";

void write_readings_policy(const SwapFixture& room) {
    room.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"30s\"\nchunk_target = \"20ms\"\nworkers = 2\n");
    room.folder.write("partitions/readings.toml",
                      "table = \"public.readings\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 0\nname = "
                      "\"{table}_{start:%Y_%m_%d}\"\n");
}

/// A row as text, whatever its columns are.
const std::string all_columns =
    "at, device, value, quality, tags, doc::text AS doc, place::text AS place, note, doubled";

/// How often each row is there, as one hash.
std::string multiset(const SwapFixture& room) {
    return room.database.scalar(
        "SELECT md5(string_agg(t, '|' ORDER BY t)) FROM (SELECT readings::text AS t FROM "
        "readings) AS r");
}

void check_nothing_left(const SwapFixture& room) {
    CHECK(room.database.scalar("SELECT count(DISTINCT (SELECT count(*) FROM pg_index WHERE indrelid = inhrelid)) FROM "
                               "pg_inherits WHERE inhparent = 'readings'::regclass") == "1");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE relname LIKE '%tripmig%' OR relname LIKE '%hash%' "
                               "OR relname ~ '^(log|chunks|touched)_'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'tripmig%'") == "0");
}

/// Writers that add, change, move and delete rows of which there are equal ones. What each transaction took away and
/// added it enters into a journal itself, so that plain SQL can tell what must be there.
class MultisetWriters {
  public:
    explicit MultisetWriters(const SwapFixture& room) : m_room(room) {
        room.database.exec("CREATE TABLE journal AS SELECT 1 AS n, " + all_columns + " FROM readings");
        for (unsigned number = 0; number < 4; ++number)
            m_threads.emplace_back([this, number] { write(number); });
    }
    ~MultisetWriters() { stop(); }
    MultisetWriters(const MultisetWriters&) = delete;
    MultisetWriters& operator=(const MultisetWriters&) = delete;

    void stop() {
        m_stop = true;
        for (std::thread& thread : m_threads)
            if (thread.joinable())
                thread.join();
    }

    [[nodiscard]] int commits() const { return m_commits; }
    [[nodiscard]] int unexpected() const { return m_unexpected; }

    /// Rows that are there more or less often than the journal says. "0" after stop().
    [[nodiscard]] std::string wrong_rows() const {
        return m_room.database.scalar("SELECT count(*) FROM (SELECT FROM (SELECT * FROM journal UNION ALL SELECT -1, " +
                                      all_columns +
                                      " FROM readings) AS r GROUP BY at, device, value, quality, tags, doc, place, "
                                      "note, doubled HAVING sum(n) <> 0) AS wrong");
    }

  private:
    static std::string columns_of(const std::string& row) {
        return row + ".at, " + row + ".device, " + row + ".value, " + row + ".quality, " + row + ".tags, " + row +
               ".doc::text, " + row + ".place::text, " + row + ".note, " + row + ".doubled";
    }

    static std::string change(std::mt19937& random) {
        const std::string device = std::to_string(random() % 50);
        const std::string at = "'2024-01-01'::timestamp + interval '2 hours' * " + std::to_string(random() % 2400);
        const std::string chosen =
            "(SELECT tableoid AS table_oid, ctid AS place_in, * FROM readings WHERE device = " + device +
            " ORDER BY random() LIMIT " + std::to_string(1 + random() % 3) + " FOR UPDATE) AS o";
        const auto update = [&](const std::string& assignment) {
            return "WITH c AS MATERIALIZED (UPDATE readings AS r SET " + assignment + " FROM " + chosen +
                   " WHERE r.tableoid = o.table_oid AND r.ctid = o.place_in RETURNING " + columns_of("o") + ", " +
                   columns_of("r") +
                   ") INSERT INTO journal SELECT v.* FROM c AS c (a, b, d, e, f, g, h, i, j, k, l, m, n, p, q, r, "
                   "s, t), LATERAL (VALUES (-1, a, b, d, e, f, g, h, i, j), (1, k, l, m, n, p, q, r, s, t)) AS v";
        };
        switch (random() % 8) {
            case 0: {
                const std::string copies = std::to_string(1 + random() % 3);
                return "WITH c AS (INSERT INTO readings (at, device, value, tags, doc, place, note) SELECT " + at +
                       ", " + device + ", 1.50, '{x}', '{}', '(1,1)', 'new' FROM generate_series(1, " + copies +
                       ") RETURNING *) INSERT INTO journal SELECT 1, " + columns_of("c") + " FROM c";
            }
            case 1:
                return "WITH c AS (DELETE FROM readings AS r USING " + chosen +
                       " WHERE r.tableoid = o.table_oid AND r.ctid = o.place_in RETURNING r.*) INSERT INTO journal "
                       "SELECT -1, " +
                       columns_of("c") + " FROM c";
            case 2:  // to another partition
                return update("at = " + at);
            case 3:  // the hash stays as it is
                return update("doc = '{\"n\": " + std::to_string(random() % 4) + "}'");
            case 4:  // a row that is there already, perhaps
                return update("value = " + std::to_string(random() % 4) + ", note = NULL, quality = 'bad'");
            case 5:
                return update("note = 'n'");
            case 6:  // equal values of another form
                return update("value = r.value * 1.0, tags = r.tags || '{}'");
            default:
                return "SAVEPOINT s; UPDATE readings SET note = 'undone' WHERE device = " + device + "; ROLLBACK TO s";
        }
    }

    void write(unsigned number) {
        const Connection session = m_room.database.connect();
        std::mt19937 random(number + 7);
        while (!m_stop) {
            std::string sql = "BEGIN; ";
            for (unsigned changes = 1 + random() % 2; changes > 0; --changes)
                sql += change(random) + "; ";
            sql += random() % 20 == 0 ? "ROLLBACK" : "COMMIT";
            const std::string sqlstate = session.sqlstate_of(sql);
            if (sqlstate.empty()) {
                ++m_commits;
                continue;
            }
            (void)session.sqlstate_of("ROLLBACK");
            if (sqlstate != "40001" && sqlstate != "40P01")
                ++m_unexpected;
        }
    }

    const SwapFixture& m_room;
    std::atomic<bool> m_stop{false};
    std::atomic<int> m_commits{0};
    std::atomic<int> m_unexpected{0};
    std::vector<std::thread> m_threads;
};

struct Verb {
    std::vector<std::string> command;
    std::string table;  ///< by which the job is known
};

const Verb merge_readings{{"partition", "merge", "readings_2024_01", "readings_2024_02", "--into", "readings_old"},
                          "readings_2024_01"};
const Verb split_readings{{"partition", "split", "readings_2024_02", "--interval", "1 week"}, "readings_2024_02"};
const Verb drain_readings{{"partition", "drain", "readings", "--limit", "2"}, "readings_rest"};

}  // namespace

TEST_CASE("rows without a key, under writers: each row is there as often as the writers were told") {
    for (const Verb& verb : {merge_readings, split_readings, drain_readings}) {
        CAPTURE(verb.command[1]);
        const SwapFixture room;
        room.database.exec(readings);
        write_readings_policy(room);
        MultisetWriters writers(room);
        const CommandResult done = room.tripmig(verb.command);
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        writers.stop();
        CHECK(writers.commits() > 20);
        CHECK(writers.unexpected() == 0);
        CHECK(writers.wrong_rows() == "0");
        check_nothing_left(room);
    }
}

TEST_CASE("without a key: killed as each step begins, then run again; aborted, it leaves nothing") {
    const std::vector<std::pair<Verb, std::string>> deaths{
        {merge_readings, "begin the copy"},     {merge_readings, "load the copy"},
        {merge_readings, "index the row hash"}, {merge_readings, "index the copy"},
        {merge_readings, "catch up public"},    {merge_readings, "ready for the cut-over"},
        {merge_readings, "cut over: waited"},   {merge_readings, "close the merge"},
        {drain_readings, "index the row hash"}, {drain_readings, "cut over public.read"},
        {split_readings, "index the copy"},     {split_readings, "ready for the cut-over"}};
    for (const auto& death : deaths) {  // no structured binding: clang 14 has none in a lambda
        const Verb& verb = death.first;
        const std::string& step = death.second;
        CAPTURE(verb.command[1]);
        CAPTURE(step);
        const SwapFixture room;
        room.database.exec(readings);
        write_readings_policy(room);
        const std::string before = room.dump();
        const std::string rows = multiset(room);
        BackgroundCommand command(tripmig_command(verb.command), room.surroundings());
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        if (step == "ready for the cut-over" && room.swap({"status", verb.table})["stage"] == "ready") {
            CHECK(room.swap({"abort", verb.table})["stage"] == "aborted");
            CHECK(room.dump() == before);
        }
        room.database.exec(
            "UPDATE readings SET doc = '{}' WHERE device = 7; UPDATE readings SET doc = '{\"n\": 1}' WHERE "
            "device = 7");
        const CommandResult again = room.tripmig(verb.command);
        CHECK_MESSAGE(again.exit_code == 0, again.err);
        CHECK(multiset(room) == rows);
        check_nothing_left(room);
    }
}

TEST_CASE("without a key, --plan says what that costs; one of several equal rows that is missing is found") {
    const SwapFixture room;
    room.database.exec(readings);
    write_readings_policy(room);
    std::vector<std::string> command = merge_readings.command;
    command.emplace_back("--plan");
    const CommandResult plan = room.tripmig(command);
    CHECK_MESSAGE(plan.exit_code == 0, plan.err);
    CHECK_MESSAGE(
        plan.out.find("nothing identifies its rows: they are followed by a hash of their values") != std::string::npos,
        plan.out);
    CHECK(plan.out.find(
              "value public.level, quality public.quality, doc json, place point: rows that differ there alone") !=
          std::string::npos);
    command.back() = "--until";
    command.emplace_back("ready");
    const CommandResult ready = room.tripmig(command);
    REQUIRE_MESSAGE(ready.exit_code == 0, ready.err);
    CHECK(room.swap({"verify", merge_readings.table})["equal"] == true);
    // The catch-up finds rows by their hash, and not by reading all of them.
    CHECK(room.database.scalar("SELECT count(*) FROM pg_index WHERE pg_get_expr(indexprs, indrelid) LIKE "
                               "'hash_record_extended%' AND indisvalid") == "4");
    CHECK(room.database.sqlstate_of("ALTER TABLE readings DROP COLUMN note") == "2BP01");
    // In the copy alone: one of three equal rows; then another one twice instead.
    room.database.exec(
        "DELETE FROM readings_old WHERE (ctid) IN (SELECT ctid FROM readings_old WHERE device = 3 LIMIT "
        "1)");
    const CommandResult missing = room.tripmig({"--json", "swap", "verify", merge_readings.table});
    CHECK(missing.exit_code == 10);
    CHECK_MESSAGE(missing.out.find(",3,") != std::string::npos, missing.out);
    room.database.exec(
        "INSERT INTO readings_old SELECT * FROM (SELECT at, device, value, quality, tags, doc, place, "
        "note FROM readings_old WHERE device = 4 LIMIT 1) AS twice");
    CHECK(room.tripmig({"swap", "verify", merge_readings.table}).exit_code == 10);
    const CommandResult barred = room.tripmig(merge_readings.command);
    CHECK(barred.exit_code == 10);
    CHECK_MESSAGE(barred.err.find("; rows ") != std::string::npos, barred.err);
    CHECK(room.swap({"abort", merge_readings.table})["stage"] == "aborted");
    check_nothing_left(room);
}

TEST_CASE("without a key, TRUNCATE of a source and of all while the copy is ready") {
    const SwapFixture room;
    room.database.exec(readings);
    write_readings_policy(room);
    std::vector<std::string> command = merge_readings.command;
    command.insert(command.end(), {"--until", "ready"});
    REQUIRE(room.tripmig(command).exit_code == 0);
    room.database.exec(
        "TRUNCATE readings_2024_02; INSERT INTO readings (at, device) VALUES ('2024-02-03', 1), "
        "('2024-02-03', 1), ('2024-01-03', 1)");
    const std::string rows = multiset(room);
    const CommandResult end = room.tripmig(merge_readings.command);
    CHECK_MESSAGE(end.exit_code == 0, end.err);
    CHECK(multiset(room) == rows);
    CHECK(room.database.scalar("SELECT count(*) FROM readings_old WHERE at >= '2024-02-01'") == "2");
    check_nothing_left(room);
}
