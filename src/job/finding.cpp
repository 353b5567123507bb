#include "job/finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

std::string_view to_string(Finding::Level level) {
    switch (level) {
        case Finding::Level::ok:
            return "ok";
        case Finding::Level::note:
            return "note";
        case Finding::Level::refuse:
            return "refuse";
    }
    return "";
}

ExitCode exit_code_of(const std::vector<Finding>& findings) {
    ExitCode code = ExitCode::ok;
    for (const Finding& finding : findings)
        if (finding.level == Finding::Level::refuse && code != ExitCode::no_privilege)
            code = finding.code;
    return code;
}

std::vector<Finding> refusals_among(const std::vector<Finding>& findings) {
    std::vector<Finding> refusals;
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(refusals),
                 [](const Finding& finding) { return finding.level == Finding::Level::refuse; });
    return refusals;
}

void refuse_if_any(const std::vector<Finding>& findings, const QualifiedName& table, std::string_view participle) {
    const std::vector<Finding> refusals = refusals_among(findings);
    if (refusals.empty())
        return;
    const bool is_alone = refusals.size() == 1;
    std::string text;
    for (const Finding& refusal : refusals) {
        text += fmt::format("\n  {}: {}", refusal.subject, refusal.message);
        if (!is_alone && !refusal.hint.empty())
            text += fmt::format("\n    hint: {}", refusal.hint);
    }
    throw Error(exit_code_of(findings), fmt::format("{} cannot be {}:{}", sql::quoted(table), participle, text),
                is_alone ? refusals.front().hint : std::string());
}

void tell_notes(Reporter& reporter, const std::vector<Finding>& findings) {
    for (const Finding& finding : findings)
        if (finding.level == Finding::Level::note)
            reporter.info("swap.note", fmt::format("{}: {}", finding.subject, finding.message));
}

}  // namespace tripmig::job
