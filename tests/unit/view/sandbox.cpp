#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "view/json_text.hpp"
#include "view/sandbox/server.hpp"

using namespace tripmig;
using nlohmann::json;

TEST_CASE("a sandbox that runs, one that is stopped, and none") {
    app::SandboxStatus status{"/tmp/caf\xE9", std::nullopt, std::nullopt};
    CHECK(view::sandbox_status_text(status) == "no sandbox runs in /tmp/caf\xE9\n");
    json document = json::parse(view::json_text(view::sandbox_json(status)));
    CHECK(document == json{{"running", false}, {"directory", "/tmp/caf\xEF\xBF\xBD"}});
    CHECK(status.exit_code() == ExitCode::unreachable);

    sandbox::Server server;
    server.directory = "/tmp/box";
    status = {"/tmp/box", server, std::nullopt};
    CHECK(view::sandbox_status_text(status) == "no sandbox runs in /tmp/box; a stopped one is there\n");
    CHECK(view::sandbox_json(status)["running"] == false);
    CHECK(view::sandbox_json(status)["pid"].is_null());

    status.pid = 7;
    CHECK(view::sandbox_status_text(status) == "runs in /tmp/box, process 7\n" + server.url() + "\n");
    CHECK(view::sandbox_url_text(status) == server.url() + "\n");
    document = json::parse(view::json_text(view::sandbox_json(status)));
    CHECK(document["running"] == true);
    CHECK(document["pid"] == 7);
    CHECK(document["log"] == "/tmp/box/server.log");
    CHECK(status.exit_code() == ExitCode::ok);
}

TEST_CASE("a sandbox that was stopped") {
    CHECK(view::stopped_sandbox_json({"/tmp/box", true, true}).dump() ==
          R"({"running":false,"directory":"/tmp/box","stopped":true,"kept":true})");
}
