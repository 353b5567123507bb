#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "contains.hpp"
#include "view/json_text.hpp"
#include "view/partition/partition_job.hpp"
#include "view/swap/plan.hpp"
#include "view/swap/status.hpp"
#include "view/swap/verify.hpp"

using namespace tripmig;
using nlohmann::json;
using test::contains;

namespace {

const QualifiedName orders{"public", "orders"};
const QualifiedName latin1_table{"public", "caf\xE9"};

job::State state(job::Stage stage) {
    job::State state;
    state.job = 7;
    state.table = orders;
    state.stage = stage;
    state.key = "at";
    state.interval = "1 month";
    return state;
}

app::SwapStatus open(job::Stage stage) {
    app::SwapStatus status;
    status.table = orders;
    status.state = state(stage);
    status.is_open = true;
    return status;
}

}  // namespace

TEST_CASE("a swap that is cut over tells when, in RFC 3339, and for how long it held the lock") {
    job::State done = state(job::Stage::complete);
    done.measured.attempts = 1;
    done.measured.lock_held_us = 12'300;
    done.measured.lock_wait_us = 400;
    done.measured.at = "2026-01-31 03:00:01.5";
    const app::SwapResult result{orders, done, {}};
    const json document = view::swap_json(result);
    CHECK(document["table"] == "public.orders");
    CHECK(document["cut_over_at"] == "2026-01-31T03:00:01.5Z");
    CHECK(document["lock_held_ms"] == 12.3);
    CHECK(document["lock_wait_ms"] == 0.4);
    CHECK(document["cut"].is_null());
    CHECK(view::swap_text(result) ==
          "public.orders: complete\ncut over at 2026-01-31T03:00:01.5Z: held the locks for 12.3 ms, waited 0.4 ms, 1 "
          "attempt\nto close it: tripmig swap finish public.orders\nto undo it until then: tripmig swap revert "
          "public.orders\n");
    CHECK(view::swap_json({orders, state(job::Stage::begun), {}})["cut_over_at"].is_null());
}

TEST_CASE("a table without a swap, and one that was partitioned before") {
    app::SwapStatus status;
    status.table = orders;
    CHECK(view::swap_status_json(status) == json{{"table", "public.orders"}, {"stage", "none"}});
    CHECK(view::swap_status_text(status) ==
          "public.orders: no swap\nto see what one would do: tripmig swap plan public.orders\n");
    CHECK(view::swap_status_line(status) == "public.orders: no swap");
    status.is_partitioned = true;
    status.problems = {"the trigger is off"};
    CHECK(view::swap_status_json(status) ==
          json{{"table", "public.orders"}, {"stage", "partitioned"}, {"registry_problems", {"the trigger is off"}}});
    const std::string text = view::swap_status_text(status);
    CHECK(
        contains(text, "public.orders is partitioned already: nothing to do\nregistry: the trigger is off\n  hint: "));
}

TEST_CASE("how far a load is: a duration is a number with its unit in the key, a time is RFC 3339") {
    app::SwapStatus status = open(job::Stage::capturing);
    status.state->edit_load().blocks = 1000;
    status.progress.blocks_done = 100;
    status.progress.blocks_a_second = 10;
    status.progress.hold_kind = "probe";
    status.progress.hold_reason = "the probe answers false";
    status.progress.hold_since = "2026-01-31 03:00:00";
    const json document = view::swap_status_json(status);
    CHECK(document["load"]["left_seconds"] == 90.0);
    CHECK(document["load"]["bytes_a_second"] == 81920.0);
    CHECK(document["holding"]["since"] == "2026-01-31T03:00:00Z");
    CHECK(document["resting"].is_null());
    CHECK(contains(view::swap_status_text(status), "100 of 1,000 blocks loaded\n0.1 MB/s\n1 min 30 s left\n"));
    CHECK(view::swap_status_line(status) ==
          "public.orders: capturing, 100 of 1,000 blocks loaded, 0.1 MB/s, 1 min 30 s left, waiting since "
          "2026-01-31T03:00:00Z: the probe answers false");
}

TEST_CASE("the numbers of a swap agree with their nouns") {
    app::SwapStatus status = open(job::Stage::ready);
    status.progress.backlog = 1;
    status.progress.leaves = 1;
    status.progress.busy_tps = 1;
    status.progress.attempts = 1;
    std::string line = view::swap_status_line(status);
    CHECK(contains(line, ", 0 of 1 partition indexed"));
    CHECK(contains(line, ", 1 change waits in the log"));
    CHECK(contains(line, "server busy, 1 transaction a second by others"));
    CHECK(contains(line, ", 1 cut-over attempt did not get the locks"));
    status.progress.backlog = 2;
    status.progress.leaves = 3;
    status.progress.attempts = 2;
    line = view::swap_status_line(status);
    CHECK(contains(line, ", 0 of 3 partitions indexed"));
    CHECK(contains(line, ", 2 changes wait in the log"));
    CHECK(contains(line, ", 2 cut-over attempts did not get the locks"));
}

TEST_CASE("a split names the partition that it leaves behind, unless it did so before") {
    job::State done = state(job::Stage::finished);
    done.table = {"shop", "orders_past"};
    done.old_name = "orders_old";
    done.kind = job::PartitionJob{};
    app::PartitionJobResult result{{{"shop", "orders_past"}, done, {}}, false};
    CHECK(contains(view::partition_job_text(result), "shop.orders_old is detached and kept"));
    CHECK(view::partition_job_json(result)["stage"] == "finished");
    result.was_done_before = true;
    CHECK_FALSE(contains(view::partition_job_text(result), "is detached and kept"));
}

TEST_CASE("what a comparison found") {
    app::SwapVerification result{latin1_table, {}};
    result.found.has_copy = true;
    result.found.has_registry = true;
    CHECK(view::swap_verification_text(result) ==
          "public.\"caf\xE9\": both tables have the same rows\n"
          "public.\"caf\xE9\": the registry agrees with the table\n");
    CHECK(view::swap_verification_json(result)["equal"] == true);
    result.found.copy.push_back({{"public", "orders_2026_01"}, 1, 2, {"'\xE9'", "7"}});
    CHECK(
        contains(view::swap_verification_text(result),
                 "public.orders_2026_01: 1 row in the old table, 2 in the new partition; different keys: '\xE9'; 7\n"));
    const json document = json::parse(view::json_text(view::swap_verification_json(result)));
    CHECK(document["equal"] == false);
    CHECK(document["differences"][0]["keys"] == json{"'\xEF\xBF\xBD'", "7"});
    CHECK(document["registry_differences"] == json::array());
}

TEST_CASE("the summary of a plan: what happens, and the locks, time and disk that it takes") {
    app::SwapPlan plan;
    plan.table = orders;
    plan.key = "at";
    plan.interval = "1 month";
    plan.lock_budget = std::chrono::milliseconds(100);
    plan.max_lock_hold = std::chrono::milliseconds(1000);
    plan.plan.state = state(job::Stage::begun);
    plan.plan.state->old_name = "orders_before";
    plan.plan.state->kind = job::CopyJob{};
    plan.strategy = config::SwapStrategy::copy;
    plan.plan.findings = {{job::Finding::Level::ok, "index i", "is preserved", {}, ExitCode::ok},
                          {job::Finding::Level::note, "role", "sees little", {}, ExitCode::ok}};
    plan.estimate.rows = 12'345;
    plan.estimate.bytes = 4'000'000;
    plan.estimate.load_seconds = 1.5;
    plan.estimate.index_seconds = 0.5;
    plan.estimate.disk_bytes = 3 << 20;
    Unit unit;
    unit.lock_first = {{{"public", "lines"}, LockMode::share_row_exclusive}, {orders, LockMode::share}};
    plan.plan.units = {unit};
    unit.lock_first = {{orders, LockMode::access_exclusive}};
    plan.plan.units.push_back(unit);
    CHECK(view::swap_plan_text(plan) ==
          "swap of public.orders, strategy copy\n"
          "  what     partitions of 1 month by at\n"
          "           rows are copied; the old table is kept as public.orders_before\n"
          "  table    about 12,345 rows, 3.8 MB with indexes\n"
          "  refused  nothing\n"
          "  locks    ACCESS EXCLUSIVE on public.orders\n"
          "           SHARE ROW EXCLUSIVE on public.lines\n"
          "           in 2 short transactions; each waits 100ms at most, and holds them 1s at most\n"
          "  time     about 2 s of work with one worker that never pauses\n"
          "  disk     about 3 MB more, and as much again for WAL\n"
          "\nnote   role: sees little\n"
          "\nok     index i: is preserved\n");
}

TEST_CASE("a plan for people and as a document, and of a table that needs none") {
    app::SwapPlan plan;
    plan.table = orders;
    plan.strategy = config::SwapStrategy::copy;
    plan.key = "at";
    plan.interval = "1 month";
    plan.plan.findings.push_back({job::Finding::Level::refuse, "trigger t", "would fire twice", "drop it", {}});
    plan.estimate.bytes = 8192;
    Unit unit;
    unit.name = "build an index";
    unit.transaction = Transaction::none;
    unit.lock_first.push_back({orders, LockMode::share});
    unit.steps.push_back({});
    unit.steps.back().sql = "CREATE INDEX";
    unit.steps.back().why = "for the keys";
    unit.steps.back().locks.push_back({orders, LockMode::share});
    plan.plan.units.push_back(unit);
    unit.name = "ready";
    unit.steps.back().sql = "UPDATE tripmig.jobs";
    unit.steps.back().is_bookkeeping = true;
    plan.plan.units.push_back(unit);
    const std::string summary =
        "swap of public.orders, strategy copy\n"
        "  what     partitions of 1 month by at\n"
        "  table    8 kB with indexes\n"
        "  refused  1 finding, listed first below\n"
        "  locks    not known while something is refused\n"
        "  time     not known while something is refused\n"
        "  disk     not known while something is refused\n";
    CHECK(view::swap_plan_text(plan) == summary + "\nrefuse trigger t: would fire twice\n       hint: drop it\n");
    const std::string sql = view::swap_plan_sql(plan);
    CHECK(sql.find("-- swap of public.orders, strategy copy\n--   what ") == 0);
    CHECK(contains(sql,
                   "\n--\n-- refuse trigger t: would fire twice\n--        hint: drop it\n"
                   "\n-- build an index (outside of a transaction)\n--   locks first: SHARE on public.orders\n"
                   "--   for the keys [SHARE on public.orders]\nCREATE INDEX;\n"));
    CHECK_FALSE(contains(sql, "ready"));
    CHECK_FALSE(contains(sql, "tripmig.jobs"));
    const json document = view::swap_plan_json(plan);
    CHECK(document["cut"].is_null());
    CHECK(document["estimate"]["load_seconds"].is_null());
    CHECK(document["units"][0]["transaction"] == false);
    CHECK(document["units"][0]["lock_first"] == json::array({{{"relation", "public.orders"}, {"mode", "SHARE"}}}));
    plan.is_partitioned = true;
    CHECK(view::swap_plan_text(plan) == "public.orders is partitioned already: nothing to do\n");
    CHECK(view::swap_plan_json(plan)["stage"] == "partitioned");
}
