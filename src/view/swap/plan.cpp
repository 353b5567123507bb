#include "view/swap/plan.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sql/identifier.hpp"
#include "view/json_values.hpp"
#include "view/plan.hpp"
#include "view/swap/status.hpp"

namespace tripmig::view {

using nlohmann::json;

namespace {

json estimate_json(const swap::Estimate& estimate) {
    return {{"rows", or_null(estimate.rows)},
            {"bytes", estimate.bytes},
            {"blocks", estimate.blocks},
            {"sampled_blocks", estimate.sampled_blocks},
            {"load_seconds", or_null(estimate.load_seconds)},
            {"index_seconds", or_null(estimate.index_seconds)},
            {"disk_bytes", or_null(estimate.disk_bytes)},
            {"database_bytes", estimate.database_bytes}};
}

std::string unit_with_locks(const Unit& unit) {
    std::string text = fmt::format("\n-- {}{}\n", unit.name,
                                   unit.transaction == Transaction::none ? " (outside of a transaction)" : "");
    for (const LockRequest& lock : unit.lock_first)
        text += fmt::format("--   locks first: {} on {}\n", to_string(lock.mode), sql::quoted(lock.relation));
    for (const Step& step : unit.steps) {
        const std::string locks = locks_text(step.locks);
        text += fmt::format("--   {}{}\n{};\n", step.why, locks.empty() ? "" : fmt::format(" [{}]", locks), step.sql);
    }
    return text;
}

}  // namespace

std::string swap_plan_text(const app::SwapPlan& plan) {
    if (plan.is_partitioned)
        return swap_text({plan.table, {}, {}});
    std::string text =
        fmt::format("-- swap of {}, strategy {}\n", sql::quoted(plan.table), job::to_string(plan.strategy));
    for (const job::Finding& finding : plan.plan.findings) {
        text += fmt::format("-- {:<6} {}: {}\n", job::to_string(finding.level), finding.subject, finding.message);
        if (!finding.hint.empty())
            text += fmt::format("--        hint: {}\n", finding.hint);
    }
    for (const Unit& unit : plan.plan.units)
        text += unit_with_locks(unit);
    return text;
}

json swap_plan_json(const app::SwapPlan& plan) {
    if (plan.is_partitioned)
        return swap_json({plan.table, {}, {}});
    json findings = json::array();
    for (const job::Finding& finding : plan.plan.findings)
        findings.push_back({{"level", job::to_string(finding.level)},
                            {"subject", finding.subject},
                            {"message", finding.message},
                            {"hint", finding.hint}});
    return {{"table", name_json(plan.table)},          {"strategy", job::to_string(plan.strategy)},
            {"cut", text_or_null(plan.plan.boundary)}, {"estimate", estimate_json(plan.estimate)},
            {"findings", std::move(findings)},         {"units", plan_json(plan.plan.units)}};
}

}  // namespace tripmig::view
