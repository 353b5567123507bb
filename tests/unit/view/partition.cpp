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

/// One policy's table with one partition, a row in DEFAULT that belongs elsewhere, and a day left.
app::PartitionStatus partition_status() {
    partition::TableStatus table;
    table.table = {"public", latin1_name};
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
    CHECK(text.find("  1 row of public.orders_rest belongs in a partition of its own\n") != std::string::npos);
    CHECK(text.find("~12") != std::string::npos);
    app::PartitionStatus more = partition_status();
    more.result.tables[0].health.premake = 2;
    more.result.tables[0].days_left = 40;
    more.result.tables[0].misplaced->rows = 2;
    const std::string plural = view::partition_status_text(more);
    CHECK(plural.find("0 of 2 partitions ahead, until 2024-02-01: 40 days left\n") != std::string::npos);
    CHECK(plural.find("  2 rows of public.orders_rest belong in a partition of their own\n") != std::string::npos);
    more.result.tables.clear();
    CHECK(view::partition_status_text(more) == "no policies in partitions\n");
}

TEST_CASE("partition status as a document: times are RFC 3339, an error has its one form, any bytes are written") {
    app::PartitionStatus two = partition_status();
    partition::TableStatus broken;
    broken.table = {"public", "nothing"};
    broken.problem = Error(ExitCode::refused, "there is no table", "check the name");
    two.result.tables.push_back(broken);
    const json document = json::parse(view::json_text(view::partition_status_json(two)));
    CHECK(document["now"] == "2024-01-31T01:02:03Z");
    const json& table = document["tables"][0];
    CHECK(table["table"] == "public.\"caf\xEF\xBF\xBD\"");
    CHECK(table["partitions"][0]["last_vacuum"] == "2024-01-09T08:07:06Z");
    CHECK(table["partitions"][0]["last_analyze"].is_null());
    CHECK(table["days_left"] == 1);
    CHECK(table["error"].is_null());
    CHECK(document["tables"][1]["error"] ==
          json::parse(R"({"code": 12, "message": "there is no table", "hint": "check the name",
                          "sqlstate": null, "detail": null, "position": null})"));
}

TEST_CASE("what maintain did, as a document") {
    partition::TableOutcome outcome;
    outcome.table = {"public", "Orders"};
    outcome.key = ddl::KeyType::date;
    outcome.created.push_back(january("orders_2024_01"));
    outcome.errors.emplace_back(ExitCode::lock_deadline, "the lock did not come");
    const partition::MaintainResult result{time("2024-01-31"), {outcome}};
    const json table = view::maintain_json(result)["tables"][0];
    CHECK(table["table"] == "public.\"Orders\"");
    CHECK(table["created"] ==
          json::array({{{"partition", "public.orders_2024_01"}, {"from", "2024-01-01"}, {"to", "2024-02-01"}}}));
    CHECK(table["detached"] == json::array());
    CHECK(table["errors"][0]["code"] == 11);
    CHECK(table["errors"][0]["sqlstate"].is_null());
    CHECK(result.exit_code() == ExitCode::lock_deadline);
}

TEST_CASE("what maintain would do, as psql takes it, and as a document") {
    Unit unit;
    unit.name = "create leaf";
    unit.steps.push_back({});
    unit.steps.back().sql = "SELECT 1";
    partition::TablePreview orders;
    orders.outcome.table = {"public", "orders"};
    orders.units.push_back(unit);
    partition::TablePreview idle;
    idle.outcome.table = {"public", "idle"};
    partition::MaintainPreview preview{time("2024-01-31"), {orders, idle}};
    const std::string text = view::maintain_preview_text(preview);
    CHECK(text == "-- public.orders\n-- create leaf\nBEGIN;\nSELECT 1;\nCOMMIT;\n\n-- public.idle: nothing to do\n\n");
    CHECK(preview.exit_code() == ExitCode::ok);
    preview.tables[1].outcome.errors.emplace_back(ExitCode::refused, "no");
    CHECK(preview.exit_code() == ExitCode::partly_failed);
    const json document = view::maintain_preview_json(preview);
    CHECK(document["now"] == "2024-01-31T00:00:00Z");
    CHECK(document["tables"][0]["units"][0]["steps"][0]["sql"] == "SELECT 1");
    CHECK(document["tables"][1]["errors"][0]["message"] == "no");
}
