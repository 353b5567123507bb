#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tripmig::view {

/// The names of the pages of docs/ that the program carries: "migrations", "exit-codes".
std::vector<std::string> page_names();

/// One of them, as it is in docs/; empty: there is none of that name.
std::string_view page(std::string_view name);

/// What the pages say of a code: an exit code ("11"), a lint rule ("set-not-null") or a check of `doctor`
/// ("health.old_transactions"). Empty: no page has it.
std::string explain(std::string_view code);

// The same for programs.
nlohmann::json page_json(std::string_view name);
nlohmann::json explanation_json(std::string_view code, std::string_view text);

/// Every code that explain() knows.
std::vector<std::string> explained_codes();

}  // namespace tripmig::view
