#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <thread>

#include "backfill/capture.hpp"
#include "backfill/catch_up.hpp"
#include "backfill/load.hpp"
#include "backfill/throttle.hpp"
#include "backfill/workers.hpp"
#include "base/error.hpp"
#include "support/workbench.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace {

/// A source of 20,000 rows, and a target that is to become its (id, at).
class Move {
  public:
    Move() {
        bench.database.exec(
            "CREATE SCHEMA state;"
            "CREATE TABLE source (id bigint PRIMARY KEY, at timestamp NOT NULL, pad text) WITH (fillfactor = 50);"
            "INSERT INTO source SELECT g, timestamp '2026-01-01' + g * interval '1 minute', repeat('x', 100) FROM "
            "generate_series(1, 20000) g;"
            "CREATE TABLE target (id bigint NOT NULL, at timestamp NOT NULL);");
        projection = {{"public", "source"}, {"public", "target"}, {"id", "at"}, {{"id"}, {}}, false};
        capture = backfill::capture_for({"public", "source"}, {{"id", "bigint"}}, "state", 1);
        transfer = backfill::transfer_for(capture, {projection}, 1);
    }

    backfill::LoadJob job() {
        const db::TableInfo table = bench.table("source");
        return {{{table.name, table.pages, table.filenode}}, std::chrono::milliseconds(5), {}};
    }
    void load(const backfill::LoadJob& job, const config::SwapConfig& limits = {}) {
        backfill::Workers workers(bench.config(), 2, 4711, bench.reporter(), bench.clock(), bench.stop());
        backfill::Throttle throttle(bench.config(), limits, bench.reporter(), bench.clock(), bench.stop());
        backfill::load(transfer, job, bench.session, workers, throttle, bench.stop(), bench.reporter());
    }
    std::string difference() const {
        return bench.database.scalar(
            "SELECT count(*) FROM source a FULL JOIN target b USING (id, at) WHERE a.id IS NULL OR b.id IS NULL");
    }
    std::string duplicates() const { return bench.database.scalar("SELECT count(*) - count(DISTINCT id) FROM target"); }

    Workbench bench;
    backfill::Projection projection;
    backfill::Capture capture;
    backfill::Transfer transfer;
};

/// Changes rows in every way until told to stop.
void write_randomly(const Move& move, unsigned seed, const std::atomic<bool>& stop) {
    const Connection writer = move.bench.database.connect();
    std::mt19937 random(seed);
    while (!stop) {
        const std::string id = std::to_string(1 + random() % 22000);
        switch (random() % 6) {
            case 0:
                writer.exec("INSERT INTO source VALUES (" + id +
                            ", now(), 'new') ON CONFLICT (id) DO UPDATE SET at = now()");
                break;
            case 1:
                writer.exec("DELETE FROM source WHERE id = " + id);
                break;
            case 2:
                // Moves the row to another block, and changes nothing that is copied.
                writer.exec("UPDATE source SET pad = repeat('y', 900) WHERE id = " + id);
                break;
            case 3:
                writer.exec("UPDATE source SET at = at + interval '1 day' WHERE id = " + id);
                break;
            case 4:
                writer.exec("UPDATE source SET id = -id WHERE id = " + id +
                            " AND NOT EXISTS (SELECT FROM source WHERE id = -" + id + ")");
                break;
            default:
                writer.exec("BEGIN; UPDATE source SET at = '2000-01-01' WHERE id = " + id + "; ROLLBACK");
        }
    }
}

}  // namespace

TEST_CASE("capture, load, purge, index and catch-up under writers end in the same rows") {
    Move move;
    std::atomic<bool> stop{false};
    std::vector<std::thread> writers;
    for (unsigned seed = 1; seed <= 3; ++seed)
        writers.emplace_back([&, seed] { write_randomly(move, seed, stop); });
    move.bench.run(backfill::begin_transfer(move.transfer));
    move.load(move.job());
    move.bench.run({backfill::purge_touched(move.transfer, move.projection.target)});
    CHECK(move.duplicates() == "0");
    move.bench.database.exec("ALTER TABLE target ADD PRIMARY KEY (id)");
    for (int round = 0; round < 3; ++round)
        move.bench.executor.run(backfill::catch_up_round(move.transfer, 1000));
    move.bench.executor.run(backfill::vacuum_log(move.transfer, 0));
    stop = true;
    for (std::thread& writer : writers)
        writer.join();
    // The last round, as the cut-over does it: under a lock that keeps writers out.
    Unit last;
    last.name = "last";
    last.lock_first = {{{"public", "source"}, LockMode::access_exclusive}};
    last.lock_budget = std::chrono::seconds(5);
    last.steps = backfill::last_catch_up(move.transfer);
    move.bench.executor.run(last);
    CHECK(move.difference() == "0");
    CHECK(move.bench.database.scalar("SELECT count(*) > 1000 FROM target") == "t");
    CHECK(move.bench.database.scalar("SELECT count(*) FROM state.log_1") == "0");
    move.bench.run(backfill::end_transfer(move.transfer));
    move.bench.run(backfill::end_transfer(move.transfer));
    CHECK(move.bench.database.scalar("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'source'::regclass") == "0");
    CHECK(move.bench.database.scalar("SELECT count(*) FROM pg_class WHERE relnamespace = 'state'::regnamespace") ==
          "0");
    CHECK(move.bench.database.scalar("SELECT count(*) FROM pg_proc WHERE pronamespace = 'state'::regnamespace") == "0");
}

TEST_CASE("capture begins only when the writers that are at work have ended") {
    Move move;
    const Connection writer = move.bench.database.connect();
    writer.exec("BEGIN; UPDATE source SET at = now() WHERE id = 1");
    db::LockPolicy policy;
    policy.lock_timeout = std::chrono::milliseconds(50);
    policy.lock_deadline = std::chrono::milliseconds(0);
    move.bench.executor.set_policy(policy);
    CHECK_THROWS_AS(move.bench.run(backfill::begin_transfer(move.transfer)), Error);
    CHECK(move.bench.database.scalar("SELECT to_regclass('state.log_1') IS NULL") == "t");
    writer.exec("COMMIT");
    CHECK_NOTHROW(move.bench.run(backfill::begin_transfer(move.transfer)));
}

TEST_CASE("a table that is rewritten while it is loaded is noticed") {
    Move move;
    move.bench.run(backfill::begin_transfer(move.transfer));
    const backfill::LoadJob job = move.job();
    move.bench.database.exec("VACUUM FULL source");
    CHECK_THROWS_AS(move.load(job), backfill::TableRewritten);
    CHECK(move.bench.database.scalar("SELECT count(*) FROM target") == "0");
}

TEST_CASE("TRUNCATE is marked, and catch-up leaves the mark") {
    Move move;
    move.bench.run(backfill::begin_transfer(move.transfer));
    move.bench.database.exec("ALTER TABLE target ADD PRIMARY KEY (id)");
    move.bench.database.exec("TRUNCATE source; INSERT INTO source VALUES (1, now())");
    CHECK(move.bench.database.rows(backfill::backlog_sql(move.capture), {"100"}) == Rows{{"2", "t"}});
    move.bench.executor.run(backfill::catch_up_round(move.transfer, 1000));
    CHECK(move.bench.database.rows(backfill::backlog_sql(move.capture), {"100"}) == Rows{{"1", "t"}});
}

TEST_CASE("a load goes on where it was interrupted, whichever chunks were done") {
    Move move;
    move.bench.run(backfill::begin_transfer(move.transfer));
    const backfill::LoadJob job = move.job();
    REQUIRE(job.tables.front().blocks > 300);
    move.bench.run(
        {backfill::load_blocks(move.projection, {0, 100}), backfill::load_blocks(move.projection, {200, 250})});
    move.bench.database.exec("INSERT INTO state.chunks_1 VALUES (0, 100), (200, 250)");
    move.load(job);
    CHECK(move.difference() == "0");
    CHECK(move.duplicates() == "0");
    CHECK(move.bench.database.scalar("SELECT sum(past_block - first_block) FROM state.chunks_1") ==
          std::to_string(job.tables.front().blocks));
}

TEST_CASE("a load that rests takes its chunks in small pieces, and another each at once") {
    const auto statements_beyond_chunks = [](int rest) {
        Move move;
        move.bench.database.exec(
            "CREATE SEQUENCE statements; CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            "PERFORM nextval('public.statements'); RETURN NULL; END$$; "
            "CREATE TRIGGER count_them AFTER INSERT ON target FOR EACH STATEMENT EXECUTE FUNCTION count_it()");
        move.bench.run(backfill::begin_transfer(move.transfer));
        config::SwapConfig limits;
        limits.rest = rest;
        backfill::LoadJob job = move.job();
        job.chunk_target = std::chrono::milliseconds(100);
        move.load(job, limits);
        CHECK(move.difference() == "0");
        CHECK(move.duplicates() == "0");
        return move.bench.database.scalar("SELECT last_value - (SELECT count(*) FROM state.chunks_1) FROM statements");
    };
    CHECK(statements_beyond_chunks(0) == "0");
    CHECK(std::stoi(statements_beyond_chunks(20)) > 10);
}

TEST_CASE("a row that was loaded, moved to a later block and was loaded again is in the target once") {
    Move move;
    // Room for a wide row in later blocks alone.
    move.bench.database.exec(
        "ALTER TABLE source ALTER pad SET STORAGE PLAIN; DELETE FROM source WHERE id BETWEEN 15000 AND 19999");
    move.bench.database.exec("VACUUM source");
    move.bench.run(backfill::begin_transfer(move.transfer));
    const backfill::LoadJob job = move.job();
    const std::int64_t half = job.tables.front().blocks / 2;
    move.bench.run({backfill::load_blocks(move.projection, {0, half})});
    move.bench.database.exec("INSERT INTO state.chunks_1 VALUES (0, " + std::to_string(half) + ")");
    move.bench.database.exec("UPDATE source SET at = '2027-01-01', pad = repeat('y', 5000) WHERE id = 1");
    REQUIRE(move.bench.database.scalar("SELECT ctid >= '(" + std::to_string(half) + ",0)' AND ctid < '(" +
                                       std::to_string(job.tables.front().blocks) + ",0)' FROM source WHERE id = 1") ==
            "t");
    move.load(job);
    REQUIRE(move.duplicates() == "1");
    move.bench.run({backfill::purge_touched(move.transfer, move.projection.target)});
    CHECK(move.bench.database.scalar("SELECT count(*) FROM target WHERE id = 1") == "0");
    CHECK(move.duplicates() == "0");
    CHECK(move.bench.database.sqlstate_of("ALTER TABLE target ADD PRIMARY KEY (id)").empty());
    move.bench.executor.run(backfill::catch_up_round(move.transfer, 1000));
    CHECK(move.bench.database.rows("SELECT at FROM target WHERE id = 1") == Rows{{"2027-01-01 00:00:00"}});
    CHECK(move.difference() == "0");
}

TEST_CASE("what is left between the chunks that are done") {
    using Ranges = std::vector<backfill::BlockRange>;
    CHECK(backfill::remaining({}, 10) == Ranges{{0, 10}});
    CHECK(backfill::remaining({{0, 10}}, 10).empty());
    CHECK(backfill::remaining({{0, 3}, {5, 7}}, 10) == Ranges{{3, 5}, {7, 10}});
    CHECK(backfill::remaining({{3, 5}, {5, 10}}, 10) == Ranges{{0, 3}});
    CHECK(backfill::remaining({}, 0).empty());
}
