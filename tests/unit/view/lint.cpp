#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "contains.hpp"
#include "view/json_text.hpp"
#include "view/migrate/lint.hpp"
#include "view/migrate/rehearsal.hpp"

using namespace tripmig;
using nlohmann::json;
using test::contains;

namespace {

/// An error and an ignored one in one statement of a file whose name is LATIN1.
app::LintResult linted() {
    lint::LintedStatement statement;
    statement.text = "DROP TABLE a";
    statement.position = {"V1__caf\xE9.sql", 3, 1, "DROP TABLE a"};
    lint::LintFinding finding;
    finding.rule = &lint::lint_rules().front();
    finding.level = lint::Level::error;
    finding.message = "it is gone, for good";
    finding.hint = "keep it";
    finding.position = statement.position;
    statement.findings.push_back(finding);
    finding.ignored = "nobody reads it";
    statement.findings.push_back(finding);
    statement.effects.lock("a", LockMode::access_exclusive);
    lint::LintedFile file;
    file.file = "V1__caf\xE9.sql";
    file.statements.push_back(statement);
    app::LintResult result;
    result.files.push_back(file);
    return result;
}

}  // namespace

TEST_CASE("lint counts what counts, and the numbers agree with their nouns") {
    app::LintResult result = linted();
    CHECK(view::lint_summary(result) == "1 file: 1 error, 0 warnings, 0 notes, 1 ignored");
    CHECK(result.exit_code() == ExitCode::disagreement);
    result.files[0].statements[0].findings[0].level = lint::Level::warning;
    result.files.push_back({});
    CHECK(view::lint_summary(result) == "2 files: 0 errors, 1 warning, 0 notes, 1 ignored");
    CHECK(result.exit_code() == ExitCode::ok);
}

TEST_CASE("lint for people, for GitHub and for programs") {
    const app::LintResult result = linted();
    const std::string text = view::lint_text(result);
    CHECK(contains(text, "V1__caf\xE9.sql:3:1: error: it is gone, for good"));
    CHECK_FALSE(contains(text, "ACCESS EXCLUSIVE"));
    const std::string statements = view::lint_statements_text(result);
    CHECK(contains(statements, "ACCESS EXCLUSIVE on a"));
    CHECK(contains(statements, text));
    CHECK(contains(view::lint_github_text(result), "::error file=V1__caf\xE9.sql,line=3,col=1,title="));
    const json document = json::parse(view::json_text(view::lint_json(result)));
    CHECK(document["errors"] == 1);
    CHECK(document["ignored"] == 1);
    CHECK(document["files"][0]["file"] == "V1__caf\xEF\xBF\xBD.sql");
    CHECK(document["files"][0]["statements"][0]["locks"][0]["mode"] == "ACCESS EXCLUSIVE");
    CHECK(document["files"][0]["statements"][0]["findings"][1]["ignored"] == "nobody reads it");
}

TEST_CASE("a rehearsal: whom a statement would block, and what the way back leaves") {
    app::RehearsalResult result;
    CHECK(view::rehearsal_text(result) == "no statement would block anybody\n");
    migrate::SeenStatement seen;
    seen.where = "V1__a.sql:1";
    seen.sql = "ALTER TABLE caf\xE9";
    seen.locks = {{"a", LockMode::access_exclusive}, {"b", LockMode::share}};
    seen.rewritten = {"a"};
    result.files.push_back({"V1__a.sql", "up", std::chrono::milliseconds(12), {seen}, {}});
    CHECK(result.exit_code() == ExitCode::ok);
    CHECK(view::rehearsal_summary(result) == "ran 1 file, 0 of them undos; 0 left a different schema than expected");
    result.files.push_back({"U1__a.sql", "down", std::chrono::milliseconds(3), {}, {"+ table caf\xE9"}});
    CHECK(result.exit_code() == ExitCode::verification_difference);
    CHECK(view::rehearsal_summary(result) == "ran 2 files, 1 of them an undo; 1 left a different schema than expected");
    const std::string text = view::rehearsal_text(result);
    CHECK(contains(text, "readers and writers of a; writers of b"));
    CHECK(contains(text, "U1__a.sql (down): + table caf\xE9\n"));
    const json document = json::parse(view::json_text(view::rehearsal_json(result)));
    CHECK(document["files"][0]["duration_ms"] == 12);
    CHECK(document["files"][0]["statements"][0]["blocks_writers_of"] == json{"b"});
    CHECK(document["files"][1]["differences"][0] == "+ table caf\xEF\xBF\xBD");
}
