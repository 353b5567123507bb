#include "app/migrate/hidden_values.hpp"

#include <algorithm>
#include <string_view>

#include "sql/placeholder.hpp"

namespace tripmig::app {

namespace {

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// The column in the line as it is shown; within a value: where its ${name} begins.
std::size_t shown_column(const SourcePosition& position, const std::vector<sql::PlaceholderValue>& values) {
    std::size_t column = position.column;
    for (const sql::PlaceholderValue& value : values) {
        const std::string_view line = position.line_text;
        const std::size_t begin = count_characters(line.substr(0, value.offset)) + 1;
        const std::size_t length = count_characters(line.substr(value.offset, value.length));
        const std::size_t shown_length = count_characters(value.name) + std::string_view("${}").size();
        if (begin + length <= position.column)
            column = column + shown_length - length;
        else if (begin < position.column)
            column = column + begin - position.column;
    }
    return column;
}

}  // namespace

Error without_values(const Error& error, const std::map<std::string, std::string>& placeholders) {
    if (placeholders.empty())
        return error;
    const auto hidden = [&](const std::string& text) { return sql::hide_values(text, placeholders); };
    Error shown(error.code(), hidden(error.message()), hidden(error.hint()));
    shown.with_sqlstate(error.sqlstate()).with_detail(hidden(error.detail()));
    if (error.position()) {
        SourcePosition position = *error.position();
        position.column = shown_column(position, sql::find_values(position.line_text, placeholders));
        position.line_text = hidden(position.line_text);
        shown.at(std::move(position));
    }
    return shown;
}

}  // namespace tripmig::app
