#include "migrate/dialect/flyway_script_config.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/trimmed.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace {

struct Setting {
    std::string_view key;
    std::string_view value;
    SourcePosition position;
};

Error error_at(const Setting& setting, std::string message, std::string hint) {
    return Error(ExitCode::usage, std::move(message), std::move(hint)).at(setting.position);
}

bool as_boolean(const Setting& setting) {
    if (sql::equals_folded(setting.value, "true"))
        return true;
    if (sql::equals_folded(setting.value, "false"))
        return false;
    throw error_at(setting, fmt::format("{} must be true or false, not \"{}\"", setting.key, setting.value), {});
}

void apply(const Setting& setting, FlywayScriptConfig& config) {
    const std::vector<std::string> known{"executeInTransaction", "placeholderReplacement", "encoding", "shouldExecute"};
    if (setting.key == known[0]) {
        config.execute_in_transaction = as_boolean(setting);
    } else if (setting.key == known[1]) {
        config.replaces_placeholders = as_boolean(setting);
    } else if (setting.key == known[2]) {
        if (!sql::equals_folded(setting.value, "utf-8") && !sql::equals_folded(setting.value, "utf8"))
            throw error_at(setting, fmt::format("encoding {}: migrations are UTF-8", setting.value),
                           "save the script as UTF-8 and remove this line");
    } else if (setting.key == known[3]) {
        if (!sql::equals_folded(setting.value, "true"))
            throw error_at(setting, "shouldExecute is supported only with the value true",
                           "put scripts that only some databases need into a directory of their own");
    } else {
        const std::string meant = nearest(setting.key, known);
        throw error_at(setting, fmt::format("unknown key {}", setting.key),
                       meant.empty()
                           ? fmt::format("the keys are {}, {}, {} and {}", known[0], known[1], known[2], known[3])
                           : fmt::format("did you mean {}?", meant));
    }
}

}  // namespace

FlywayScriptConfig read_flyway_script_config(const std::string& file, std::string_view content) {
    FlywayScriptConfig config;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < content.size();) {
        const std::size_t feed = std::min(content.find('\n', begin), content.size());
        const std::string_view line = trimmed(content.substr(begin, feed - begin));
        begin = feed + 1;
        ++number;
        if (line.empty() || line.front() == '#' || line.front() == '!')
            continue;
        const std::size_t equals = line.find('=');
        Setting setting{trimmed(line.substr(0, equals)), {}, {file, number, 1, std::string(line)}};
        if (equals == std::string_view::npos)
            throw error_at(setting, "this line is not key=value", "executeInTransaction=false, for example");
        setting.value = trimmed(line.substr(equals + 1));
        if (setting.key.substr(0, 7) == "flyway.")  // the same keys, as flyway.conf writes them
            setting.key.remove_prefix(7);
        apply(setting, config);
    }
    return config;
}

}  // namespace tripmig::migrate
