#include <fmt/format.h>

#include <array>

#include "config/name_pattern.hpp"
#include "partition/adopt/draft.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

constexpr std::array<std::string_view, 8> weekdays{"",         "monday", "tuesday",  "wednesday",
                                                   "thursday", "friday", "saturday", "sunday"};

/// A basic string (TOML 1.0).
std::string toml_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            quoted += '\\';
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        else
            quoted += c;
    }
    return quoted + '"';
}

std::string toml_interval(const config::PartitionInterval& interval) {
    return std::holds_alternative<std::int64_t>(interval) ? interval_text(interval)
                                                          : toml_string(interval_text(interval));
}

/// A comment has no line ends: what is quoted in it may.
std::string comment(const std::string& text) {
    std::string line = "# ";
    for (const char c : text)
        line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    return line + '\n';
}

std::string sections(const PolicyDraft& draft) {
    std::string text;
    if (draft.encoding.unit != config::KeyEncoding::Unit::none)
        text += fmt::format("\n[key_encoding]\nunit = \"{}\"\n", draft.encoding.name());
    if (draft.encoding.epoch)
        text += fmt::format("epoch = \"{}\"\n", format_timestamp(*draft.encoding.epoch));
    if (draft.keep)
        text += fmt::format("\n[retention]\nkeep = {}\naction = \"{}\"\n", toml_interval(*draft.keep),
                            draft.drops ? "drop" : "detach");
    if (draft.has_default)
        text += "\n[default]\npartition = \"watch\"\n";
    return text;
}

}  // namespace

std::string policy_text(const PolicyDraft& draft, const std::string& origin) {
    std::string text = comment(origin) + '\n';
    text += fmt::format("table = {}\n", toml_string(sql::quoted(draft.table)));
    text += fmt::format("key = {}\n", toml_string(sql::quote_ident(draft.key)));
    text += fmt::format("interval = {}\n", toml_interval(draft.interval));
    if (!draft.time_zone.empty())
        text += fmt::format("time_zone = {}\n", toml_string(draft.time_zone));
    if (draft.week_start != 1)
        text += fmt::format("week_start = \"{}\"\n", weekdays.at(static_cast<std::size_t>(draft.week_start)));
    if (draft.premake)
        text += fmt::format("premake = {}\n", *draft.premake);
    if (draft.start)
        text += fmt::format("start = {}\n", toml_string(*draft.start));
    if (draft.name != config::default_name_pattern(draft.interval))
        text += fmt::format("name = {}\n", toml_string(draft.name));
    return text + sections(draft);
}

std::string policy_file_name(const QualifiedName& table) {
    std::string name = table.schema == "public" ? table.name : table.schema + '.' + table.name;
    for (char& c : name)
        if (c == '/' || static_cast<unsigned char>(c) < 0x20)
            c = '_';
    if (name.front() == '.')  // a hidden file would not be read
        name.front() = '_';
    return name + ".toml";
}

}  // namespace tripmig::partition
