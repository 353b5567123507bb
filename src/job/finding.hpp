#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include "base/event.hpp"
#include "base/exit_code.hpp"
#include "base/qualified_name.hpp"

namespace tripmig::job {

/// One thing that preflight looked at.
struct Finding {
    enum class Level {
        ok,     ///< is preserved, or is as it must be
        note,   ///< the operator should know
        refuse  ///< something must be done or decided first
    } level = Level::ok;
    std::string subject;  ///< "index orders_email_key"
    std::string message;
    std::string hint;                   ///< refuse: how to proceed; note: what to write instead
    ExitCode code = ExitCode::refused;  ///< refuse: or no_privilege
};

/// ok, refused, or no_privilege when a right is among what is missing.
ExitCode exit_code_of(const std::vector<Finding>& findings);

/// Those that keep a job from beginning.
std::vector<Finding> refusals_among(const std::vector<Finding>& findings);

/// Throws Error with all refusals, if there is one: of several, each has its hint below it. "public.orders cannot be
/// `participle`: ...".
void refuse_if_any(const std::vector<Finding>& findings, const QualifiedName& table,
                   std::string_view participle = "swapped");

/// What the operator should know, as events.
void tell_notes(Reporter& reporter, const std::vector<Finding>& findings);

std::string_view to_string(Finding::Level level);

/// Collects findings.
class Report {
  public:
    explicit Report(std::vector<Finding>& findings) : m_findings(findings) {}

    void ok(std::string subject, std::string message) {
        m_findings.push_back({Finding::Level::ok, std::move(subject), std::move(message), {}, ExitCode::ok});
    }
    void note(std::string subject, std::string message, std::string hint = {}) {
        m_findings.push_back(
            {Finding::Level::note, std::move(subject), std::move(message), std::move(hint), ExitCode::ok});
    }
    void refuse(std::string subject, std::string message, std::string hint, ExitCode code = ExitCode::refused) {
        m_findings.push_back({Finding::Level::refuse, std::move(subject), std::move(message), std::move(hint), code});
    }

  private:
    std::vector<Finding>& m_findings;
};

}  // namespace tripmig::job
