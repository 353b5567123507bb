#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "app/migrate/lint.hpp"

namespace tripmig::view {

/// The findings for people: file:line:column, the line, a caret, what to do.
std::string lint_text(const app::LintResult& result);
/// Before them every statement: where, kind, transactional or not, locks.
std::string lint_statements_text(const app::LintResult& result);
/// Workflow commands, one a line, that GitHub shows beside the changed lines.
std::string lint_github_text(const app::LintResult& result);
nlohmann::ordered_json lint_json(const app::LintResult& result);

/// "2 files: 1 error, 0 warnings, 3 notes".
std::string lint_summary(const app::LintResult& result);

}  // namespace tripmig::view
