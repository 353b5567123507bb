#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.hpp"
#include "config/config.hpp"
#include "config/doctor_config.hpp"
#include "config/environment.hpp"
#include "config/option_table.hpp"
#include "config/sections/serve_config.hpp"

namespace tripmig::config {

namespace {

namespace fs = std::filesystem;

/// Settings of one source, which lists nothing twice.
struct Layer {
    std::vector<std::pair<const Option*, Setting>> settings;

    void add(const Option& option, Setting setting) {
        if (option.is_secret())
            setting.hide_value();
        settings.emplace_back(&option, std::move(setting));
    }
};

/// In the order of the table, so that what one key says about another is the same whatever order they were written in.
void apply(Layer& layer, Config& config) {
    const auto by_row = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::stable_sort(layer.settings.begin(), layer.settings.end(), by_row);
    const Setting* password_file = nullptr;
    for (const auto& [option, setting] : layer.settings) {
        if (option->key == "password_file")
            password_file = &setting;
        if (option->key == "password_command" && password_file != nullptr)
            throw setting.error("this is given together with password_file", "keep one of the two");
        option->set(config, setting);
    }
}

Error unknown_section(const TomlEntry& entry) {
    const std::vector<std::string> sections = section_names();
    const std::string& name = entry.path.front();
    const std::string meant = nearest(name.substr(0, 64), sections);
    return error_at(entry.key_position, fmt::format("unknown section [{}]", name),
                    fmt::format("{}the sections are {}", meant.empty() ? "" : fmt::format("did you mean [{}]? ", meant),
                                fmt::join(sections, ", ")));
}

/// The section that has this key, for a key in the wrong place.
std::string section_of(const std::string& key) {
    for (const Option& option : options()) {
        if (option.key == key)
            return std::string(option.section);
    }
    return {};
}

Error unknown_key(const TomlEntry& entry) {
    const bool at_top = entry.path.size() == 1;
    const std::string& key = entry.path.back();
    const std::string home = section_of(key);
    std::vector<std::string> keys;
    for (const Option& option : options()) {
        if (at_top || option.section == entry.path.front())
            keys.emplace_back(option.key);
    }
    const std::string meant = nearest(key.substr(0, 64), keys);
    std::string hint = at_top ? "put every key below its [section]"
                              : fmt::format("[{}] has {}", entry.path.front(), fmt::join(keys, ", "));
    if (!home.empty())
        hint = fmt::format("{} belongs below [{}]", key, home);
    else if (!meant.empty())
        hint = fmt::format("did you mean {}?", at_top ? fmt::format("{} below [{}]", meant, section_of(meant)) : meant);
    return unknown_key_error(entry, hint);
}

void check_section(const TomlEntry& entry) {
    const std::vector<std::string> sections = section_names();
    const bool known = std::find(sections.begin(), sections.end(), entry.path.front()) != sections.end();
    const bool is_table = entry.value.kind == TomlValue::Kind::table;
    if (known && is_table)
        return;
    if (known)
        throw not_a_section_error(entry);
    if (is_table || entry.value.kind == TomlValue::Kind::array)
        throw unknown_section(entry);
    throw unknown_key(entry);
}

Layer file_layer(const fs::path& file, const std::string& name, const fs::path& folder) {
    Layer layer;
    const std::vector<TomlEntry> entries = parse_toml(read_text_file(file), name);
    (void)parse_doctor_config(entries, folder);  // a mistake in one of them is every command's
    (void)parse_serve_config(entries, folder);
    for (const TomlEntry& entry : entries) {
        // load_targets(), load_doctor_config() and load_serve_config() read them
        if (entry.path.front() == "targets" || entry.path.front() == "doctor" || entry.path.front() == "serve")
            continue;
        if (entry.path.size() == 1) {
            check_section(entry);
            continue;
        }
        const Option* const option = find_option(entry.path[0], entry.path[1]);
        if (option == nullptr)
            throw unknown_key(entry);
        Setting setting(entry.path.size() == 2 ? entry.path[1] : entry.path[1] + "." + entry.path[2], entry, folder);
        if (!option->is_table() || entry.path.size() == 3)
            layer.add(*option, std::move(setting));
        else if (entry.path.size() == 2 && entry.value.kind != TomlValue::Kind::table)
            throw setting.error("this must be a table of names and strings",
                                fmt::format("write [{}] and below it name = \"text\"", option->path()));
    }
    return layer;
}

/// `--config`, or the tripmig.toml nearest to the working directory, upwards; empty when there is none.
fs::path find_file(const Sources& sources) {
    if (sources.config_file) {
        const fs::path given = *sources.config_file;
        fs::path file = given.is_absolute() ? given : sources.working_directory / given;
        if (!fs::exists(file) || fs::is_directory(file))
            throw Error(
                ExitCode::usage,
                fmt::format("configuration file {} {}", given.string(),
                            fs::is_directory(file) ? "is a directory" : "does not exist"),
                "give --config the path of a tripmig.toml; without --config the nearest one from here upwards is used");
        return file;
    }
    for (fs::path folder = sources.working_directory; !folder.empty(); folder = folder.parent_path()) {
        std::error_code ignored;
        if (fs::is_regular_file(folder / "tripmig.toml", ignored))
            return folder / "tripmig.toml";
        if (folder == folder.root_path())
            break;
    }
    return {};
}

/// What messages call the file: as it was given, or seen from the working directory.
std::string display_name(const fs::path& file, const Sources& sources) {
    if (sources.config_file)
        return sources.config_file->string();
    return file.lexically_relative(sources.working_directory).string();
}

/// Relative to the file's folder; as it was written when that is the working directory, so that messages stay short.
fs::path folder_of(const fs::path& file, const Sources& sources) {
    const fs::path folder = file.parent_path().lexically_normal();
    return folder == sources.working_directory.lexically_normal() ? fs::path() : folder;
}

Layer flag_layer(const Sources& sources) {
    Layer layer;
    for (const auto& [path, text] : sources.flags) {
        const std::size_t dot = path.find('.');
        const Option* const option =
            dot == std::string::npos ? nullptr : find_option(path.substr(0, dot), path.substr(dot + 1));
        if (option == nullptr || option->is_table())
            throw Error(ExitCode::unexpected, fmt::format("a flag stands for \"{}\", which is no option", path));
        layer.add(*option, Setting(option->flag.empty() ? path : std::string(option->flag), text, {}));
    }
    return layer;
}

Layer environment_layer(const Sources& sources, const Config& config) {
    Layer layer;
    const bool has_url_flag = sources.flags.count("database.url") != 0;
    for (EnvironmentSetting& found : environment_settings(sources.environment, config.migrations.placeholders)) {
        if (found.option->path() != "database.url" || !has_url_flag)
            layer.add(*found.option, std::move(found.setting));
    }
    return layer;
}

}  // namespace

Config load_config(const Sources& sources) {
    Config config;
    const fs::path file = find_file(sources);
    if (!file.empty()) {
        config.file = file;
        const fs::path folder = folder_of(file, sources);
        if (!folder.empty()) {
            config.migrations.dir = folder / config.migrations.dir;
            config.partitions.dir = folder / config.partitions.dir;
        }
        Layer layer = file_layer(file, display_name(file, sources), folder);
        apply(layer, config);
    }
    Layer environment = environment_layer(sources, config);
    apply(environment, config);
    Layer flags = flag_layer(sources);
    apply(flags, config);
    return config;
}

}  // namespace tripmig::config
