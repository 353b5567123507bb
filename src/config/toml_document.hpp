#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace tripmig::config {

/// One value of a TOML file. Dates and times are kept as their text in ISO 8601, arrays and tables only as a kind.
struct TomlValue {
    enum class Kind { string, integer, decimal, boolean, time, array, table } kind = Kind::string;
    std::string text;  ///< of a string or a time; for the others as a person would write it
    std::int64_t integer = 0;
    bool boolean = false;
};

/// "a string", "an integer", ...: for messages.
std::string_view to_string(TomlValue::Kind kind);

/// A key with its value. Tables are entries as well and stand before what is in them, so that an empty one is seen too.
struct TomlEntry {
    std::vector<std::string> path;  ///< {"migrations", "lock_timeout"}
    TomlValue value;
    SourcePosition key_position;
    SourcePosition value_position;
};

/// Every entry in the order of the file; the tables of a [[list]] at the top under their number: {"targets", "0",
/// "url"}. `name` is what messages call the file. Lines that may hold a secret (anything in [database], or with a URL
/// or a word such as "password" in it) reach messages only as far as their `=`. Throws Error{usage} at the place of a
/// syntax error.
std::vector<TomlEntry> parse_toml(std::string_view text, const std::string& name);

/// Error{usage} at that place.
Error error_at(const SourcePosition& position, std::string message, std::string hint);
/// What to throw for a key that nobody knows in its section, or at the top.
Error unknown_key_error(const TomlEntry& entry, std::string hint);
/// What to throw for a section's name that has a value.
Error not_a_section_error(const TomlEntry& entry);

/// The file's bytes. Throws Error{usage} with the system's reason when it cannot be read.
std::string read_text_file(const std::filesystem::path& file);

}  // namespace tripmig::config
