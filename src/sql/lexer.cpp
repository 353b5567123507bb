#include "sql/lexer.hpp"

#include <array>
#include <cstring>

namespace tripmig::sql {

namespace {

constexpr std::size_t npos = std::string_view::npos;

enum ByteClass : std::uint8_t {
    name_start = 1,  // letters, _ and every byte above 127 (manual 4.1.1)
    name_rest = 2,   // the same, digits and $
    digit = 4,
    space = 8,
    line_break = 16,
    operator_char = 32,
    quote_or_backslash = 64
};

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
        if (letter)
            table[c] = name_start | name_rest;
        if (c >= '0' && c <= '9')
            table[c] = digit | name_rest;
    }
    table['$'] = name_rest;
    for (const char c : {' ', '\t', '\n', '\r', '\f', '\v'})
        table[static_cast<unsigned char>(c)] |= space;
    table['\n'] |= line_break;
    table['\r'] |= line_break;
    for (const char c : {'~', '!', '@', '#', '^', '&', '|', '`', '?', '+', '-', '*', '/', '%', '<', '>', '='})
        table[static_cast<unsigned char>(c)] |= operator_char;
    table['\''] |= quote_or_backslash;
    table['\\'] |= quote_or_backslash;
    return table;
}

constexpr std::array<std::uint8_t, 256> classes = make_classes();

constexpr bool is(unsigned char c, std::uint8_t wanted) {
    return (classes[c] & wanted) != 0;
}

/// Characters that no operator of the SQL standard has: with one of them an operator may end in + or - (manual 4.1.3).
constexpr bool allows_sign_at_end(char c) {
    return std::string_view("~!@#^&|`?%").find(c) != npos;
}

}  // namespace

template <typename Predicate>
std::size_t Lexer::skip(std::size_t position, Predicate is_in) const noexcept {
    while (position < m_text.size() && is_in(static_cast<unsigned char>(m_text[position])))
        ++position;
    return position;
}

std::size_t Lexer::line_end(std::size_t position) const noexcept {
    return skip(position, [](unsigned char c) { return !is(c, line_break); });
}

Lexeme Lexer::next() noexcept {
    Lexeme lexeme{LexemeKind::end, true, m_position, m_position};
    if (m_position >= m_text.size())
        return lexeme;
    const unsigned char c = at(m_position);
    if (is(c, space)) {
        lexeme.kind = LexemeKind::blank;
        lexeme.end = skip(m_position + 1, [](unsigned char b) { return is(b, space); });
    } else if (is(c, name_start)) {
        lexeme.kind = scan_word(lexeme);
    } else {
        lexeme.kind = scan_token(lexeme);
    }
    m_position = lexeme.end;
    return lexeme;
}

LexemeKind Lexer::scan_token(Lexeme& lexeme) noexcept {
    const unsigned char c = at(lexeme.begin);
    const unsigned char following = at(lexeme.begin + 1);
    lexeme.end = lexeme.begin + 1;
    switch (c) {
        case '\'':
            return scan_string(lexeme, lexeme.begin,
                               m_standard_strings ? LexemeKind::string : LexemeKind::escape_string);
        case '"':
            return scan_quoted_identifier(lexeme, lexeme.begin, LexemeKind::quoted_identifier);
        case '$':
            return scan_dollar(lexeme);
        case ':':
            return scan_colon(lexeme);
        case '\\':
            return LexemeKind::backslash;
        case '.':
            if (is(following, digit))
                return scan_number(lexeme);
            if (following != '.')
                return LexemeKind::punctuation;
            ++lexeme.end;
            return LexemeKind::operator_sign;
        case ',':
        case '(':
        case ')':
        case '[':
        case ']':
        case ';':
            return LexemeKind::punctuation;
        default:
            break;
    }
    if (c == '-' && following == '-') {
        lexeme.end = line_end(lexeme.begin);
        return LexemeKind::line_comment;
    }
    if (c == '/' && following == '*')
        return scan_block_comment(lexeme);
    if (is(c, digit))
        return scan_number(lexeme);
    return is(c, operator_char) ? scan_operator(lexeme) : LexemeKind::other;
}

LexemeKind Lexer::scan_word(Lexeme& lexeme) noexcept {
    lexeme.end = skip(lexeme.begin + 1, [](unsigned char c) { return is(c, name_rest); });
    const unsigned char following = at(lexeme.end);
    // E, B, X, N and U& make a string of another kind only when the quote follows at once: in te'x' it is a name, then
    // a string.
    if (lexeme.end == lexeme.begin + 1 && (following == '\'' || following == '&'))
        return scan_prefixed(lexeme);
    return LexemeKind::identifier;
}

LexemeKind Lexer::scan_prefixed(Lexeme& lexeme) noexcept {
    const std::size_t quote = lexeme.end;
    const char prefix = static_cast<char>(at(lexeme.begin) | 0x20U);
    if (prefix == 'u' && at(quote) == '&') {
        if (at(quote + 1) == '\'')
            return scan_string(lexeme, quote + 1, LexemeKind::unicode_string);
        if (at(quote + 1) == '"')
            return scan_quoted_identifier(lexeme, quote + 1, LexemeKind::unicode_identifier);
        return LexemeKind::identifier;
    }
    if (at(quote) != '\'')
        return LexemeKind::identifier;
    if (prefix == 'e')
        return scan_string(lexeme, quote, LexemeKind::escape_string);
    if (prefix == 'b' || prefix == 'x')
        return scan_string(lexeme, quote, LexemeKind::bit_string);
    if (prefix == 'n')
        return scan_string(lexeme, quote, m_standard_strings ? LexemeKind::string : LexemeKind::escape_string);
    return LexemeKind::identifier;
}

/// One 'text' and what continues it. A doubled quote is a quote inside; seen as an end and a new beginning it comes out
/// the same but for B and X, which have none.
LexemeKind Lexer::scan_string(Lexeme& lexeme, std::size_t quote, LexemeKind kind) noexcept {
    std::size_t open = quote;
    while (open != npos) {
        const std::size_t close = string_part_end(open + 1, kind);
        if (close == npos) {
            lexeme.is_complete = false;
            lexeme.end = m_text.size();
            return kind;
        }
        lexeme.end = close + 1;
        open = next_string_part(close + 1);
    }
    return kind;
}

std::size_t Lexer::string_part_end(std::size_t inside, LexemeKind kind) const noexcept {
    std::size_t position = inside;
    while (true) {
        if (kind == LexemeKind::escape_string)
            position = skip(position, [](unsigned char c) { return !is(c, quote_or_backslash); });
        else
            position = m_text.find('\'', position);
        if (position >= m_text.size())
            return npos;
        const bool is_doubled = m_text[position] == '\'' && at(position + 1) == '\'' && kind != LexemeKind::bit_string;
        if (m_text[position] == '\'' && !is_doubled)
            return position;
        position += 2;
    }
}

std::size_t Lexer::next_string_part(std::size_t after_quote) const noexcept {
    bool new_line = false;
    std::size_t position = after_quote;
    while (position < m_text.size()) {
        const unsigned char c = at(position);
        if (is(c, space)) {
            new_line = new_line || is(c, line_break);
            ++position;
        } else if (c == '-' && at(position + 1) == '-') {
            position = line_end(position);
        } else {
            return c == '\'' && new_line ? position : npos;
        }
    }
    return npos;
}

LexemeKind Lexer::scan_quoted_identifier(Lexeme& lexeme, std::size_t quote, LexemeKind kind) noexcept {
    std::size_t close = m_text.find('"', quote + 1);
    while (close != npos && at(close + 1) == '"')
        close = m_text.find('"', close + 2);
    lexeme.is_complete = close != npos;
    lexeme.end = lexeme.is_complete ? close + 1 : m_text.size();
    return kind;
}

LexemeKind Lexer::scan_block_comment(Lexeme& lexeme) noexcept {
    std::size_t depth = 1;
    std::size_t position = lexeme.begin + 2;
    while (depth > 0) {
        position = skip(position, [](unsigned char c) { return c != '*' && c != '/'; });
        if (position >= m_text.size()) {
            lexeme.is_complete = false;
            lexeme.end = m_text.size();
            return LexemeKind::block_comment;
        }
        const bool closes = m_text[position] == '*' && at(position + 1) == '/';
        const bool opens = m_text[position] == '/' && at(position + 1) == '*';
        if (closes)
            --depth;
        else if (opens)
            ++depth;
        position += closes || opens ? 2 : 1;
    }
    lexeme.end = position;
    return LexemeKind::block_comment;
}

LexemeKind Lexer::scan_dollar(Lexeme& lexeme) noexcept {
    const unsigned char following = at(lexeme.begin + 1);
    if (is(following, digit)) {
        lexeme.end = skip(lexeme.begin + 2, [](unsigned char c) { return is(c, digit); });
        if (is(at(lexeme.end), name_start))  // $1abc: the server calls it junk, psql takes one letter of it
            ++lexeme.end;
        return LexemeKind::parameter;
    }
    std::size_t tag_end = lexeme.begin + 1;
    if (is(following, name_start))
        tag_end = skip(tag_end, [](unsigned char c) { return is(c, name_start | digit); });
    if (at(tag_end) != '$')
        return LexemeKind::other;
    const std::string_view tag = m_text.substr(lexeme.begin, tag_end + 1 - lexeme.begin);
    // A tag has no $ inside, so a comparison never reads past the next $ of the body: linear.
    std::size_t close = m_text.find('$', tag_end + 1);
    while (close != npos && m_text.compare(close, tag.size(), tag) != 0)
        close = m_text.find('$', close + 1);
    lexeme.is_complete = close != npos;
    lexeme.end = lexeme.is_complete ? close + tag.size() : m_text.size();
    return LexemeKind::dollar_string;
}

/// Since 16 also 0x1F, 0o17, 0b11 and 1_000 (manual 4.1.2.6); before that they are errors, so reading them here costs
/// nothing. A letter that follows at once is junk to the server; one of it goes with the number, as in psql.
LexemeKind Lexer::scan_number(Lexeme& lexeme) noexcept {
    const auto digits = [this](std::size_t from) {
        std::size_t position = from;
        while (is(at(position), digit) || (position > from && at(position) == '_' && is(at(position + 1), digit)))
            ++position;
        return position;
    };
    const auto with_junk = [this](std::size_t end) { return is(at(end), name_start) ? end + 1 : end; };
    const unsigned char base = at(lexeme.begin + 1) | 0x20U;
    if (at(lexeme.begin) == '0' && (base == 'x' || base == 'o' || base == 'b')) {
        lexeme.end = skip(lexeme.begin + 2, [](unsigned char c) {
            return is(c, digit) || c == '_' || ((c | 0x20U) >= 'a' && (c | 0x20U) <= 'f');
        });
        return LexemeKind::number;
    }
    std::size_t position = digits(lexeme.begin);
    const bool is_range = position > lexeme.begin && at(position) == '.' && at(position + 1) == '.';  // 1..10
    if (at(position) == '.' && !is_range)
        position = digits(position + 1);
    if ((at(position) | 0x20U) != 'e') {
        lexeme.end = with_junk(position);
        return LexemeKind::number;
    }
    const bool is_signed = at(position + 1) == '+' || at(position + 1) == '-';
    const std::size_t exponent = position + (is_signed ? 2 : 1);
    const std::size_t after = digits(exponent);
    lexeme.end = after == exponent ? exponent : with_junk(after);
    return LexemeKind::number;
}

LexemeKind Lexer::scan_colon(Lexeme& lexeme) noexcept {
    const unsigned char following = at(lexeme.begin + 1);
    if (following == ':' || following == '=') {
        ++lexeme.end;
        return LexemeKind::operator_sign;
    }
    if (!is(following, name_start | digit))
        return LexemeKind::punctuation;
    lexeme.end = skip(lexeme.begin + 1, [](unsigned char c) { return is(c, name_start | digit); });
    return LexemeKind::variable;
}

/// The longest operator, which a comment's beginning ends, and which keeps + or - at its end only beside ~!@#^&|`?%
/// (manual 4.1.3).
LexemeKind Lexer::scan_operator(Lexeme& lexeme) noexcept {
    if (lexeme.begin >= m_signs_begin && lexeme.begin < m_signs_end)
        return LexemeKind::operator_sign;
    std::size_t end = lexeme.begin + 1;
    bool keeps_sign = allows_sign_at_end(m_text[lexeme.begin]);
    for (; end < m_text.size() && is(at(end), operator_char); ++end) {
        const char c = m_text[end];
        if ((c == '-' && at(end + 1) == '-') || (c == '/' && at(end + 1) == '*'))
            break;
        keeps_sign = keeps_sign || allows_sign_at_end(c);
    }
    m_signs_end = end;
    while (!keeps_sign && end > lexeme.begin + 1 && (m_text[end - 1] == '+' || m_text[end - 1] == '-'))
        --end;
    m_signs_begin = end;
    lexeme.end = end;
    return LexemeKind::operator_sign;
}

}  // namespace tripmig::sql
