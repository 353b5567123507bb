#include <algorithm>
#include <vector>

#include "view/html/parts.hpp"

namespace tripmig::view::html {

namespace {

Markup finding_item(std::string_view code, const doctor::Finding& finding, Mood mood) {
    Markup item = badge(doctor::to_string(finding.severity), mood) + Markup::literal(" ") + name(code);
    item += element("p", finding.reason);
    if (!finding.remedy.empty())
        item += element("pre", element("code", finding.remedy));
    return element("li", item);
}

/// All findings of that severity; in English, whatever the page is in.
Markup finding_list(const app::DoctorResult& result, doctor::Severity severity, Mood mood, const Texts& texts) {
    Markup items;
    for (const doctor::Check& check : result.checks)
        for (const doctor::Finding& finding : check.findings)
            if (finding.severity == severity)
                items += finding_item(check.code, finding, mood);
    if (items.empty())
        return {};
    const std::string_view language = texts.findings_language.empty() ? texts.code : texts.findings_language;
    return element("ul", {{"class", "found"}, {"lang", std::string(language)}}, items);
}

}  // namespace

Card findings_card(const app::Section<app::DoctorResult>& section, const Texts& texts) {
    if (!section.result)
        return {std::string(texts.unreadable), Mood::bad};
    const std::size_t errors = section.result->count(doctor::Severity::error);
    const std::size_t warnings = section.result->count(doctor::Severity::warning);
    return {said(texts.errors, errors) + ", " + said(texts.warnings, warnings), errors > 0     ? Mood::bad
                                                                                : warnings > 0 ? Mood::warn
                                                                                               : Mood::ok};
}

Markup findings_part(const app::Section<app::DoctorResult>& section, Instant at, const Texts& texts) {
    if (!section.result)
        return failure_note(*section.failure, texts);
    const app::DoctorResult& result = *section.result;
    Markup part =
        element("p", {{"class", "soft"}}, Markup::text(said(texts.checks_at, result.checks.size(), time_text(at))));
    const Markup grave = finding_list(result, doctor::Severity::error, Mood::bad, texts) +
                         finding_list(result, doctor::Severity::warning, Mood::warn, texts);
    part += grave.empty() ? element("p", texts.nothing_found) : grave;
    const Markup notes = finding_list(result, doctor::Severity::note, Mood::plain, texts);
    if (!notes.empty())
        part += element("details", element("summary", said(texts.notes, result.count(doctor::Severity::note))) + notes);
    return part;
}

}  // namespace tripmig::view::html
