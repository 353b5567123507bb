#include "config/source_lines.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/characters.hpp"

namespace tripmig::config {

namespace {

bool may_hold_secret(std::string_view line) {
    static constexpr std::array<std::string_view, 8> marks{"url",    "://",   "passw",      "pwd",
                                                           "secret", "token", "credential", "placeholders"};
    const std::string lower = lower_case(line);
    return std::any_of(marks.begin(), marks.end(),
                       [&](std::string_view mark) { return lower.find(mark) != std::string::npos; });
}

/// The part of a line that gives nothing away: all up to its `=`, or nothing when it has none.
std::string without_value(std::string_view line) {
    const std::size_t equals = line.find('=');
    return equals == std::string_view::npos ? std::string() : std::string(line.substr(0, equals + 1)) + " ...";
}

/// "[database]", "[[targets]]", "[migrations.placeholders]", with blanks: a header of a section with secrets in it.
bool opens_secrets(std::string_view header) {
    const std::size_t name = header.find_first_not_of("[ \t\"'");
    return name != std::string_view::npos &&
           (header.substr(name, 8) == "database" || header.substr(name, 7) == "targets" ||
            header.find("placeholders") != std::string_view::npos);
}

}  // namespace

SourceLines::SourceLines(std::string_view text, std::string name) : m_name(std::move(name)) {
    bool has_secrets = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        const std::size_t first = line.find_first_not_of(" \t");
        if (first != std::string_view::npos && line[first] == '[')
            has_secrets = opens_secrets(line.substr(first));
        m_lines.push_back({std::string(line), has_secrets});
    }
}

SourcePosition SourceLines::position(std::size_t line, std::size_t column) const {
    SourcePosition position{m_name, line, column, {}};
    if (line == 0 || line > m_lines.size())
        return position;
    const Line& found = m_lines[line - 1];
    const bool is_header = found.text.find_first_not_of(" \t") == found.text.find('[') && !found.text.empty();
    const bool secret = may_hold_secret(found.text) || (found.has_secrets && !is_header);
    position.line_text = secret ? without_value(found.text) : found.text;
    return position;
}

}  // namespace tripmig::config
