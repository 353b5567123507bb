#include "config/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/nearest.hpp"
#include "config/characters.hpp"

namespace tripmig::config {

namespace {

bool starts_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Kubernetes tells every container of a service called tripmig or tripmig-something with such variables; nobody typed
/// them.
bool is_kubernetes_service_link(std::string_view name) {
    return name.find("_SERVICE_HOST") != std::string_view::npos ||
           name.find("_SERVICE_PORT") != std::string_view::npos || name.find("_TCP") != std::string_view::npos ||
           name.find("_UDP") != std::string_view::npos || ends_with(name, "_PORT");
}

/// Read elsewhere: by the tests and by the sandbox.
bool is_of_others(std::string_view name) {
    static constexpr std::array<std::string_view, 3> prefixes{"TRIPMIG_BINARY", "TRIPMIG_SANDBOX_", "TRIPMIG_TEST_"};
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view prefix) { return starts_with(name, prefix); });
}

Error unknown_variable(const std::string& name) {
    std::vector<std::string> names;
    for (const Option& option : options())
        names.push_back(option.environment_name());
    const std::string meant = nearest(name.substr(0, 64), names);
    return Error(ExitCode::usage, fmt::format("unknown environment variable {}", name),
                 meant.empty()
                     ? "every key has the variable TRIPMIG_<SECTION>_<KEY>; unset this one if it is not for tripmig"
                     : fmt::format("did you mean {}?", meant));
}

Setting placeholder_setting(const std::string& variable, const std::string& text, std::string name,
                            const std::map<std::string, std::string>& placeholders) {
    for (const auto& [known, value] : placeholders) {
        if (lower_case(known) == lower_case(name) && placeholders.count(name) == 0)
            name = known;
    }
    Setting setting(variable, text, {});
    setting.set_name(name);
    return setting;
}

}  // namespace

std::vector<EnvironmentSetting> environment_settings(const std::map<std::string, std::string>& environment,
                                                     const std::map<std::string, std::string>& placeholders) {
    std::vector<EnvironmentSetting> found;
    bool has_url = false;
    for (const auto& [name, text] : environment) {
        if (!starts_with(name, "TRIPMIG_") || text.empty() || is_of_others(name))
            continue;
        const auto option =
            std::find_if(options().begin(), options().end(), [&, &variable = name](const Option& candidate) {
                const std::string own = candidate.environment_name();
                return candidate.is_table() ? starts_with(variable, own + "_") : variable == own;
            });
        if (option == options().end()) {
            if (is_kubernetes_service_link(name))
                continue;
            throw unknown_variable(name);
        }
        has_url = has_url || option->path() == "database.url";
        if (option->is_table())
            found.push_back(
                {&*option,
                 placeholder_setting(name, text, name.substr(option->environment_name().size() + 1), placeholders)});
        else
            found.push_back({&*option, Setting(name, text, {})});
    }
    const auto common = environment.find("DATABASE_URL");
    if (!has_url && common != environment.end() && !common->second.empty())
        found.push_back({find_option("database", "url"), Setting("DATABASE_URL", common->second, {})});
    return found;
}

}  // namespace tripmig::config
