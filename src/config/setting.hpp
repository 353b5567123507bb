#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "config/toml_document.hpp"

namespace tripmig::config {

/// One value that somebody gave, and where, so that what is wrong with it is said at its place. Every as_...() throws
/// Error{usage} there, with what the value may be, when it is anything else.
class Setting {
  public:
    /// From a file: `key` is what messages call it.
    Setting(std::string key, const TomlEntry& entry, std::filesystem::path folder);
    /// From the environment or a flag: `source` is the variable's or the flag's name. The text may stand for any type.
    Setting(std::string source, std::string text, std::filesystem::path folder);

    /// What was given is not shown in messages from here on.
    void hide_value() { m_secret = true; }
    /// The last part of the key, for keys that are names themselves (placeholders).
    [[nodiscard]] const std::string& name() const noexcept { return m_name; }
    void set_name(std::string name) { m_name = std::move(name); }
    [[nodiscard]] const TomlValue& value() const noexcept { return m_value; }
    [[nodiscard]] bool is_from_file() const noexcept { return m_position.has_value(); }

    [[nodiscard]] std::string as_text() const;
    [[nodiscard]] std::string as_non_empty_text() const;
    [[nodiscard]] std::int64_t as_integer(std::int64_t least, std::int64_t most) const;
    [[nodiscard]] bool as_boolean() const;
    /// A relative path is relative to the file's folder, or to the working directory when it came from elsewhere.
    [[nodiscard]] std::filesystem::path as_path() const;
    [[nodiscard]] std::chrono::milliseconds as_duration(std::chrono::milliseconds least) const;
    [[nodiscard]] CalendarInterval as_interval() const;
    /// The place of the text in the list.
    [[nodiscard]] std::size_t as_choice(const std::vector<std::string>& choices) const;

    /// "KEY: problem", at its place.
    [[nodiscard]] Error error(const std::string& problem, const std::string& hint = {}) const;
    /// How messages quote the value: `"5 parsecs"`, or `the value` when it is a secret.
    [[nodiscard]] std::string shown() const;

  private:
    [[nodiscard]] Error wrong_type(std::string_view wanted, const std::string& hint) const;

    std::string m_key;
    std::string m_name;
    TomlValue m_value;
    std::optional<SourcePosition> m_position;
    std::filesystem::path m_folder;
    bool m_secret = false;
};

}  // namespace tripmig::config
