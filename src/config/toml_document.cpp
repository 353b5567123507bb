#include "config/toml_document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/read_file.hpp"
#include "config/source_lines.hpp"
#include "config/stray_character.hpp"

// toml++ is compiled into this one file, parser only: no other file includes it, and no shared library is loaded for
// it.
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
// Its assertions are wrong for some files: `[#` breaks one, and the code after it has the proper error message. In a
// release build clang would even take them for true. So they say nothing, in either build.
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#if __has_include(<toml++/toml.hpp>)
#include <toml++/toml.hpp>
#else
#include <toml++/toml.h>
#endif

namespace tripmig::config {

namespace {

std::string date_text(const toml::date& date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year, unsigned{date.month}, unsigned{date.day});
}

std::string time_text(const toml::time& time) {
    std::string text =
        fmt::format("{:02}:{:02}:{:02}", unsigned{time.hour}, unsigned{time.minute}, unsigned{time.second});
    if (time.nanosecond != 0)
        text += fmt::format(".{:09}", time.nanosecond);
    return text;
}

std::string date_time_text(const toml::date_time& moment) {
    std::string text = date_text(moment.date) + "T" + time_text(moment.time);
    if (!moment.offset)
        return text;
    const int minutes = moment.offset->minutes;
    const int magnitude = minutes < 0 ? -minutes : minutes;
    return text + fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', magnitude / 60, magnitude % 60);
}

TomlValue value_of(const toml::node& node) {
    using Kind = TomlValue::Kind;
    switch (node.type()) {
        case toml::node_type::string:
            return {Kind::string, node.as_string()->get(), 0, false};
        case toml::node_type::integer:
            return {Kind::integer, fmt::format("{}", node.as_integer()->get()), node.as_integer()->get(), false};
        case toml::node_type::floating_point:
            return {Kind::decimal, fmt::format("{}", node.as_floating_point()->get()), 0, false};
        case toml::node_type::boolean:
            return {Kind::boolean, node.as_boolean()->get() ? "true" : "false", 0, node.as_boolean()->get()};
        case toml::node_type::date:
            return {Kind::time, date_text(node.as_date()->get()), 0, false};
        case toml::node_type::time:
            return {Kind::time, time_text(node.as_time()->get()), 0, false};
        case toml::node_type::date_time:
            return {Kind::time, date_time_text(node.as_date_time()->get()), 0, false};
        case toml::node_type::array:
            return {Kind::array, {}, 0, false};
        case toml::node_type::none:
        case toml::node_type::table:
            break;
    }
    return {Kind::table, {}, 0, false};
}

class Flattener {
  public:
    explicit Flattener(const SourceLines& lines) : m_lines(lines) {}

    void add_all(const toml::table& table, const std::vector<std::string>& parents) {
        std::vector<std::pair<const toml::key*, const toml::node*>> children;
        for (auto&& [key, node] : table)
            children.emplace_back(&key, &node);
        const auto by_place = [](const auto& a, const auto& b) {
            return a.first->source().begin < b.first->source().begin;
        };
        std::stable_sort(children.begin(), children.end(), by_place);
        for (const auto& [key, node] : children) {
            std::vector<std::string> path = parents;
            path.emplace_back(key->str());
            m_entries.push_back({path, value_of(*node), at(key->source().begin), at(node->source().begin)});
            if (node->is_table())
                add_all(*node->as_table(), path);
            else if (parents.empty() && node->is_array_of_tables())
                add_each(*node->as_array(), path);
        }
    }

    /// [[targets]]: the tables are entries under their number.
    void add_each(const toml::array& tables, const std::vector<std::string>& parents) {
        for (std::size_t i = 0; i < tables.size(); ++i) {
            std::vector<std::string> path = parents;
            path.push_back(fmt::format("{}", i));
            const SourcePosition place = at(tables[i].source().begin);
            m_entries.push_back({path, {TomlValue::Kind::table, {}, 0, false}, place, place});
            add_all(*tables[i].as_table(), path);
        }
    }

    std::vector<TomlEntry> take() { return std::move(m_entries); }

  private:
    [[nodiscard]] SourcePosition at(const toml::source_position& place) const {
        return m_lines.position(place.line, place.column);
    }

    const SourceLines& m_lines;
    std::vector<TomlEntry> m_entries;
};

/// The place after that much of the text.
SourcePosition place_of(const SourceLines& lines, std::string_view before) {
    const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::string_view head = before.substr(line_begin);
    const auto column = std::count_if(head.begin(), head.end(), is_first_byte) + 1;
    return lines.position(static_cast<std::size_t>(line), static_cast<std::size_t>(column));
}

}  // namespace

std::string_view to_string(TomlValue::Kind kind) {
    switch (kind) {
        case TomlValue::Kind::string:
            return "a string";
        case TomlValue::Kind::integer:
            return "an integer";
        case TomlValue::Kind::decimal:
            return "a decimal number";
        case TomlValue::Kind::boolean:
            return "true or false";
        case TomlValue::Kind::time:
            return "a date or time";
        case TomlValue::Kind::array:
            return "an array";
        case TomlValue::Kind::table:
            break;
    }
    return "a table";
}

std::vector<TomlEntry> parse_toml(std::string_view text, const std::string& name) {
    const SourceLines lines(text, name);
    if (const auto stray = find_stray_character(text))
        throw error_at(place_of(lines, text.substr(0, *stray)),
                       "not valid TOML: this character is allowed only in quotes or in a comment",
                       "it may be a typographic quote or a no-break space: retype it as \" or as a space");
    try {
        Flattener flattener(lines);
        flattener.add_all(toml::parse(text), {});
        return flattener.take();
    } catch (const toml::parse_error& failure) {
        const toml::source_position& place = failure.source().begin;
        throw error_at(lines.position(place.line, place.column),
                       fmt::format("not valid TOML: {}", failure.description()),
                       "put strings in quotes, sections in [brackets], and one `key = value` on each line");
    }
}

Error error_at(const SourcePosition& position, std::string message, std::string hint) {
    Error failure(ExitCode::usage, std::move(message), std::move(hint));
    failure.at(position);
    return failure;
}

Error unknown_key_error(const TomlEntry& entry, std::string hint) {
    const std::string section = entry.path.size() > 1 ? fmt::format(" in [{}]", entry.path.front()) : "";
    return error_at(entry.key_position, fmt::format("unknown key \"{}\"{}", entry.path.back(), section),
                    std::move(hint));
}

Error not_a_section_error(const TomlEntry& entry) {
    const std::string& name = entry.path.front();
    return error_at(entry.key_position, fmt::format("{} is a section", name),
                    fmt::format("write [{}] on a line of its own, and its keys below", name));
}

std::string read_text_file(const std::filesystem::path& file) {
    std::string text;
    std::error_code none;
    if (const std::error_code failed = read_file(file, text))
        throw Error(ExitCode::usage,
                    fmt::format("cannot read {}: {}", file.string(),
                                std::filesystem::is_directory(file, none) ? "it is a directory" : failed.message()));
    return text;
}

}  // namespace tripmig::config
