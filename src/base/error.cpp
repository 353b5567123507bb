#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace tripmig {

Error::Error(ExitCode code, std::string message, std::string hint)
    : m_code(code), m_message(std::move(message)), m_hint(std::move(hint)) {
}

Error& Error::with_sqlstate(std::string sqlstate) {
    m_sqlstate = std::move(sqlstate);
    return *this;
}

Error& Error::with_detail(std::string detail) {
    m_detail = std::move(detail);
    return *this;
}

Error& Error::with_hint(std::string hint) {
    m_hint = std::move(hint);
    return *this;
}

Error& Error::at(SourcePosition position) {
    m_position = std::move(position);
    return *this;
}

Error Error::rewrapped(ExitCode code, const std::string& prefix) const {
    Error copy = *this;
    copy.m_code = code;
    copy.m_message = prefix + m_message;
    return copy;
}

namespace {

constexpr std::size_t widest_line = 240;  ///< in characters; of a longer line a window around the column is shown
constexpr std::string_view cut_mark = "...";

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Past so many characters more.
std::size_t past_characters(std::string_view text, std::size_t offset, std::size_t count) {
    for (; offset < text.size() && count > 0; --count)
        do
            ++offset;
        while (offset < text.size() && continues_character(text[offset]));
    return offset;
}

/// What a person is shown of a line.
struct Excerpt {
    std::string text;
    std::string lead;  ///< what stands before the caret. Tabs stay tabs, so that it lines up in any terminal.
};

Excerpt excerpt(std::string_view line, std::size_t column) {
    const bool is_long = past_characters(line, 0, widest_line) < line.size();
    const auto characters =
        line.size() - static_cast<std::size_t>(std::count_if(line.begin(), line.end(), continues_character));
    column = std::min(column, characters + 1);
    const std::size_t hidden = is_long && column > widest_line / 2 ? column - widest_line / 2 : 0;
    const std::size_t begin = past_characters(line, 0, hidden);
    const std::size_t end = is_long ? past_characters(line, begin, widest_line) : line.size();
    Excerpt shown;
    if (begin > 0)
        shown.text = shown.lead = cut_mark;
    std::replace(shown.lead.begin(), shown.lead.end(), '.', ' ');
    shown.text += line.substr(begin, end - begin);
    if (end < line.size())
        shown.text += cut_mark;
    const std::size_t caret = past_characters(line, begin, column > hidden ? column - hidden - 1 : 0);
    for (std::size_t i = begin; i < std::min(caret, end); ++i)
        if (!continues_character(line[i]))
            shown.lead += line[i] == '\t' ? '\t' : ' ';
    return shown;
}

/// The line, and below it a caret under the column.
std::string with_caret(const SourcePosition& position) {
    const Excerpt shown = excerpt(position.line_text, position.column);
    const std::string number = fmt::format("{}", position.line);
    return fmt::format("\n  {} | {}\n  {} | {}^", number, shown.text, std::string(number.size(), ' '), shown.lead);
}

}  // namespace

std::string describe(const Error& error) {
    std::string text;
    if (error.position()) {
        const SourcePosition& position = *error.position();
        text += position.file;
        if (position.line > 0)
            text += fmt::format(":{}:{}", position.line, position.column);
        text += ": ";
    }
    text += error.message();
    if (!error.sqlstate().empty())
        text += fmt::format(" (SQLSTATE {})", error.sqlstate());
    if (error.position() && error.position()->line > 0 && !error.position()->line_text.empty())
        text += with_caret(*error.position());
    if (!error.detail().empty())
        text += "\n  detail: " + error.detail();
    if (!error.hint().empty())
        text += "\n  hint: " + error.hint();
    return text;
}

}  // namespace tripmig
