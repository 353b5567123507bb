#include "job/finding.hpp"

#include <fmt/format.h>

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

void refuse_if_any(const std::vector<Finding>& findings, const QualifiedName& table) {
    std::string messages;
    std::string hints;
    int count = 0;
    for (const Finding& finding : findings) {
        if (finding.level != Finding::Level::refuse)
            continue;
        messages += fmt::format("{}{}: {}", count++ == 0 ? "" : "\n  ", finding.subject, finding.message);
        if (!finding.hint.empty() && hints.find(finding.hint) == std::string::npos)
            hints += fmt::format("{}{}", hints.empty() ? "" : "\n  ", finding.hint);
    }
    if (count > 0)
        throw Error(exit_code_of(findings), fmt::format("{} cannot be swapped:\n  {}", sql::quoted(table), messages),
                    hints);
}

void tell_notes(Reporter& reporter, const std::vector<Finding>& findings) {
    for (const Finding& finding : findings)
        if (finding.level == Finding::Level::note)
            reporter.info("swap.note", fmt::format("{}: {}", finding.subject, finding.message));
}

}  // namespace tripmig::job
