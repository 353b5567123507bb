#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "doctor/finding.hpp"

namespace tripmig::doctor::test {

/// "warning error": what a check has to say, in the order of its findings; empty: all is well.
inline std::string told(const Check& check) {
    std::string text;
    for (const Finding& finding : check.findings)
        text += (text.empty() ? "" : " ") + std::string(to_string(finding.severity));
    return text;
}

inline const Check& check_of(const std::vector<Check>& checks, std::string_view code) {
    return *std::find_if(checks.begin(), checks.end(), [&](const Check& check) { return check.code == code; });
}

inline std::string told(const std::vector<Check>& checks, std::string_view code) {
    return told(check_of(checks, code));
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// What a part of a group says of these facts.
template <typename Facts, typename Judge>
Check judged(Judge judge, const Facts& facts) {
    Check check{"test"};
    judge(facts, check);
    return check;
}

}  // namespace tripmig::doctor::test
