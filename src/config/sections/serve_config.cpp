#include "config/sections/serve_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/nearest.hpp"

namespace tripmig::config {

namespace {

std::vector<ServeKey> all_serve_keys() {
    return {
        {"listen", "string", "127.0.0.1:9187",
         "HOST:PORT to listen on. `:9187` is every address of the machine: anybody who can reach it can read the "
         "report.",
         [](ServeConfig& c, const Setting& s) { c.listen = s.as_non_empty_text(); }},
        {"refresh", "duration", "15s", "How often the server is read, however many clients ask.",
         [](ServeConfig& c, const Setting& s) { c.refresh = s.as_duration(std::chrono::seconds(1)); }},
        {"language", "en, ko", "en", "The language of the page at `/`; `/?lang=ko` asks for another.",
         [](ServeConfig& c, const Setting& s) { c.language = report_languages().at(s.as_choice(report_languages())); }},
    };
}

const ServeKey& require_serve_key(const TomlEntry& entry) {
    std::vector<std::string> names;
    for (const ServeKey& key : serve_keys()) {
        if (key.key == entry.path[1])
            return key;
        names.emplace_back(key.key);
    }
    const std::string meant = nearest(entry.path[1].substr(0, 64), names);
    throw unknown_key_error(entry, meant.empty() ? fmt::format("[serve] has {}", fmt::join(names, ", "))
                                                 : fmt::format("did you mean {}?", meant));
}

}  // namespace

const std::vector<ServeKey>& serve_keys() {
    static const std::vector<ServeKey> keys = all_serve_keys();
    return keys;
}

const std::vector<std::string>& report_languages() {
    static const std::vector<std::string> languages{"en", "ko"};
    return languages;
}

ServeConfig parse_serve_config(const std::vector<TomlEntry>& entries, const std::filesystem::path& folder) {
    ServeConfig config;
    for (const TomlEntry& entry : entries) {
        if (entry.path.front() != "serve")
            continue;
        if (entry.path.size() == 1 && entry.value.kind == TomlValue::Kind::table)
            continue;
        if (entry.path.size() == 1)
            throw not_a_section_error(entry);
        require_serve_key(entry).set(config, Setting(entry.path[1], entry, folder));
    }
    return config;
}

ServeConfig load_serve_config(const std::filesystem::path& file) {
    if (file.empty())
        return {};
    return parse_serve_config(parse_toml(read_text_file(file), file.filename().string()), file.parent_path());
}

}  // namespace tripmig::config
