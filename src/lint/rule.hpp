#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tripmig::lint {

/// How much a finding weighs. Errors make `lint` end with exit code 4.
enum class Level { note, warning, error };

/// "note", "warning", "error".
std::string_view to_string(Level level);

/// Something that lint looks for. docs/lint.md has a section for each.
struct LintRule {
    std::string_view name;
    Level level = Level::warning;
    std::string_view summary;  ///< one line
};

/// All rules, by name.
std::span<const LintRule> lint_rules();

/// nullptr: there is none of that name.
const LintRule* find_lint_rule(std::string_view name);

/// All names, for "did you mean".
std::vector<std::string> lint_rule_names();

}  // namespace tripmig::lint
