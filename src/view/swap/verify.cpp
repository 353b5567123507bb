#include "view/swap/verify.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/counted.hpp"
#include "sql/identifier.hpp"
#include "view/json_values.hpp"

namespace tripmig::view {

namespace {

nlohmann::json differences_json(const std::vector<backfill::Difference>& differences) {
    nlohmann::json list = nlohmann::json::array();
    for (const backfill::Difference& difference : differences)
        list.push_back({{"leaf", name_json(difference.leaf)},
                        {"rows", difference.plain_rows},
                        {"leaf_rows", difference.leaf_rows},
                        {"keys", difference.keys}});
    return list;
}

/// `one` and `other`: the two that differ, the one that a copy or registry is made from first.
std::string differences_text(const std::vector<backfill::Difference>& differences, std::string_view one,
                             std::string_view other) {
    std::string text;
    for (const backfill::Difference& difference : differences)
        text += fmt::format("{}: {} in {}, {} in {}; different keys: {}\n", sql::quoted(difference.leaf),
                            counted(difference.plain_rows, "row"), one, difference.leaf_rows, other,
                            fmt::join(difference.keys, "; "));
    return text;
}

}  // namespace

nlohmann::json swap_verification_json(const app::SwapVerification& result) {
    return {{"table", name_json(result.table)},
            {"equal", result.found.is_equal()},
            {"differences", differences_json(result.found.copy)},
            {"registry_differences", differences_json(result.found.registry)}};
}

std::string swap_verification_text(const app::SwapVerification& result) {
    const std::string name = sql::quoted(result.table);
    const job::Verification& found = result.found;
    std::string text;
    if (found.has_copy && found.copy.empty())
        text += fmt::format("{}: both tables have the same rows\n", name);
    text += differences_text(found.copy, "the old table", "the new partition");
    if (found.has_registry)
        text += fmt::format("{}: the registry {}\n", name,
                            found.registry.empty() ? "agrees with the table" : "differs from the table");
    return text + differences_text(found.registry, "the table", "the registry");
}

}  // namespace tripmig::view
