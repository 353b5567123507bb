#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/setting.hpp"

namespace tripmig::config {

/// One key of tripmig.toml, declared once: the file, the environment, the flags, the messages and docs/configuration.md
/// (a test compares) all come from this row.
struct Option {
    std::string_view section;
    std::string_view key;
    std::string_view type;  ///< for the docs: "duration", "path", "integer", "string", "auto, always, never", "table"
    std::string_view default_text;  ///< as one would write it; empty: nothing
    std::string_view help;          ///< one line
    void (*set)(Config& config, const Setting& setting);
    std::string_view flag = {};  ///< "--url": the flag of every command that stands for it; empty: none

    /// A table of names and texts of the user's own: [migrations.placeholders].
    [[nodiscard]] bool is_table() const { return type == "table"; }
    /// No message shows what was written.
    [[nodiscard]] bool is_secret() const {
        return key == "url" || key == "direct_url" || key == "password_command" || key == "placeholders" ||
               section == "hooks";
    }
    /// "migrations.lock_timeout".
    [[nodiscard]] std::string path() const;
    /// "TRIPMIG_MIGRATIONS_LOCK_TIMEOUT".
    [[nodiscard]] std::string environment_name() const;
};

/// All of them, a section after the other. Within one source they are set in this order.
const std::vector<Option>& options();

/// nullptr when there is none.
const Option* find_option(std::string_view section, std::string_view key);

/// The sections in the order of the table.
std::vector<std::string> section_names();

}  // namespace tripmig::config
