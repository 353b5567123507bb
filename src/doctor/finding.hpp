#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/step.hpp"

namespace tripmig::doctor {

enum class Severity { note, warning, error };

/// "note", "warning", "error".
std::string_view to_string(Severity severity);

/// Something that somebody should know of, or do something about.
struct Finding {
    Severity severity = Severity::note;
    std::string object;  ///< "public.orders"; empty: the server or the database as a whole
    std::string reason;  ///< one sentence, with the object in it
    std::string remedy;  ///< the SQL or the command that helps, or what to decide
    /// What --fix runs: safe while the service works. Empty: somebody has to decide.
    std::vector<Unit> fix = {};
};

/// What one check came to.
struct Check {
    std::string_view code;   ///< of check_list()
    bool is_seen = true;     ///< false: it could not look, and its finding says why
    std::string found = {};  ///< what was seen, in a few words; may be empty
    std::vector<Finding> findings = {};

    /// nullopt: all is well.
    [[nodiscard]] std::optional<Severity> severity() const;

    void add(Severity severity, std::string object, std::string reason, std::string remedy,
             std::vector<Unit> fix = {}) {
        findings.push_back({severity, std::move(object), std::move(reason), std::move(remedy), std::move(fix)});
    }
};

/// Facts that a role may not be allowed to see, or that a server cannot tell.
template <typename Facts>
struct Seen {
    std::optional<Facts> facts;
    std::string why_not = {};  ///< without facts: what kept us from them
    std::string remedy = {};
};

/// The check of what could not be seen: a note that says so.
Check not_seen(std::string_view code, const std::string& why_not, const std::string& remedy);

/// `judge` on what was seen, else the note that it was not.
template <typename Facts, typename Judge>
Check check_seen(std::string_view code, const Seen<Facts>& seen, Judge judge) {
    if (!seen.facts)
        return not_seen(code, seen.why_not, seen.remedy);
    Check check{code};
    judge(*seen.facts, check);
    return check;
}

}  // namespace tripmig::doctor
