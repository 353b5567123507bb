#include "view/partition/maintain.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/partition/deeds.hpp"
#include "view/error_json.hpp"
#include "view/json_values.hpp"
#include "view/plan.hpp"

namespace tripmig::view {

namespace {

using partition::Deed;
using partition::TableOutcome;

nlohmann::json deed_json(const Deed& deed) {
    nlohmann::json names = nlohmann::json::array();
    for (const ddl::Leaf& leaf : deed.leaves)
        names.push_back(name_json(leaf.name));
    nlohmann::json locks = nlohmann::json::array();
    for (const LockRequest& lock : deed.locks)
        locks.push_back({{"relation", name_json(lock.relation)}, {"mode", std::string(to_string(lock.mode))}});
    return {{"did", std::string(app::verb_of(deed.kind))},
            {"partitions", std::move(names)},
            {"attempts", deed.attempts},
            {"took_ms", static_cast<double>(deed.took.count()) / 1000},
            {"locks_held_ms", static_cast<double>(deed.held.count()) / 1000},
            {"locks", std::move(locks)}};
}

nlohmann::json leaves_json(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves) {
    nlohmann::json list = nlohmann::json::array();
    for (const ddl::Leaf& leaf : leaves)
        list.push_back({{"partition", name_json(leaf.name)},
                        {"from", ddl::describe(key, leaf.bounds.lower)},
                        {"to", ddl::describe(key, leaf.bounds.upper)}});
    return list;
}

nlohmann::json health_json(const partition::TableHealth& health) {
    return {{"premake", health.premake},
            {"ahead", health.ahead},
            {"ahead_seconds", or_null(health.seconds_ahead)},
            {"gaps", health.gaps},
            {"default_rows", health.default_rows},
            {"detach_pending", health.detach_pending},
            {"retention_overdue", health.retention_overdue}};
}

nlohmann::json head_json(const TableOutcome& outcome) {
    return {{"table", outcome.table.name.empty() ? nlohmann::json() : nlohmann::json(name_json(outcome.table))},
            {"policy", outcome.file.string()},
            {"code", to_int(outcome.code())},
            {"notes", outcome.notes},
            {"errors", errors_json(outcome.errors)}};
}

}  // namespace

nlohmann::json maintain_json(const partition::MaintainResult& result) {
    nlohmann::json document{{"now", time_json(result.now)}, {"tables", nlohmann::json::array()}};
    for (const TableOutcome& outcome : result.tables) {
        nlohmann::json table = head_json(outcome);
        table["created"] = leaves_json(outcome.key, outcome.created);
        table["detached"] = leaves_json(outcome.key, outcome.detached);
        table["dropped"] = leaves_json(outcome.key, outcome.dropped);
        table["done"] = nlohmann::json::array();
        for (const Deed& deed : outcome.deeds)
            table["done"].push_back(deed_json(deed));
        table["health"] = outcome.health ? health_json(*outcome.health) : nlohmann::json();
        document["tables"].push_back(std::move(table));
    }
    return document;
}

std::string maintain_preview_text(const partition::MaintainPreview& preview) {
    std::string text;
    for (const partition::TablePreview& table : preview.tables) {
        const bool is_idle = table.units.empty() && table.outcome.errors.empty();
        text += fmt::format("-- {}{}\n{}\n", app::name_of(table.outcome), is_idle ? ": nothing to do" : "",
                            plan_text(table.units));
    }
    return text;
}

nlohmann::json maintain_preview_json(const partition::MaintainPreview& preview) {
    nlohmann::json document{{"now", time_json(preview.now)}, {"tables", nlohmann::json::array()}};
    for (const partition::TablePreview& table : preview.tables) {
        nlohmann::json entry = head_json(table.outcome);
        entry["units"] = plan_json(table.units);
        document["tables"].push_back(std::move(entry));
    }
    return document;
}

}  // namespace tripmig::view
