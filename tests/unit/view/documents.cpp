#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "base/step.hpp"
#include "view/error_json.hpp"
#include "view/json_text.hpp"
#include "view/json_values.hpp"
#include "view/plan.hpp"

using namespace tripmig;
using nlohmann::json;

TEST_CASE("an error has one form, with null for what there is none of") {
    Error error(ExitCode::refused, "no", "do this");
    error.with_sqlstate("42501").with_detail("why").at({"V1__a.sql", 3, 7, "DROP TABLE a"});
    CHECK(view::error_json(error) == json::parse(R"({"code": 12, "message": "no", "hint": "do this",
        "sqlstate": "42501", "detail": "why", "position": {"file": "V1__a.sql", "line": 3, "column": 7}})"));
    const json bare = view::error_json(Error(ExitCode::unexpected, "oops"));
    for (const char* key : {"hint", "sqlstate", "detail", "position"})
        CHECK_MESSAGE(bare.at(key).is_null(), key);
    CHECK(view::errors_json({}) == json::array());
}

TEST_CASE("a table's name is spelled as a statement needs it") {
    CHECK(view::name_json({"public", "orders"}) == "public.orders");
    CHECK(view::name_json({"public", "Order.Lines"}) == "public.\"Order.Lines\"");
}

TEST_CASE("a time is RFC 3339 in UTC, whatever it was kept as") {
    CHECK(view::time_json(parse_timestamp("2024-02-29").value()) == "2024-02-29T00:00:00Z");
    CHECK(view::time_json(std::string("2024-02-29 12:30:00")) == "2024-02-29T12:30:00Z");
    CHECK(view::time_json(std::string("2024-02-29 12:30:00+02")) == "2024-02-29T10:30:00Z");
    CHECK(view::time_json(std::string()).is_null());
    CHECK(view::time_json(std::optional<std::string>()).is_null());
}

TEST_CASE("a document is written whatever bytes are in it") {
    const Error error(ExitCode::refused, "there is no table caf\xE9");
    const std::string text = view::json_text(json{{"error", view::error_json(error)}});
    CHECK(json::parse(text)["error"]["message"] == "there is no table caf\xEF\xBF\xBD");
    nlohmann::ordered_json ordered{{"name\xFF", "\xC3"}};
    CHECK(json::accept(view::json_text(ordered, -1)));
    CHECK(view::json_text(ordered, -1).find('\n') == std::string::npos);
}

TEST_CASE("a plan has one form") {
    Unit unit;
    unit.name = "cut over";
    unit.lock_first.push_back({{"public", "orders"}, LockMode::access_exclusive});
    Step step;
    step.sql = "ALTER TABLE public.orders RENAME TO old";
    step.why = "makes room";
    step.locks.push_back({{"public", "orders"}, LockMode::access_exclusive});
    unit.steps.push_back(step);
    const json plan = view::plan_json({unit});
    const json lock{{"relation", "public.orders"}, {"mode", "ACCESS EXCLUSIVE"}};
    CHECK(plan == json::array({{{"name", "cut over"},
                                {"transaction", true},
                                {"before_locks", json::array()},
                                {"lock_first", {lock}},
                                {"steps",
                                 {{{"sql", step.sql}, {"why", "makes room"}, {"check", false}, {"locks", {lock}}}}}}}));
    CHECK(view::plan_text({unit}) ==
          "-- cut over\nBEGIN;\nLOCK TABLE ONLY public.orders IN ACCESS EXCLUSIVE MODE;\n"
          "-- makes room; ACCESS EXCLUSIVE on public.orders\nALTER TABLE public.orders RENAME TO old;\nCOMMIT;\n");
}
