#include "doctor/finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tripmig::doctor {

std::string_view to_string(Severity severity) {
    static constexpr std::array<std::string_view, 3> names{"note", "warning", "error"};
    return names.at(static_cast<std::size_t>(severity));
}

std::optional<Severity> Check::severity() const {
    std::optional<Severity> worst;
    for (const Finding& finding : findings)
        worst = worst ? std::max(*worst, finding.severity) : finding.severity;
    return worst;
}

Check not_seen(std::string_view code, const std::string& why_not, const std::string& remedy) {
    Check check{code};
    check.is_seen = false;
    check.add(Severity::note, "", fmt::format("this could not be looked at: {}", why_not), remedy);
    return check;
}

}  // namespace tripmig::doctor
