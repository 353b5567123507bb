#include "view/partition/maintain.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sql/identifier.hpp"
#include "view/error_json.hpp"
#include "view/json_values.hpp"
#include "view/plan.hpp"

namespace tripmig::view {

namespace {

nlohmann::json leaves_json(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves) {
    nlohmann::json list = nlohmann::json::array();
    for (const ddl::Leaf& leaf : leaves)
        list.push_back({{"leaf", name_json(leaf.name)},
                        {"from", ddl::describe(key, leaf.bounds.lower)},
                        {"to", ddl::describe(key, leaf.bounds.upper)}});
    return list;
}

}  // namespace

nlohmann::json maintain_json(const app::MaintainResult& result) {
    nlohmann::json document{{"tables", nlohmann::json::array()}};
    for (const partition::TableOutcome& table : result.tables)
        document["tables"].push_back({{"table", name_json(table.table)},
                                      {"created", leaves_json(table.key, table.created)},
                                      {"detached", leaves_json(table.key, table.detached)},
                                      {"errors", errors_json(table.errors)}});
    return document;
}

std::string maintain_preview_text(const app::MaintainPreview& preview) {
    std::string text;
    for (const app::MaintainPreview::Table& table : preview.tables) {
        const bool is_idle = table.units.empty() && table.errors.empty();
        text += fmt::format("-- {}{}\n{}\n", sql::quoted(table.table), is_idle ? ": nothing to do" : "",
                            plan_text(table.units));
    }
    return text;
}

nlohmann::json maintain_preview_json(const app::MaintainPreview& preview) {
    nlohmann::json document{{"now", time_json(preview.now)}, {"tables", nlohmann::json::array()}};
    for (const app::MaintainPreview::Table& table : preview.tables)
        document["tables"].push_back({{"table", name_json(table.table)},
                                      {"units", plan_json(table.units)},
                                      {"errors", errors_json(table.errors)}});
    return document;
}

}  // namespace tripmig::view
