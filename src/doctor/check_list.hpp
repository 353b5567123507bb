#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tripmig::doctor {

/// A check as people know it: docs/doctor.md has a row for each, word for word (a test compares).
struct CheckInfo {
    std::string_view code;  ///< "health.xid_age": its group, and its name; stable
    std::string_view severities;
    std::string_view question;  ///< what it looks at, and when it has something to say
    std::string_view remedy;

    [[nodiscard]] std::string_view group() const { return code.substr(0, code.find('.')); }
};

/// All of them, a group after the other.
std::span<const CheckInfo> check_list();

/// The groups in the order in which they are looked at.
std::vector<std::string> groups();

/// One line of a checklist of a team's operations guide.
struct ChecklistLine {
    std::string_view title;
    std::vector<std::string_view> codes;  ///< checks that answer it
    std::string_view look;                ///< what no program can know: who looks, and how; empty: the checks say all
};

/// "before-deploy", "after-deploy", "in-operation".
std::vector<std::string> checklist_names();
/// The lines of one of them.
std::vector<ChecklistLine> checklist(std::string_view name);

}  // namespace tripmig::doctor
