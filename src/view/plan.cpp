#include "view/plan.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sql/identifier.hpp"
#include "view/json_values.hpp"

namespace tripmig::view {

std::string locks_text(const std::vector<LockRequest>& locks) {
    std::string text;
    for (const LockRequest& lock : locks)
        text += fmt::format("{}{} on {}", text.empty() ? "" : ", ", to_string(lock.mode), sql::quoted(lock.relation));
    return text;
}

namespace {

nlohmann::json locks_json(const std::vector<LockRequest>& locks) {
    nlohmann::json list = nlohmann::json::array();
    for (const LockRequest& lock : locks)
        list.push_back({{"relation", name_json(lock.relation)}, {"mode", std::string(to_string(lock.mode))}});
    return list;
}

nlohmann::json steps_json(const std::vector<Step>& steps) {
    nlohmann::json list = nlohmann::json::array();
    for (const Step& step : steps)
        list.push_back({{"sql", step.sql},
                        {"why", step.refusal.empty() ? step.why : step.refusal},
                        {"check", !step.refusal.empty()},
                        {"locks", locks_json(step.locks)}});
    return list;
}

/// Of a check only what it is for, and nothing of tripmig's own records: both are in the JSON.
std::string step_text(const Step& step) {
    if (step.is_bookkeeping)
        return {};
    if (!step.refusal.empty())
        return fmt::format("-- checked, and rolled back if: {}\n", step.refusal);
    std::string text;
    if (!step.why.empty())
        text +=
            fmt::format("-- {}{}\n", step.why, step.locks.empty() ? "" : fmt::format("; {}", locks_text(step.locks)));
    return text + step.sql + ";\n";
}

std::string unit_text(const Unit& unit) {
    const bool is_inside = unit.transaction == Transaction::inside;
    std::string text = fmt::format("-- {}\n{}", unit.name, is_inside ? "BEGIN;\n" : "");
    for (const Step& step : unit.before_locks)
        text += step_text(step);
    for (const LockRequest& lock : unit.lock_first)
        text += fmt::format("LOCK TABLE ONLY {} IN {} MODE;\n", sql::quoted(lock.relation), to_string(lock.mode));
    for (const Step& step : unit.steps)
        text += step_text(step);
    return text + (is_inside ? "COMMIT;\n" : "");
}

}  // namespace

std::string plan_text(const std::vector<Unit>& units) {
    std::string text;
    for (const Unit& unit : units)
        text += (text.empty() ? "" : "\n") + unit_text(unit);
    return text;
}

nlohmann::json plan_json(const std::vector<Unit>& units) {
    nlohmann::json list = nlohmann::json::array();
    for (const Unit& unit : units) {
        list.push_back({{"name", unit.name},
                        {"transaction", unit.transaction == Transaction::inside},
                        {"before_locks", steps_json(unit.before_locks)},
                        {"lock_first", locks_json(unit.lock_first)},
                        {"steps", steps_json(unit.steps)}});
    }
    return list;
}

}  // namespace tripmig::view
