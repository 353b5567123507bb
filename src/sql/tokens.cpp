#include "sql/tokens.hpp"

#include <algorithm>

#include "sql/identifier.hpp"

namespace tripmig::sql {

namespace {

TokenKind kind_of(LexemeKind kind) {
    switch (kind) {
        case LexemeKind::end:
            return TokenKind::end;
        case LexemeKind::identifier:
            return TokenKind::identifier;
        case LexemeKind::quoted_identifier:
        case LexemeKind::unicode_identifier:
            return TokenKind::quoted_identifier;
        case LexemeKind::string:
        case LexemeKind::escape_string:
        case LexemeKind::unicode_string:
        case LexemeKind::bit_string:
        case LexemeKind::dollar_string:
            return TokenKind::string;
        case LexemeKind::number:
            return TokenKind::number;
        case LexemeKind::parameter:
            return TokenKind::parameter;
        case LexemeKind::operator_sign:
            return TokenKind::operator_sign;
        case LexemeKind::punctuation:
        case LexemeKind::variable:
            return TokenKind::punctuation;
        default:
            return TokenKind::other;
    }
}

bool is_skipped(LexemeKind kind) {
    return kind == LexemeKind::blank || kind == LexemeKind::line_comment || kind == LexemeKind::block_comment;
}

/// The inside of "..." or '...' with doubled marks made single.
std::string without_marks(std::string_view text, char mark) {
    std::string inside;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        inside += text[i];
        if (text[i] == mark)
            ++i;
    }
    return inside;
}

}  // namespace

bool Token::is_word(std::string_view lower_case) const noexcept {
    return kind == TokenKind::identifier && equals_folded(text, lower_case);
}

std::string Token::value() const {
    switch (lexeme) {
        case LexemeKind::identifier:
            return truncated_identifier(folded(text));
        case LexemeKind::quoted_identifier:
            return truncated_identifier(without_marks(text, '"'));
        case LexemeKind::unicode_identifier:
            return truncated_identifier(decoded_unicode(without_marks(text.substr(2), '"')));
        case LexemeKind::string: {
            std::string whole;
            for (const std::string_view part : string_parts(*this))
                whole += without_marks(part.substr(part.find('\'')), '\'');
            return whole;
        }
        default:
            return std::string(text);
    }
}

TokenCursor::TokenCursor(std::string_view text, bool standard_conforming_strings)
    : m_text(text), m_lexer(text, standard_conforming_strings) {
    m_current = read();
}

Token TokenCursor::read() {
    Lexeme lexeme = m_lexer.next();
    while (is_skipped(lexeme.kind))
        lexeme = m_lexer.next();
    if (lexeme.kind == LexemeKind::variable) {  // the server sees a colon and a name: the slice a[1:n]
        lexeme.end = lexeme.begin + 1;
        m_lexer.seek(lexeme.end);
    }
    return Token{kind_of(lexeme.kind), lexeme.kind, m_lexer.text(lexeme), lexeme.begin, lexeme.is_complete};
}

Token TokenCursor::take() {
    const Token taken = m_current;
    m_taken_end = taken.offset + taken.text.size();
    m_current = read();
    return taken;
}

bool TokenCursor::take_word(std::string_view lower_case) {
    if (!m_current.is_word(lower_case))
        return false;
    take();
    return true;
}

bool TokenCursor::take_punctuation(char mark) {
    if (!m_current.is_punctuation(mark))
        return false;
    take();
    return true;
}

bool TokenCursor::take_words(std::string_view first, std::string_view second) {
    if (!m_current.is_word(first))
        return false;
    const TokenCursor here = *this;
    take();
    if (take_word(second))
        return true;
    *this = here;
    return false;
}

bool TokenCursor::take_words(std::string_view first, std::string_view second, std::string_view third) {
    if (!m_current.is_word(first))
        return false;
    const TokenCursor here = *this;
    if (take_words(first, second) && take_word(third))
        return true;
    *this = here;
    return false;
}

/// One part of a name, with the UESCAPE 'c' that may follow U&"..." (manual 4.1.1).
std::string TokenCursor::take_part() {
    const Token name = take();
    if (name.lexeme != LexemeKind::unicode_identifier || !take_word("uescape"))
        return name.value();
    const std::string escape = take().value();
    const std::string inside = without_marks(name.text.substr(2), '"');
    return truncated_identifier(decoded_unicode(inside, escape.empty() ? '\\' : escape.front()));
}

std::vector<std::string> TokenCursor::take_name() {
    std::vector<std::string> parts;
    while (m_current.is_name()) {
        parts.push_back(take_part());
        if (!take_punctuation('.'))
            break;
    }
    return parts;
}

bool TokenCursor::skip_parentheses() {
    std::size_t depth = 0;
    while (m_current.kind != TokenKind::end) {
        const Token token = take();
        if (token.is_punctuation('('))
            ++depth;
        else if (token.is_punctuation(')') && --depth == 0)
            return true;
    }
    return false;
}

std::vector<std::string_view> string_parts(const Token& token) {
    if (token.lexeme == LexemeKind::dollar_string)
        return {token.text};
    const Lexer lexer(token.text);
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    std::size_t quote = token.text.find('\'');
    while (quote != std::string_view::npos) {
        const std::size_t close = lexer.string_part_end(quote + 1, token.lexeme);
        const std::size_t end = close == std::string_view::npos ? token.text.size() : close + 1;
        parts.push_back(token.text.substr(begin, end - begin));
        begin = quote = lexer.next_string_part(end);
    }
    return parts;
}

std::vector<Token> tokenize(std::string_view text, bool standard_conforming_strings) {
    std::vector<Token> tokens;
    TokenCursor cursor(text, standard_conforming_strings);
    while (cursor.peek().kind != TokenKind::end)
        tokens.push_back(cursor.take());
    return tokens;
}

}  // namespace tripmig::sql
