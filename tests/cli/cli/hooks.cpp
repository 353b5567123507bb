// [hooks]: who is told before and after a change, and what a failure does.
#include <sstream>

#include "cli/swap/fixture.hpp"
#include "support/migration_project.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

/// What the hooks wrote, a document a line.
std::vector<json> events(const TemporaryFolder& folder, const std::string& file = "events") {
    std::vector<json> found;
    std::istringstream lines(std::filesystem::exists(folder.path() / file) ? folder.read(file) : "");
    for (std::string line; std::getline(lines, line);)
        found.push_back(json::parse(line));
    return found;
}

std::string told(const std::vector<json>& events) {
    std::string text;
    for (const json& event : events)
        text +=
            (text.empty() ? "" : ", ") + event["event"].get<std::string>() + " " + event["command"].get<std::string>();
    return text;
}

constexpr const char* both = "[hooks]\nbefore = \"cat >>events\"\nafter = \"cat >>events\"\n";

/// Answers each POST with that status, and writes its body into `events`; its URL.
constexpr const char* http_server = R"(
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        open('events', 'ab').write(body + b'\n')
        self.send_response(500 if self.path.startswith('/bad') else 204)
        self.end_headers()
    def log_message(self, *arguments): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
print('port', server.server_port, 'end', flush=True)
server.serve_forever()
)";

}  // namespace

TEST_CASE("up: a program gets the event on its stdin, before and after, and nothing when nothing is pending") {
    const MigrationProject project;
    project.folder.write("tripmig.toml", both);
    project.write("V1__a.sql", "create table a (b int);");
    project.succeed({"up"});
    project.succeed({"up"});
    const std::vector<json> found = events(project.folder);
    REQUIRE(told(found) == "before up, after up");
    CHECK(found[0]["migrations"] == json::array({"V1__a.sql"}));
    CHECK(found[1]["migrations"] == json::array({"V1__a.sql"}));
    CHECK(found[1]["exit_code"] == 0);
    CHECK(found[1]["message"].is_null());
    project.write("V2__b.sql", "select 1 / 0;");
    project.fail({"up"}, 7, "division by zero");
    CHECK(events(project.folder).back()["exit_code"] == 7);
    CHECK(events(project.folder).back()["migrations"].empty());
}

TEST_CASE("a before-hook that fails stops the run: by its exit code, and by its time") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.folder.write("tripmig.toml",
                         "[hooks]\nbefore = \"echo it is friday >&2; exit 3\"\nafter = \"cat >>events\"\n");
    project.fail({"up"}, 12, "the hook `before` failed with exit code 3: it is friday: nothing was done");
    CHECK(project.history().empty());
    CHECK(events(project.folder).empty());  // what did not begin has no end
    CHECK(project.database.scalar("SELECT exit_code FROM tripmig.audit") == "12");
    project.folder.write("tripmig.toml", "[hooks]\nbefore = \"sleep 60\"\ntimeout = \"200ms\"\n");
    project.fail({"up"}, 12, "the hook `before` did not end within 200ms, and was ended");
    CHECK(project.history().empty());
}

TEST_CASE("an after-hook is tried again, and its failure undoes nothing") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (b int);");
    project.folder.write("tripmig.toml", "[hooks]\nafter = \"cat >>events; test $(wc -l <events) -ge 2\"\n");
    project.succeed({"up"});
    CHECK(events(project.folder).size() == 2);
    project.folder.write("tripmig.toml", "[hooks]\nafter = \"cat >>tries; exit 1\"\nattempts = 2\n");
    project.write("V2__b.sql", "create table b (b int);");
    const CommandResult result = project.run({"up"});
    CHECK(result.exit_code == 0);
    CHECK_MESSAGE(contains(result.err, "the hook `after` failed with exit code 1; what was done stays done"),
                  result.err);
    CHECK(events(project.folder, "tries").size() == 2);
    CHECK(project.history() == "1 V,2 V");
}

TEST_CASE("a URL gets a POST; what is not 2xx is a failure") {
    const MigrationProject project;
    BackgroundCommand server({"python3", "-c", http_server}, project.surroundings());
    server.wait_for_text(" end");
    const std::string out = server.out();
    const std::string url = "http://127.0.0.1:" + out.substr(5, out.find(" end") - 5);
    project.write("V1__a.sql", "create table a (b int);");
    project.folder.write("tripmig.toml", "[hooks]\nbefore = \"" + url + "/bad?token=t0ken\"\n");
    const CommandResult refused = project.run({"up"});
    CHECK_MESSAGE(refused.exit_code == 12, refused.err);
    CHECK_FALSE(contains(refused.err, "t0ken"));
    project.folder.write("tripmig.toml", "[hooks]\nbefore = \"" + url + "/good\"\nafter = \"" + url + "/good\"\n");
    project.succeed({"up"});
    CHECK(told(events(project.folder)) == "before up, before up, after up");
    server.kill(15);
}

TEST_CASE("no password and no placeholder's value is in an event") {
    const MigrationProject project;
    project.folder.write("tripmig.toml", std::string(both) + "[migrations.placeholders]\nsecret = \"Hidden-4711\"\n");
    project.write("V1__a.sql", "do $$ begin raise exception 'it was ${secret}'; end $$;");
    const std::string url = project.database.url();
    const CommandResult result = run_tripmig(
        {"up", "--url", url + (contains(url, "?") ? "&" : "?") + "password=Hidden-4712"}, project.surroundings());
    CHECK(result.exit_code == 7);
    CHECK(events(project.folder).size() == 2);
    CHECK_FALSE(contains(project.folder.read("events"), "Hidden-47"));
}

TEST_CASE("partition maintain and each stage of a swap are told, and each stage is measured") {
    const SwapFixture fixture;
    fixture.database.exec(orders_and_lines);
    fixture.folder.write("tripmig.toml", std::string("[swap]\ncutover_deadline = \"20s\"\n") + both);
    const CommandResult result = fixture.tripmig({"swap", "run", "orders"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    const std::vector<json> found = events(fixture.folder);
    REQUIRE(found.size() >= 4);
    REQUIRE(found.size() % 2 == 0);
    for (std::size_t i = 0; i < found.size(); i += 2) {
        CHECK(found[i]["event"] == "before");
        CHECK(found[i + 1]["event"] == "after");
        CHECK(found[i]["table"] == "public.orders");
        CHECK(found[i]["stage"] == found[i + 1]["stage"]);
        const bool is_last = i + 2 == found.size();  // work in the last stage leads to no other one
        CHECK((is_last || found[i + 1]["reached"] != found[i + 1]["stage"]));
    }
    CHECK(found.back()["reached"] == "complete");
    CHECK(fixture.database.scalar("SELECT bytes > 0 AND rows > 0 AND job_wait_ms >= 0 AND job_backlog >= 0 "
                                  "FROM tripmig.measurements WHERE table_name = 'orders' ORDER BY hour DESC LIMIT 1") ==
          "t");
    CHECK(fixture.tripmig({"partition", "maintain"}).exit_code == 0);
    CHECK(events(fixture.folder).back()["command"] == "partition maintain");
    CHECK(events(fixture.folder).back()["exit_code"] == 0);
}

TEST_CASE("a before-hook stops a job between two stages, and the job resumes there") {
    const SwapFixture fixture;
    fixture.database.exec(orders_and_lines);
    fixture.folder.write(
        "tripmig.toml",
        "[swap]\ncutover_deadline = \"20s\"\n[hooks]\nbefore = \"grep -qv '\\\"stage\\\":\\\"ready\\\"'\"\n");
    const CommandResult stopped = fixture.tripmig({"swap", "run", "orders"});
    CHECK_MESSAGE(stopped.exit_code == 12, stopped.err);
    CHECK(fixture.swap({"status", "orders"})["stage"] == "ready");
    fixture.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"20s\"\n");
    CHECK(fixture.tripmig({"swap", "run", "orders"}).exit_code == 0);
    CHECK(fixture.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "p");
}
