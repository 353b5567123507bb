#include "view/doctor/doctor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/counted.hpp"
#include "doctor/check_list.hpp"
#include "view/error_json.hpp"
#include "view/json_values.hpp"
#include "view/plan.hpp"

namespace tripmig::view {

namespace {

std::string indented(const std::string& text, const std::string& by) {
    std::string result;
    for (const char c : text) {
        result += c;
        if (c == '\n')
            result += by;
    }
    return result;
}

std::string finding_text(std::string_view code, const doctor::Finding& finding) {
    const std::string by(11, ' ');
    std::string text =
        fmt::format("  {:<8} {}\n{}{}\n", to_string(finding.severity), code, by, indented(finding.reason, by));
    if (!finding.remedy.empty())
        text += fmt::format("{}hint: {}\n", by, indented(finding.remedy, by));
    return text;
}

struct Told {
    std::string_view code;
    const doctor::Finding* finding;
};

/// The findings of a group, errors first; empty when there was nothing to look at.
std::string group_text(const std::string& group, const std::vector<doctor::Check>& checks) {
    std::vector<Told> told;
    std::size_t well = 0;
    std::size_t all = 0;
    for (const doctor::Check& check : checks) {
        if (check.code.substr(0, check.code.find('.')) != group)
            continue;
        ++all;
        well += check.findings.empty() ? 1 : 0;
        for (const doctor::Finding& finding : check.findings)
            told.push_back({check.code, &finding});
    }
    if (all == 0)
        return {};
    std::stable_sort(told.begin(), told.end(),
                     [](const Told& a, const Told& b) { return a.finding->severity > b.finding->severity; });
    std::string text = fmt::format("{}: {} of {} well\n", group, well, counted(all, "check"));
    for (const Told& each : told)
        text += finding_text(each.code, *each.finding);
    return text;
}

std::string summary_text(const app::DoctorResult& result) {
    return fmt::format("{}, {}, {} in {}\n", counted(result.count(doctor::Severity::error), "error"),
                       counted(result.count(doctor::Severity::warning), "warning"),
                       counted(result.count(doctor::Severity::note), "note"), counted(result.checks.size(), "check"));
}

const doctor::Check* find_check(const std::vector<doctor::Check>& checks, std::string_view code) {
    const auto found =
        std::find_if(checks.begin(), checks.end(), [&](const doctor::Check& check) { return check.code == code; });
    return found == checks.end() ? nullptr : &*found;
}

/// "ok", "note", "warning", "error"; "unknown": a check of it was not made; "look": somebody must.
std::string line_state(const doctor::ChecklistLine& line, const std::vector<doctor::Check>& checks) {
    std::optional<doctor::Severity> worst;
    for (const std::string_view code : line.codes) {
        const doctor::Check* const check = find_check(checks, code);
        if (check == nullptr)
            return "unknown";
        const auto severity = check->severity();
        if (severity && (!worst || *severity > *worst))
            worst = severity;
    }
    if (worst)
        return std::string(to_string(*worst));
    return line.look.empty() ? "ok" : "look";
}

std::string line_text(const doctor::ChecklistLine& line, const std::vector<doctor::Check>& checks) {
    std::string text = fmt::format("  {:<8} {}\n", line_state(line, checks), line.title);
    const std::string by(11, ' ');
    if (!line.look.empty())
        text += fmt::format("{}{}\n", by, line.look);
    for (const std::string_view code : line.codes) {
        const doctor::Check* const check = find_check(checks, code);
        if (check == nullptr)
            continue;
        if (check->findings.empty())
            text += fmt::format("{}{}: {}\n", by, code, check->found.empty() ? "ok" : check->found);
        for (const doctor::Finding& finding : check->findings)
            text += fmt::format("{}{}: {}\n{}hint: {}\n", by, code, finding.reason, by, finding.remedy);
    }
    return text;
}

std::string fixes_text(const app::DoctorResult& result) {
    if (result.options.is_dry_run)
        return result.plan.empty() ? "" : "\n" + plan_text(result.plan);
    std::string text;
    for (const app::Fix& fix : result.fixes)
        text += fix.failure ? fmt::format("  failed   {}\n           {}\n", fix.name, fix.failure->message())
                            : fmt::format("  done     {}\n", fix.name);
    return text.empty() ? text : "fixes\n" + text;
}

nlohmann::json check_json(const doctor::Check& check) {
    nlohmann::json document{{"code", std::string(check.code)},
                            {"group", std::string(check.code.substr(0, check.code.find('.')))},
                            {"seen", check.is_seen},
                            {"severity", nullptr},
                            {"found", text_or_null(check.found)},
                            {"findings", nlohmann::json::array()}};
    if (const auto severity = check.severity())
        document["severity"] = std::string(to_string(*severity));
    for (const doctor::Finding& finding : check.findings)
        document["findings"].push_back({{"severity", std::string(to_string(finding.severity))},
                                        {"object", text_or_null(finding.object)},
                                        {"reason", finding.reason},
                                        {"remedy", text_or_null(finding.remedy)},
                                        {"fixable", !finding.fix.empty()}});
    return document;
}

nlohmann::json checklist_json(const app::DoctorResult& result) {
    if (result.options.checklist.empty())
        return nullptr;
    nlohmann::json document{{"name", result.options.checklist}, {"lines", nlohmann::json::array()}};
    for (const doctor::ChecklistLine& line : doctor::checklist(result.options.checklist)) {
        nlohmann::json codes = nlohmann::json::array();
        for (const std::string_view code : line.codes)
            codes.push_back(std::string(code));
        document["lines"].push_back({{"title", std::string(line.title)},
                                     {"state", line_state(line, result.checks)},
                                     {"checks", std::move(codes)},
                                     {"look", text_or_null(std::string(line.look))}});
    }
    return document;
}

}  // namespace

std::string doctor_text(const app::DoctorResult& result) {
    std::string text = result.server.empty() ? "" : result.server + "\n";
    if (!result.options.checklist.empty() && !result.unreachable) {
        text += result.options.checklist + "\n";
        for (const doctor::ChecklistLine& line : doctor::checklist(result.options.checklist))
            text += line_text(line, result.checks);
    } else {
        for (const std::string& group : doctor::groups())
            text += group_text(group, result.checks);
    }
    return text + fixes_text(result) + summary_text(result);
}

nlohmann::json doctor_json(const app::DoctorResult& result) {
    nlohmann::json document{{"at", time_json(result.at)},
                            {"server", text_or_null(result.server)},
                            {"errors", result.count(doctor::Severity::error)},
                            {"warnings", result.count(doctor::Severity::warning)},
                            {"notes", result.count(doctor::Severity::note)},
                            {"checks", nlohmann::json::array()},
                            {"checklist", checklist_json(result)},
                            {"plan", plan_json(result.plan)},
                            {"fixes", nlohmann::json::array()},
                            {"error", nullptr}};
    for (const doctor::Check& check : result.checks)
        document["checks"].push_back(check_json(check));
    for (const app::Fix& fix : result.fixes)
        document["fixes"].push_back(
            {{"name", fix.name}, {"error", fix.failure ? error_json(*fix.failure) : nlohmann::json()}});
    if (result.unreachable)
        document["error"] = error_json(*result.unreachable);
    return document;
}

}  // namespace tripmig::view
