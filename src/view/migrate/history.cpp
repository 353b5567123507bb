#include "view/migrate/history.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/counted.hpp"
#include "view/json_values.hpp"
#include "view/migrate/findings.hpp"

namespace tripmig::view {

using nlohmann::json;

json validation_json(const app::Validation& validation) {
    json document{{"valid", validation.is_valid()},
                  {"pending", validation.pending},
                  {"policies", validation.policies},
                  {"stopped", json::array()},
                  {"findings", findings_json(validation.findings)}};
    for (const migrate::HalfWay& each : validation.stopped) {
        json stopped = stopped_at_json(each);
        stopped["file"] = each.file;
        document["stopped"].push_back(std::move(stopped));
    }
    return document;
}

std::string validation_text(const app::Validation& validation) {
    std::string text =
        fmt::format("files and history agree: {} applied, {} pending\n", validation.applied, validation.pending);
    if (validation.policies > 0)
        text += fmt::format("{} can be read\n", counted(validation.policies, "partition policy", "partition policies"));
    return text;
}

json wait_json(const app::WaitResult& result) {
    return {{"version", result.version}, {"pending", 0}};
}

json baseline_json(const app::BaselineResult& result) {
    return {{"version", result.version}, {"pending", result.pending}};
}

json repair_json(const app::RepairResult& result) {
    json document{{"repaired", json::array()}};
    for (const migrate::Repair& each : result.repairs)
        document["repaired"].push_back(
            {{"version", each.version}, {"file", each.file}, {"accepted", each.is_accepted}});
    return document;
}

json adopt_json(const app::AdoptResult& result) {
    json document{{"tool", display_name(result.table.tool)},
                  {"table", name_json(result.table.name)},
                  {"adopted", json::array()},
                  {"left_out", result.adoption.left_out},
                  {"warnings", result.adoption.warnings},
                  {"version", result.version},
                  {"pending", result.pending}};
    for (const db::MigrationRecord& row : result.adoption.records)
        document["adopted"].push_back(
            {{"kind", row.kind}, {"version", row.version}, {"description", row.description}, {"file", row.file}});
    return document;
}

}  // namespace tripmig::view
