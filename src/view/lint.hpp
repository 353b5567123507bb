#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lint/linter.hpp"

namespace tripmig::view {

/// How many findings count, and how many an ignore covers.
struct LintCount {
    std::size_t errors = 0;
    std::size_t warnings = 0;
    std::size_t notes = 0;
    std::size_t ignored = 0;
};

LintCount count_findings(const std::vector<lint::LintedFile>& files);

/// "SHARE on orders, ACCESS SHARE on users; rewrites orders": what a statement takes and touches.
std::string effects_text(const lint::Effects& effects);

/// The findings for people: file:line:column, the line, a caret, what to do.
std::string findings_text(const std::vector<lint::LintedFile>& files);
/// Every statement: where, kind, transactional or not, locks.
std::string statements_text(const std::vector<lint::LintedFile>& files);
/// Workflow commands, one a line, that GitHub shows beside the changed lines.
std::string github_text(const std::vector<lint::LintedFile>& files);
nlohmann::ordered_json lint_json(const std::vector<lint::LintedFile>& files);

}  // namespace tripmig::view
