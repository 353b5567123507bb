#include "view/partition/policies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/partition/deeds.hpp"
#include "base/counted.hpp"
#include "view/error_json.hpp"
#include "view/json_values.hpp"

namespace tripmig::view {

namespace {

nlohmann::json policy_json(const app::NewPolicy& policy, bool is_written) {
    return {{"table", name_json(policy.table)},
            {"policy", policy.file.string()},
            {"written", is_written},
            {"text", policy.text},
            {"notes", policy.notes}};
}

nlohmann::json adopted_json(const app::AdoptedTable& table) {
    nlohmann::json entry{{"table", name_json(table.table)},
                         {"policy", text_or_null(table.former.string())},
                         {"written", false},
                         {"text", nullptr},
                         {"notes", nlohmann::json::array()}};
    if (table.policy)
        entry = policy_json(*table.policy, table.is_written);
    entry["taken_over"] = table.is_taken_over;
    entry["error"] = table.error ? error_json(*table.error) : nlohmann::json();
    return entry;
}

std::string indented(const std::string& text) {
    std::string lines = "  ";
    for (const char c : text)
        lines += c == '\n' ? std::string("\n  ") : std::string(1, c);
    return lines + '\n';
}

}  // namespace

std::string init_text(const app::InitResult& result) {
    return result.is_written ? std::string() : result.policy.text;
}

nlohmann::json init_json(const app::InitResult& result) {
    return policy_json(result.policy, result.is_written);
}

std::string partition_adopt_text(const app::AdoptPartitionsResult& result) {
    std::string text;
    for (const app::AdoptedTable& table : result.tables)
        if (table.policy && !table.is_written && !table.error)
            text += fmt::format("# {}\n{}\n", table.policy->file.string(), table.policy->text);
    return text;
}

nlohmann::json partition_adopt_json(const app::AdoptPartitionsResult& result) {
    nlohmann::json document{{"schema", result.schema}, {"tables", nlohmann::json::array()}};
    for (const app::AdoptedTable& table : result.tables)
        document["tables"].push_back(adopted_json(table));
    return document;
}

std::string policy_checks_text(const app::PolicyChecks& checks) {
    std::string text;
    std::size_t wrong = 0;
    for (const app::PolicyCheck& check : checks.policies) {
        const bool is_named = !check.outcome.table.name.empty();
        text +=
            fmt::format("{}{}: {}\n", check.outcome.file.string(), is_named ? "  " + app::name_of(check.outcome) : "",
                        check.outcome.errors.empty() ? check.warnings.empty() ? "ok" : "warnings" : "error");
        for (const Error& error : check.outcome.errors)
            text += indented(describe(error));
        for (const std::string& warning : check.warnings)
            text += indented("warning: " + warning);
        wrong += check.outcome.errors.empty() ? 0 : 1;
    }
    return text + fmt::format("{}: {} wrong{}\n", counted(checks.policies.size(), "policy", "policies"), wrong,
                              checks.asked_server ? "" : "; no server was asked");
}

nlohmann::json policy_checks_json(const app::PolicyChecks& checks) {
    nlohmann::json document{{"server", checks.asked_server}, {"policies", nlohmann::json::array()}};
    for (const app::PolicyCheck& check : checks.policies) {
        const bool is_named = !check.outcome.table.name.empty();
        document["policies"].push_back(
            {{"policy", check.outcome.file.string()},
             {"table", is_named ? nlohmann::json(name_json(check.outcome.table)) : nlohmann::json()},
             {"code", to_int(check.outcome.code())},
             {"errors", errors_json(check.outcome.errors)},
             {"warnings", check.warnings}});
    }
    return document;
}

}  // namespace tripmig::view
