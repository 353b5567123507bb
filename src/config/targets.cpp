#include "config/targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/nearest.hpp"
#include "config/connection_string.hpp"
#include "config/option_table.hpp"
#include "config/toml_document.hpp"

namespace tripmig::config {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view how_to_write = "write [[targets]], and below it name = \"...\" and url = \"...\"";

std::vector<std::string> known_keys() {
    std::vector<std::string> keys{"name"};
    for (const Option& option : options())
        if (option.section == "database")
            keys.emplace_back(option.key);
    return keys;
}

constexpr std::string_view no_host = "this target's connection string has no host";

/// A line without a name has the beginning of its connection string in that place, perhaps with the password.
bool is_name(std::string_view text) {
    return text.find_first_of("=;@&?'\"") == std::string_view::npos && text.find("://") == std::string_view::npos;
}

/// Without one libpq would go to whatever PGHOST says, or to this machine.
bool has_host(const DatabaseConfig& database) {
    const auto has = [&](const char* name) {
        const auto found = database.parameters.find(name);
        return found != database.parameters.end() && !found->second.empty();
    };
    return has("host") || has("hostaddr") || has("service");
}

/// What a target has of [database]: everything but the address and who goes there.
DatabaseConfig without_address(DatabaseConfig database) {
    database.parameters.clear();
    database.direct_parameters.clear();
    return database;
}

/// Takes the entries of one target in the order of the options' table.
class TargetReader {
  public:
    TargetReader(const DatabaseConfig& defaults, const fs::path& folder) : m_folder(folder) {
        m_config.database = without_address(defaults);
    }

    void add(const TomlEntry& entry) {
        const std::string& key = entry.path.back();
        Setting setting(key, entry, m_folder);
        if (key == "name") {
            m_name = setting.as_non_empty_text();
            return;
        }
        const Option* const option = find_option("database", key);
        if (option == nullptr) {
            const std::string meant = nearest(key.substr(0, 64), known_keys());
            throw unknown_key_error(
                entry, meant.empty() ? fmt::format("the keys of a target are {}", fmt::join(known_keys(), ", "))
                                     : fmt::format("did you mean {}?", meant));
        }
        if (option->is_secret())
            setting.hide_value();
        m_settings.emplace_back(option, std::move(setting));
    }

    Target finish(const SourcePosition& position) {
        const auto too_little = [&](const std::string& what) {
            return error_at(position, what, std::string(how_to_write));
        };
        const auto by_row = [](const auto& a, const auto& b) { return a.first < b.first; };
        std::stable_sort(m_settings.begin(), m_settings.end(), by_row);
        for (const auto& [option, setting] : m_settings)
            option->set(m_config, setting);
        if (m_name.empty())
            throw too_little("this target has no name");
        if (!is_name(m_name))
            throw too_little("this target's name looks like a connection string");
        if (m_config.database.parameters.empty())
            throw too_little("this target has no url");
        if (!has_host(m_config.database))
            throw too_little(std::string(no_host));
        return {m_name, m_config.database};
    }

  private:
    fs::path m_folder;
    Config m_config;
    std::string m_name;
    std::vector<std::pair<const Option*, Setting>> m_settings;
};

void require_different_names(const std::vector<Target>& targets, const std::string& file) {
    std::set<std::string> names;
    for (const Target& target : targets)
        if (!names.insert(target.name).second)
            throw Error(ExitCode::usage, fmt::format("{}: two targets are named \"{}\"", file, target.name),
                        "give each target its own name");
    if (targets.empty())
        throw Error(ExitCode::usage, fmt::format("{} has no targets", file), std::string(how_to_write));
}

std::vector<Target> targets_of_toml(const std::string& text, const std::string& name, const fs::path& folder,
                                    const DatabaseConfig& defaults) {
    std::vector<Target> targets;
    std::optional<TargetReader> reader;
    SourcePosition position;
    for (const TomlEntry& entry : parse_toml(text, name)) {
        if (entry.path.front() != "targets")
            continue;
        if (entry.path.size() == 1 && entry.value.kind != TomlValue::Kind::array)
            throw error_at(entry.key_position, "targets must be a list of tables", std::string(how_to_write));
        if (entry.path.size() == 2) {
            if (reader)
                targets.push_back(reader->finish(position));
            reader.emplace(defaults, folder);
            position = entry.key_position;
        } else if (entry.path.size() == 3) {
            reader->add(entry);
        }
    }
    if (reader)
        targets.push_back(reader->finish(position));
    require_different_names(targets, name);
    return targets;
}

/// Nothing of a line is shown but its number: a secret may stand anywhere in it.
Error bad_line(const fs::path& file, std::size_t line, const std::string& what) {
    return Error(ExitCode::usage, what, "write one line per target: its name, a space, and its connection string")
        .at({file.string(), line, 1, {}});
}

std::vector<Target> targets_of_lines(const std::string& text, const fs::path& file, const DatabaseConfig& defaults) {
    std::vector<Target> targets;
    std::size_t line_number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        at = end + 1;
        ++line_number;
        constexpr std::string_view blanks = " \t\r";
        line.erase(line.find_last_not_of(blanks) + 1);
        line.erase(0, std::min(line.find_first_not_of(blanks), line.size()));
        if (line.empty() || line.front() == '#')
            continue;
        const std::size_t name_end = line.find_first_of(blanks);
        if (name_end == std::string::npos)
            throw bad_line(file, line_number, "this line is not a name and a connection string");
        Target target{line.substr(0, name_end), without_address(defaults)};
        if (!is_name(target.name))
            throw bad_line(file, line_number, "this line begins with a connection string, not with a name");
        try {
            target.database.parameters = parse_connection_string(line.substr(line.find_first_not_of(blanks, name_end)));
        } catch (const Error& failure) {
            throw bad_line(file, line_number, failure.message());
        }
        if (!has_host(target.database))
            throw bad_line(file, line_number, std::string(no_host));
        if (target.database.parameters.count("password") != 0) {
            target.database.password_file.clear();
            target.database.password_command.clear();
        }
        targets.push_back(std::move(target));
    }
    require_different_names(targets, file.string());
    return targets;
}

}  // namespace

std::vector<Target> load_targets(const Config& config, const fs::path& working_directory) {
    if (config.file.empty())
        throw Error(ExitCode::usage, "no tripmig.toml with [[targets]] was found",
                    std::string(how_to_write) + ", or add --targets-from FILE");
    const fs::path folder = config.file.parent_path();
    return targets_of_toml(read_text_file(config.file), config.file.lexically_relative(working_directory).string(),
                           folder.lexically_normal() == working_directory.lexically_normal() ? fs::path() : folder,
                           config.database);
}

std::vector<Target> load_targets_from(const fs::path& file, const DatabaseConfig& defaults) {
    const std::string text = read_text_file(file);
    return file.extension() == ".toml" ? targets_of_toml(text, file.string(), file.parent_path(), defaults)
                                       : targets_of_lines(text, file, defaults);
}

}  // namespace tripmig::config
