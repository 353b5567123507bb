#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/setting.hpp"
#include "config/toml_document.hpp"

namespace tripmig::config {

/// [serve] of tripmig.toml.
struct ServeConfig {
    std::string listen = "127.0.0.1:9187";
    std::chrono::milliseconds refresh{15'000};
    std::string language = "en";
};

/// A key of [serve].
struct ServeKey {
    std::string_view key;
    std::string_view type;
    std::string_view default_text;
    std::string_view help;
    void (*set)(ServeConfig& config, const Setting& setting);
};

const std::vector<ServeKey>& serve_keys();

/// The languages of the report.
const std::vector<std::string>& report_languages();

/// The section out of a file's entries. Throws Error{usage} at the place of what is wrong.
ServeConfig parse_serve_config(const std::vector<TomlEntry>& entries, const std::filesystem::path& folder);

/// Of that tripmig.toml; empty: there is none.
ServeConfig load_serve_config(const std::filesystem::path& file);

}  // namespace tripmig::config
