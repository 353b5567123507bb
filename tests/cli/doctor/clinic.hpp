#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/partition/place.hpp"

namespace tripmig::test {

/// A database, a tripmig.toml, and `tripmig doctor` on both.
class Clinic : public Place {
  public:
    [[nodiscard]] CommandResult doctor(std::vector<std::string> arguments, const std::string& url = {}) const {
        arguments.insert(arguments.begin(), "doctor");
        if (!url.empty())
            arguments.insert(arguments.end(), {"--url", url});
        return run_tripmig(arguments, surroundings());
    }

    /// Its document, which must come with that exit code.
    [[nodiscard]] nlohmann::json look(std::vector<std::string> arguments, int code = 0,
                                      const std::string& url = {}) const {
        arguments.emplace_back("--json");
        const CommandResult result = doctor(arguments, url);
        CHECK_MESSAGE(result.exit_code == code, result.out << result.err);
        nlohmann::json document = nlohmann::json::parse(result.out, nullptr, false);
        REQUIRE_MESSAGE(document.is_object(), result.out << result.err);
        return document;
    }

    /// As a superuser, in this database.
    void as_superuser(const std::string& sql) const { Connection(database.superuser_url()).exec(sql); }
};

/// "warning warning": the severities of what a check told; "" all is well; "unseen note": it could not look.
inline std::string told(const nlohmann::json& document, const std::string& code) {
    for (const nlohmann::json& check : document["checks"]) {
        if (check["code"] != code)
            continue;
        std::string text = check["seen"] == true ? "" : "unseen";
        for (const nlohmann::json& finding : check["findings"])
            text += (text.empty() ? "" : " ") + finding["severity"].get<std::string>();
        return text;
    }
    return "no such check";
}

/// All reasons and remedies of a check.
inline std::string words(const nlohmann::json& document, const std::string& code) {
    std::string text;
    for (const nlohmann::json& check : document["checks"])
        if (check["code"] == code)
            for (const nlohmann::json& finding : check["findings"])
                text += finding["reason"].get<std::string>() + "\n" +
                        (finding["remedy"].is_string() ? finding["remedy"].get<std::string>() : "") + "\n";
    return text;
}

}  // namespace tripmig::test
