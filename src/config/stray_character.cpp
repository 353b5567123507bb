#include "config/stray_character.hpp"

#include <algorithm>

namespace tripmig::config {

namespace {

bool is_beyond_ascii(char c) {
    return (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// The place after the """ or ''' string that begins at `begin`. More quotes at its end are part of it.
std::size_t end_of_long_string(std::string_view text, std::size_t begin) {
    const char quote = text[begin];
    const std::string_view delimiter = text.substr(begin, 3);
    for (std::size_t i = begin + 3; i < text.size(); ++i) {
        if (text[i] == '\\' && quote == '"') {
            ++i;
        } else if (text.substr(i, 3) == delimiter) {
            return std::min(text.find_first_not_of(quote, i), text.size());
        }
    }
    return text.size();
}

/// The place after the string that begins at `begin`, which ends with its line at the latest.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
    const char quote = text[begin];
    if (text.substr(begin, 3) == std::string_view(quote == '"' ? "\"\"\"" : "'''"))
        return end_of_long_string(text, begin);
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
        if (text[i] == '\n')
            return i;
        if (text[i] == quote)
            return i + 1;
        if (text[i] == '\\' && quote == '"' && i + 1 < text.size() && text[i + 1] != '\n')
            ++i;
    }
    return text.size();
}

}  // namespace

std::optional<std::size_t> find_stray_character(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::size_t i = text.substr(0, 3) == byte_order_mark ? 3 : 0;
    while (i < text.size()) {
        const char c = text[i];
        if (is_beyond_ascii(c))
            return i;
        if (c == '#')
            i = std::min(text.find('\n', i), text.size());
        else if (c == '"' || c == '\'')
            i = end_of_string(text, i);
        else
            ++i;
    }
    return std::nullopt;
}

}  // namespace tripmig::config
