#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "view/json_text.hpp"
#include "view/partition/maintain.hpp"
#include "view/partition/status.hpp"

using namespace tripmig;
using nlohmann::json;

namespace {

const std::string latin1_name = "caf\xE9";

Instant time(const char* text) {
    return parse_timestamp(text).value();
}

ddl::Leaf january(const std::string& name) {
    return {{"public", name},
            ddl::bounds_containing(ddl::KeyType::date, CalendarInterval{1, 0, 0}, ddl::Bound::at(time("2024-01-10")))};
}

/// One policy's table with one partition, a row in DEFAULT that should have its own, and a day left.
app::PartitionStatus partition_status() {
    partition::TableStatus table;
    table.table = {"public", latin1_name};
    table.file = "partitions/orders.toml";
    table.key = ddl::KeyType::date;
    partition::LeafStatus leaf;
    leaf.leaf = january("orders_2024_01");
    leaf.rows = 12;
    leaf.bytes = 8192;
    leaf.last_vacuum = "2024-01-09 08:07:06";
    table.leaves.push_back(leaf);
    partition::LeafStatus rest;
    rest.leaf.name = {"public", "orders_rest"};
    rest.rows = 1;
    table.default_partition = rest;
    table.misplaced = partition::DefaultRows{1, true};
    table.health.premake = 1;
    table.health.has_present = true;
    table.covered_until = ddl::Bound::at(time("2024-02-01"));
    table.days_left = 1;
    return {"partitions", {time("2024-01-31 01:02:03"), {table}}};
}

}  // namespace

TEST_CASE("partition status for people: numbers agree with their nouns") {
    const std::string text = view::partition_status_text(partition_status());
    CAPTURE(text);
    CHECK(text.find(": 0 of 1 partition ahead, until 2024-02-01: 1 day left\n") != std::string::npos);
    CHECK(text.find("  1 row of public.orders_rest belongs in another partition\n") != std::string::npos);
    CHECK(text.find("~12") != std::string::npos);
    app::PartitionStatus more = partition_status();
    partition::TableStatus& table = more.result.tables[0];
    table.health.premake = 2;
    table.days_left = 40;
    table.misplaced = partition::DefaultRows{2, false};
    const std::string plural = view::partition_status_text(more);
    CAPTURE(plural);
    CHECK(plural.find("0 of 2 partitions ahead, until 2024-02-01: 40 days left\n") != std::string::npos);
    CHECK(plural.find("  more than 2 rows of public.orders_rest belong in another partition\n") != std::string::npos);
    more.result.tables.clear();
    CHECK(view::partition_status_text(more) == "no policies in partitions\n");
}

TEST_CASE("partition status as a document: times are RFC 3339, an error has its one form, any bytes are written") {
    app::PartitionStatus three = partition_status();
    partition::TableStatus broken;
    broken.table = {"public", "nothing"};
    broken.problem = Error(ExitCode::refused, "there is no table", "check the name");
    three.result.tables.push_back(broken);
    partition::TableStatus unreadable;
    unreadable.file = "partitions/broken.toml";
    unreadable.problem = Error(ExitCode::usage, "it can't be read");
    three.result.tables.push_back(unreadable);
    CHECK_FALSE(three.is_well());
    const json document = json::parse(view::json_text(view::partition_status_json(three)));
    CHECK(document["now"] == "2024-01-31T01:02:03Z");
    const json& table = document["tables"][0];
    CHECK(table["table"] == "public.\"caf\xEF\xBF\xBD\"");
    CHECK(table["policy"] == "partitions/orders.toml");
    CHECK(table["partitions"][0]["partition"] == "public.orders_2024_01");
    CHECK(table["partitions"][0]["from"] == "2024-01-01");
    CHECK(table["partitions"][0]["last_vacuum"] == "2024-01-09T08:07:06Z");
    CHECK(table["partitions"][0]["last_analyze"].is_null());
    CHECK(table["default_rows"] == 1);
    CHECK(table["days_left"] == 1);
    CHECK(table["error"].is_null());
    CHECK(document["tables"][1]["error"] ==
          json::parse(R"({"code": 12, "message": "there is no table", "hint": "check the name",
                          "sqlstate": null, "detail": null, "position": null})"));
    CHECK(document["tables"][2]["table"].is_null());
    CHECK(document["tables"][2]["policy"] == "partitions/broken.toml");
}

TEST_CASE("what maintain did, as a document") {
    partition::TableOutcome outcome;
    outcome.table = {"public", "Orders"};
    outcome.key = ddl::KeyType::date;
    outcome.created.push_back(january("orders_2024_01"));
    partition::Deed deed;
    deed.leaves = outcome.created;
    deed.took = std::chrono::microseconds(2500);
    deed.locks = {{outcome.table, LockMode::share_update_exclusive}};
    outcome.deeds.push_back(deed);
    outcome.errors.emplace_back(ExitCode::lock_deadline, "the lock did not come");
    const partition::MaintainResult result{time("2024-01-31"), {outcome}};
    const json document = view::maintain_json(result);
    CHECK(document["now"] == "2024-01-31T00:00:00Z");
    const json& table = document["tables"][0];
    CHECK(table["table"] == "public.\"Orders\"");
    CHECK(table["code"] == 11);
    CHECK(table["created"] ==
          json::array({{{"partition", "public.orders_2024_01"}, {"from", "2024-01-01"}, {"to", "2024-02-01"}}}));
    CHECK(table["detached"] == json::array());
    CHECK(table["done"][0]["did"] == "created");
    CHECK(table["done"][0]["took_ms"] == 2.5);
    CHECK(table["done"][0]["locks"][0]["relation"] == "public.\"Orders\"");
    CHECK(table["health"].is_null());
    CHECK(table["errors"][0]["code"] == 11);
    CHECK(table["errors"][0]["sqlstate"].is_null());
    CHECK(result.exit_code() == ExitCode::lock_deadline);
}

TEST_CASE("what maintain would do, as psql takes it, and as a document") {
    Unit unit;
    unit.name = "create partition";
    unit.steps.push_back({});
    unit.steps.back().sql = "SELECT 1";
    partition::MaintainPreview preview{time("2024-01-31"), {}};
    preview.tables.resize(2);
    preview.tables[0].outcome.table = {"public", "orders"};
    preview.tables[0].units = {unit};
    preview.tables[1].outcome.table = {"public", "idle"};
    const std::string text = view::maintain_preview_text(preview);
    CHECK(text ==
          "-- public.orders\n-- create partition\nBEGIN;\nSELECT 1;\nCOMMIT;\n\n-- public.idle: nothing to do\n\n");
    CHECK(preview.exit_code() == ExitCode::ok);
    preview.tables[1].outcome.errors.emplace_back(ExitCode::refused, "no");
    CHECK(preview.exit_code() == ExitCode::partly_failed);
    const json document = view::maintain_preview_json(preview);
    CHECK(document["now"] == "2024-01-31T00:00:00Z");
    CHECK(document["tables"][0]["units"][0]["steps"][0]["sql"] == "SELECT 1");
    CHECK(document["tables"][1]["errors"][0]["message"] == "no");
}
