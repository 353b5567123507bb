#include "report/json_line.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/civil.hpp"
#include "base/json_text.hpp"

namespace tripmig::report {

namespace {

using Json = nlohmann::ordered_json;

std::string_view level_of(Severity severity) {
    switch (severity) {
        case Severity::debug:
            return "debug";
        case Severity::info:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::error:
            break;
    }
    return "error";
}

/// "2026-01-31T13:05:09.250Z": always three digits, so that lines sort as text.
std::string timestamp(Instant now) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(now);
    std::string text = format_timestamp(whole);
    text[text.find(' ')] = 'T';
    return fmt::format("{}.{:03}Z", text, std::chrono::duration_cast<std::chrono::milliseconds>(now - whole).count());
}

Json head(Instant now, std::string_view level, const std::string& kind, const std::string& message) {
    return {{"ts", timestamp(now)}, {"level", level}, {"kind", kind}, {"message", message}};
}

Json progress_json(const Progress& progress, const RateMeter* rate) {
    Json json{{"task", progress.task}, {"done", progress.done}};
    if (progress.total > 0)
        json["total"] = progress.total;
    if (!progress.unit.empty())
        json["unit"] = progress.unit;
    const auto per_second = rate != nullptr ? rate->per_second() : std::nullopt;
    if (per_second)
        json["per_second"] = std::round(*per_second * 10) / 10;
    const auto left = rate != nullptr ? rate->time_left(progress.total) : std::nullopt;
    if (left)
        json["left_seconds"] = left->count();
    return json;
}

}  // namespace

std::string json_line(const Event& event, Instant now, const RateMeter* rate) {
    Json line = head(now, level_of(event.severity), event.kind, event.message);
    if (!event.fields.empty()) {
        Json fields = Json::object();
        for (const auto& [name, value] : event.fields)
            fields[name] = value;
        line["fields"] = std::move(fields);
    }
    if (event.progress)
        line["progress"] = progress_json(*event.progress, rate);
    return json_text(line, -1);
}

std::string json_line(const Error& error, Instant now) {
    Json line = head(now, "error", "error", error.message());
    line["exit_code"] = to_int(error.code());
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty())
            line[name] = value;
    };
    add("sqlstate", error.sqlstate());
    add("detail", error.detail());
    add("hint", error.hint());
    if (error.position()) {
        add("file", error.position()->file);
        if (error.position()->line > 0) {
            line["line"] = error.position()->line;
            line["column"] = error.position()->column;
        }
    }
    return json_text(line, -1);
}

}  // namespace tripmig::report
