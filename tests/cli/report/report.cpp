// tripmig report: one page of a real server, as a file and on stdout.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/partition/place.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

CommandResult report(const Place& place, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "report");
    return run_tripmig(arguments, place.surroundings());
}

void prepare(const Place& place) {
    place.folder.write("migrations/V1__orders.sql", make_orders);
    place.folder.write("migrations/V2__later.sql", "CREATE TABLE later ();");
    place.policy("orders", "orders", "[retention]\nkeep = \"12 months\"\n");
    REQUIRE(run_tripmig({"up", "--to", "1"}, place.surroundings()).exit_code == 0);
    REQUIRE(place.run({"maintain"}).exit_code == 0);
}

}  // namespace

TEST_CASE("a page of a server: migrations with locks, partitions, doctor's findings, no job") {
    const Place place;
    prepare(place);
    const CommandResult written = report(place, {"--html", "report.html"});
    REQUIRE_MESSAGE(written.exit_code == 0, written.err);
    CHECK(written.out.empty());
    CHECK(has(written.err, "wrote report.html"));
    const std::string page = place.folder.read("report.html");
    for (const char* text : {"<html lang=\"en\">", "1 pending", "Ahead: 2 of 2", "public.orders", "none open",
                             "There has been no swap", "dbname="})
        CHECK_MESSAGE(has(page, text), text);
    const CommandResult korean = report(place, {"--html", "-", "--lang", "ko", "--quiet"});
    CHECK(korean.exit_code == 0);
    CHECK(has(korean.out, "대기 1건"));
    CHECK(korean.out.substr(0, 15) == "<!DOCTYPE html>");
}

TEST_CASE("its document has every section") {
    const Place place;
    prepare(place);
    const CommandResult result = report(place, {"--json"});
    REQUIRE_MESSAGE(result.exit_code == 0, result.err);
    const json document = json::parse(result.out);
    CHECK(document["up"] == true);
    CHECK(document["migrations"]["pending"] == 1);
    CHECK(document["partitions"]["tables"][0]["ahead"] == 2);
    CHECK(document["jobs"] == json::array());
    CHECK(document["doctor"]["checks"].size() > 40);
    for (const char* section : {"migrations", "partitions", "jobs", "doctor"})
        CHECK_MESSAGE(document["errors"][section].is_null(), section);
}

TEST_CASE("hostile names are text; a table without its policy's column is a problem of that table alone") {
    const Place place;
    prepare(place);
    place.database.exec(
        "CREATE TABLE \"<script>alert(1)</script>\" (at timestamptz) PARTITION BY RANGE (at);"
        "CREATE TABLE \"</script><b\" PARTITION OF \"<script>alert(1)</script>\" FOR VALUES FROM "
        "(MINVALUE) TO (MAXVALUE)");
    place.write_policy("hostile", "table = '\"<script>alert(1)</script>\"'\nkey = \"at\"\ninterval = \"1 month\"\n");
    place.policy("wrong", "nowhere");
    const CommandResult result = report(place, {"--html", "-"});
    REQUIRE_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(has(result.out, "<script"));
    CHECK(has(result.out, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    CHECK(has(result.out, "nowhere"));
}

TEST_CASE("a job that is open, and one that has ended, are in it") {
    const Place place;
    prepare(place);
    place.database.exec(
        "CREATE TABLE plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL);"
        "INSERT INTO plain (at) SELECT now() - g * interval '1 hour' FROM generate_series(1, 500) AS g");
    place.policy("plain", "plain");
    REQUIRE(run_tripmig({"swap", "run", "plain", "--until", "ready"}, place.surroundings()).exit_code == 0);
    CommandResult result = report(place, {"--html", "-"});
    CHECK(has(result.out, "1 open"));
    CHECK(has(result.out, "tripmig swap run public.plain"));
    REQUIRE(run_tripmig({"swap", "run", "plain"}, place.surroundings()).exit_code == 0);
    REQUIRE(run_tripmig({"swap", "finish", "plain", "--yes"}, place.surroundings()).exit_code == 0);
    result = report(place, {"--json"});
    const json job = json::parse(result.out)["jobs"][0];
    CHECK(job["table"] == "public.plain");
    CHECK(job["open"] == false);
    CHECK(job["stage"] == "finished");
    CHECK(job["ended_at"].is_string());
    CHECK(job["lock_held_ms"] > 0);
}

TEST_CASE("without a state, a folder of migrations or a server") {
    const Place place;
    std::filesystem::remove_all(place.folder.path() / "partitions");
    const CommandResult bare = report(place, {"--html", "-"});
    CHECK(bare.exit_code == 0);
    CHECK(has(bare.out, "could not be read"));  // there is no directory of migrations
    CHECK(has(bare.out, "no policies"));
    CHECK(report(place, {"--html", "a.html", "--url", "postgresql://nobody@127.0.0.1:1/x"}).exit_code == 6);
    CHECK_FALSE(std::filesystem::exists(place.folder.path() / "a.html"));
    CHECK(report(place, {}).exit_code == 2);
    CHECK(report(place, {"--html", "-", "--json"}).exit_code == 2);
    CHECK(report(place, {"--html", "x", "--lang", "fr"}).exit_code == 2);
    const CommandResult nowhere = report(place, {"--html", "no/such/folder/x.html"});
    CHECK(nowhere.exit_code == 12);
    CHECK(has(nowhere.err, "no/such/folder/x.html"));
}
