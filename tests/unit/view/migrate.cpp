#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "view/json_text.hpp"
#include "view/migrate/dry_run.hpp"
#include "view/migrate/files.hpp"
#include "view/migrate/history.hpp"
#include "view/migrate/run.hpp"
#include "view/migrate/status.hpp"

using namespace tripmig;
using nlohmann::json;

namespace {

const std::string latin1_file = "V1__caf\xE9.sql";
const std::string shown_file = "V1__caf\xEF\xBF\xBD.sql";

migrate::AppliedFile applied() {
    migrate::AppliedFile file;
    file.file = latin1_file;
    file.version = "1";
    file.description = "first";
    file.statements = 2;
    file.duration = std::chrono::milliseconds(15);
    return file;
}

migrate::HalfWay half_way() {
    migrate::HalfWay stopped;
    stopped.file = "V2__b.sql";
    stopped.next = 2;
    stopped.total = 4;
    stopped.line = 7;
    return stopped;
}

/// One applied migration, one that stopped half way, and a finding.
app::StatusResult migration_status() {
    app::StatusResult result;
    result.database = "db on host";
    result.directory = "migrations";
    result.version = "1";
    result.pending = 1;
    app::MigrationStatus first;
    first.version = "1";
    first.description = "first";
    first.state = "applied";
    first.file = latin1_file;
    first.applied_at = parse_timestamp("2026-01-31 03:00:00").value();
    first.duration_ms = 15;
    app::MigrationStatus second;
    second.version = "2";
    second.state = "stopped at 2/4";
    second.file = "V2__b.sql";
    second.half_way = half_way();
    result.migrations = {first, second};
    result.findings.push_back({migrate::Finding::Kind::half_way, true, "V2__b.sql", "it stopped", "run up"});
    return result;
}

app::PendingFile pending(bool is_transactional = true) {
    app::PendingFile file;
    file.file = "V3__c.sql";
    file.version = "3";
    file.description = "c";
    file.is_transactional = is_transactional;
    file.units.push_back({is_transactional, "", {{"V3__c.sql", 1, "SELECT 1\nFROM a", "", std::nullopt}}});
    return file;
}

json written(const json& document) {
    return json::parse(view::json_text(document));
}

}  // namespace

TEST_CASE("status as a document: what is not known is null, a duration a number, a time RFC 3339") {
    const app::StatusResult result = migration_status();
    const json document = written(view::status_json(result));
    CHECK(document["version"] == "1");
    CHECK(document["pending"] == 1);
    CHECK(document["migrations"][0] == json::parse(R"({"version": "1", "description": "first", "state": "applied",
        "applied_at": "2026-01-31T03:00:00Z", "duration_ms": 15, "stopped_at": null, "file": ")" +
                                                   shown_file + "\"}"));
    CHECK(document["migrations"][1]["applied_at"].is_null());
    CHECK(document["migrations"][1]["duration_ms"].is_null());
    CHECK(document["migrations"][1]["stopped_at"] == json{{"statement", 2}, {"of", 4}, {"line", 7}});
    CHECK(document["findings"][0]["error"] == true);
    CHECK_FALSE(document["migrations"][0].contains("locks"));
}

TEST_CASE("status tells by its exit code") {
    app::StatusResult result = migration_status();
    CHECK(result.exit_code() == ExitCode::disagreement);
    result.findings[0].is_error = false;
    CHECK(result.exit_code() == ExitCode::pending);
    result.pending = 0;
    CHECK(result.exit_code() == ExitCode::ok);
}

TEST_CASE("status for people") {
    const std::string text = view::status_text(migration_status());
    CAPTURE(text);
    CHECK(text.find("2026-01-31 03:00:00") != std::string::npos);
    CHECK(text.find("\ndb on host (migrations): at version 1, 1 pending\nerror: it stopped\n  hint: run up\n") !=
          std::string::npos);
    CHECK(text.find("at work") == std::string::npos);
    CHECK(view::status_json(migration_status())["running"].is_null());
    app::StatusResult busy = migration_status();
    busy.running = "tripmig up (pid 7)";
    CHECK(view::status_text(busy).find("1 pending\nat work: tripmig up (pid 7)\nerror: ") != std::string::npos);
    CHECK(view::status_json(busy)["running"] == "tripmig up (pid 7)");
    busy.running.clear();
    busy.maintaining = "tripmig partition maintain (pid 8)";
    busy.jobs = {{{1, "swap", {"public", "orders"}, "capturing", {}}, "tripmig swap (pid 9)"},
                 {{2, "split", {"public", "old"}, "ready", {}}, ""}};
    CHECK(view::status_text(busy).find("1 pending\nat work: tripmig partition maintain (pid 8)\n"
                                       "swap of public.orders: capturing, at work: tripmig swap (pid 9)\n"
                                       "  hint: tripmig swap status public.orders\n"
                                       "split of public.old: ready, no process works on it\n") != std::string::npos);
    CHECK(view::status_json(busy)["jobs"][0]["worker"] == "tripmig swap (pid 9)");
    CHECK(view::status_json(busy)["jobs"][1]["worker"].is_null());
    app::StatusResult empty;
    CHECK(view::status_text(empty).find("no version yet, 0 pending") != std::string::npos);
}

TEST_CASE("status --locks: of applied migrations alone, as LOCK spells the modes") {
    app::StatusResult result = migration_status();
    result.migrations[0].locks = db::MigrationLocks{20, {{"public.a", "AccessExclusiveLock"}, {"b", "ShareLock"}}};
    const json document = view::status_json(result);
    CHECK(document["migrations"][0]["locks"] == json::parse(R"({"held_ms": 20, "relations": [
        {"relation": "public.a", "mode": "ACCESS EXCLUSIVE"}, {"relation": "b", "mode": "SHARE"}]})"));
    CHECK_FALSE(document["migrations"][1].contains("locks"));
    std::string text = view::status_locks_text(result);
    CHECK_MESSAGE(text.find("ACCESS EXCLUSIVE on public.a") != std::string::npos, text);
    CHECK(text.find("stopped") == std::string::npos);
    result.migrations[0].locks = db::MigrationLocks{};
    text = view::status_locks_text(result);
    CHECK_MESSAGE(text.find("none that block others") != std::string::npos, text);
    CHECK(view::status_json(result)["migrations"][0]["locks"]["held_ms"].is_null());
}

TEST_CASE("what up, down and redo did") {
    const json up = written(view::up_json({{applied()}, "1"}));
    CHECK(up == json::parse(R"({"version": "1", "applied": [{"version": "1", "description": "first", "statements": 2,
                                "attempts": 1, "duration_ms": 15, "file": ")" +
                            shown_file + "\"}]}"));
    CHECK(view::up_json({}) == json{{"applied", json::array()}, {"version", ""}});
    CHECK(written(view::down_json({{applied()}, ""})) ==
          json{{"version", ""}, {"undone", {{{"file", shown_file}, {"version", "1"}}}}});
    const json redo = view::redo_json({"1", applied(), applied()});
    CHECK(redo["ran"].size() == 2);
    CHECK(redo["ran"][0]["direction"] == "down");
    CHECK(redo["ran"][1]["direction"] == "up");
    CHECK(redo["ran"][1]["duration_ms"] == 15);
}

TEST_CASE("what became of each target") {
    app::TargetsResult result;
    result.targets.resize(4);
    const char* const names[] = {"done", "same", "broken", "idle"};
    for (std::size_t i = 0; i < 4; ++i) {
        result.targets[i].name = names[i];
        result.targets[i].was_started = i < 3;
    }
    CHECK(result.exit_code() == ExitCode::ok);
    result.targets[0].result = {{applied(), applied()}, "2"};
    result.targets[2].failure = Error(ExitCode::migration_failed, "no such table");
    CHECK(result.exit_code() == ExitCode::partly_failed);
    const json targets = view::targets_json(result)["targets"];
    CHECK(targets[0]["result"] == "applied");
    CHECK(targets[1]["result"] == "up to date");
    CHECK(targets[2]["result"] == "failed");
    CHECK(targets[2]["error"]["code"] == 7);
    CHECK(targets[3]["result"] == "not started");
    CHECK_FALSE(targets[0].contains("error"));
    const std::string text = view::targets_text(result);
    CHECK_MESSAGE(text.find("2 applied") != std::string::npos, text);
    CHECK_MESSAGE(text.find("exit code 7: no such table") != std::string::npos, text);

    result.targets[0].preview.pending.push_back(pending());
    CHECK(view::targets_dry_run_text(result) ==
          "target done\nV3__c.sql  (one transaction)\n  V3__c.sql:1  SELECT 1 ...\n\ntarget same\nnothing pending\n\n"
          "target broken: failed\n\ntarget idle: not started\n");
    CHECK(view::targets_dry_run_sql(result).find("-- target done\n-- V3__c.sql\nBEGIN;\n") == 0);
    const json previews = view::targets_dry_run_json(result)["targets"];
    CHECK(previews[0]["pending"].size() == 1);
    CHECK(previews[1]["pending"] == json::array());
    CHECK(previews[2]["error"]["message"] == "no such table");
    CHECK(previews[3] == json{{"name", "idle"}});
}

TEST_CASE("a dry run of a transaction, of statements one at a time and of a swap") {
    app::DryRun preview;
    CHECK(view::dry_run_text(preview) == "nothing pending\n");
    CHECK(view::dry_run_sql(preview) == "-- nothing pending\n");
    CHECK(view::dry_run_json(preview) == json{{"pending", json::array()}});

    app::PendingFile batched = pending(false);
    batched.why_not = "transaction=off";
    batched.half_way = half_way();
    batched.units[0].statements[0].batch = sql::Batch{"id", 100, std::chrono::milliseconds(50)};
    app::PendingFile swapping;
    swapping.file = "V4__d.sql";
    swapping.swap = app::PendingSwap{{"public", "Orders"}, 2, "it has 1 row"};
    preview.pending = {pending(), batched, swapping};
    preview.pending[0].units[0].modes = "ISOLATION LEVEL SERIALIZABLE";
    preview.pending[0].units[0].statements.push_back({"V3__c.sql", 9, "COPY a FROM stdin", "1\n", std::nullopt});

    const std::string text = view::dry_run_text(preview);
    CHECK(text.find("V3__c.sql  (one transaction, ISOLATION LEVEL SERIALIZABLE)\n  V3__c.sql:1  SELECT 1 ...\n"
                    "  V3__c.sql:9  COPY a FROM stdin\n") == 0);
    CHECK(text.find("(one statement at a time: transaction=off; stopped at 2/4, resumes there)\n"
                    "  V3__c.sql:1  in batches (") != std::string::npos);
    CHECK(text.find("V4__d.sql  (swap)\n  V4__d.sql:2  it has 1 row\n") != std::string::npos);

    const std::string sql = view::dry_run_sql(preview);
    CHECK(sql.find("-- V3__c.sql\nBEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1\nFROM a;\nCOPY a FROM stdin;\n1\n\\.\n"
                   "COMMIT;\n\n-- V3__c.sql, stopped at 2/4: the rest\n-- in batches: ") == 0);
    CHECK(sql.find("-- V4__d.sql\n-- it has 1 row\n\n") != std::string::npos);

    const json files = view::dry_run_json(preview)["pending"];
    CHECK(files[0]["transactional"] == true);
    CHECK(files[0]["stopped_at"].is_null());
    CHECK(files[0]["statements"][0]["transaction"] == true);
    CHECK(files[1]["stopped_at"]["statement"] == 2);
    CHECK(files[1]["statements"][0]["batch"] == json{{"by", "id"}, {"size", 100}, {"pause_ms", 50}});
    CHECK(files[2]["transactional"] == false);
    CHECK(files[2]["swap"] == json{{"table", "public.\"Orders\""}, {"outlook", "it has 1 row"}});
}

TEST_CASE("what the history commands found and did") {
    app::Validation validation{3, 1, {half_way()}, migration_status().findings};
    CHECK(validation.exit_code() == ExitCode::disagreement);
    const json document = view::validation_json(validation);
    CHECK(document["valid"] == false);
    CHECK(document["stopped"] == json::array({{{"file", "V2__b.sql"}, {"statement", 2}, {"of", 4}, {"line", 7}}}));
    CHECK(view::validation_text(validation) == "files and history agree: 3 applied, 1 pending\n");

    CHECK(view::wait_json({"3"}) == json{{"version", "3"}, {"pending", 0}});
    CHECK(view::baseline_json({"12", 2}) == json{{"version", "12"}, {"pending", 2}});
    CHECK(view::repair_json({}) == json{{"repaired", json::array()}});
    migrate::Repair repair;
    repair.version = "1";
    repair.file = latin1_file;
    CHECK(written(view::repair_json({{repair}}))["repaired"][0]["file"] == shown_file);

    app::AdoptResult adopted;
    adopted.table = {db::ForeignTool::goose, {"public", "goose_db_version"}};
    db::MigrationRecord record;
    record.kind = "adopted";
    record.version = "1";
    adopted.adoption.records.push_back(record);
    const json adoption = view::adopt_json(adopted);
    CHECK(adoption["table"] == "public.goose_db_version");
    CHECK(adoption["adopted"].size() == 1);
    CHECK(adoption["left_out"] == json::array());
}

TEST_CASE("new files and a dump, whatever bytes are in them") {
    const app::NewMigration made{{"migrations/" + latin1_file}};
    CHECK(view::new_text(made) == "migrations/" + latin1_file + "\n");
    CHECK(written(view::new_json(made))["files"][0] == "migrations/" + shown_file);

    app::DumpResult dump{"", false, "CREATE TABLE caf\xE9 ();\n"};
    CHECK(view::dump_text(dump) == dump.schema);
    const json document = written(view::dump_json(dump));
    CHECK(document["schema"] == "CREATE TABLE caf\xEF\xBF\xBD ();\n");
    CHECK(document["same"].is_null());
    dump.file = "schema.sql";
    dump.is_checked = true;
    CHECK(view::dump_text(dump).empty());
    CHECK(view::dump_json(dump)["same"] == true);
    CHECK(view::dump_json(dump)["schema"].is_null());
    CHECK(view::dump_json(dump)["bytes"] == dump.schema.size());
}
