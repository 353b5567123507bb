#include "view/migrate/run.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/table.hpp"
#include "view/error_json.hpp"

namespace tripmig::view {

using nlohmann::json;

namespace {

json applied_json(const std::vector<migrate::AppliedFile>& files) {
    json list = json::array();
    for (const migrate::AppliedFile& file : files)
        list.push_back({{"file", file.file},
                        {"version", file.version},
                        {"description", file.description},
                        {"statements", file.statements},
                        {"attempts", file.attempts},
                        {"duration_ms", file.duration.count()}});
    return list;
}

/// "applied" stands for any number of files.
std::string_view result_word(const app::TargetOutcome& target) {
    if (!target.was_started)
        return "not started";
    if (target.failure)
        return "failed";
    return target.result.applied.empty() ? "up to date" : "applied";
}

std::string result_text(const app::TargetOutcome& target) {
    const std::string word(result_word(target));
    return word == "applied" ? fmt::format("{} applied", target.result.applied.size()) : word;
}

}  // namespace

json up_json(const app::UpResult& result) {
    return {{"applied", applied_json(result.applied)}, {"version", result.version}};
}

json down_json(const app::DownResult& result) {
    json document{{"undone", json::array()}, {"version", result.version}};
    for (const migrate::AppliedFile& file : result.undone)
        document["undone"].push_back({{"file", file.file}, {"version", file.version}});
    return document;
}

json redo_json(const app::RedoResult& result) {
    const auto ran = [](const migrate::AppliedFile& file, const char* direction) {
        return json{{"file", file.file}, {"direction", direction}, {"duration_ms", file.duration.count()}};
    };
    return {{"version", result.version}, {"ran", {ran(result.undone, "down"), ran(result.applied, "up")}}};
}

json targets_json(const app::TargetsResult& result) {
    json document{{"targets", json::array()}};
    for (const app::TargetOutcome& target : result.targets) {
        json each{{"name", target.name},
                  {"result", result_word(target)},
                  {"version", target.result.version},
                  {"applied", applied_json(target.result.applied)},
                  {"duration_ms", target.took.count()}};
        if (target.failure)
            each["error"] = error_json(*target.failure);
        document["targets"].push_back(std::move(each));
    }
    return document;
}

std::string targets_text(const app::TargetsResult& result) {
    using Align = report::Table::Align;
    report::Table table({{"target"}, {"result"}, {"version"}, {"ms", Align::right}, {"error"}});
    for (const app::TargetOutcome& target : result.targets)
        table.add_row({target.name, result_text(target), target.result.version,
                       target.was_started ? fmt::format("{}", target.took.count()) : "",
                       target.failure
                           ? fmt::format("exit code {}: {}", to_int(target.failure->code()), target.failure->message())
                           : ""});
    return table.to_string();
}

}  // namespace tripmig::view
