#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"

namespace tripmig::sql {

enum class TokenKind : std::uint8_t {
    end,
    identifier,         ///< not quoted; key words too
    quoted_identifier,  ///< "name" or U&"name"
    string,             ///< any of '...', E'...', U&'...', B'...', X'...', $$...$$
    number,
    parameter,  ///< $1
    operator_sign,
    punctuation,  ///< , ( ) [ ] . ; :
    other         ///< what no statement has: a lone backslash, a brace
};

/// What means something to the server: no white space, no comments. A view into the text it was cut from.
struct Token {
    TokenKind kind = TokenKind::end;
    LexemeKind lexeme = LexemeKind::end;  ///< says which string or identifier it is
    std::string_view text;
    std::size_t offset = 0;
    bool is_complete = true;  ///< false: the closing quote is missing

    /// The key word, written in lower case here, as PostgreSQL compares it: not quoted, any case.
    [[nodiscard]] bool is_word(std::string_view lower_case) const noexcept;
    [[nodiscard]] bool is_punctuation(char mark) const noexcept {
        return kind == TokenKind::punctuation && text.front() == mark;
    }
    [[nodiscard]] bool is_name() const noexcept {
        return kind == TokenKind::identifier || kind == TokenKind::quoted_identifier;
    }
    /// The name as the catalog spells it: folded or unquoted, cut to 63 bytes. The text of a '...' string. Else the
    /// text as it is.
    [[nodiscard]] std::string value() const;
};

/// Reads tokens one after the other with one of look-ahead, so that the head of a huge statement costs no more than a
/// small one's.
class TokenCursor {
  public:
    explicit TokenCursor(std::string_view text, bool standard_conforming_strings = true);

    [[nodiscard]] const Token& peek() const noexcept { return m_current; }
    /// The current token; goes on to the next.
    Token take();
    /// Goes on when the current token is that key word.
    bool take_word(std::string_view lower_case);
    bool take_punctuation(char mark);
    /// Both or none, for pairs such as IF EXISTS: an index may be called "if".
    bool take_words(std::string_view first, std::string_view second);
    bool take_words(std::string_view first, std::string_view second, std::string_view third);
    /// A name with its qualifying parts (a.b.c), as the catalog spells them; empty when there is none here.
    std::vector<std::string> take_name();
    /// From behind ( to behind the ) that closes it. The current token must be the (. False when none closes it.
    bool skip_parentheses();
    /// The byte where the current token begins, the text's length at its end.
    [[nodiscard]] std::size_t offset() const noexcept { return m_current.offset; }
    /// The byte behind the token taken last.
    [[nodiscard]] std::size_t end_of_taken() const noexcept { return m_taken_end; }

  private:
    Token read();
    std::string take_part();

    std::string_view m_text;
    Lexer m_lexer;
    Token m_current;
    std::size_t m_taken_end = 0;
};

/// The parts of a string token as they stand: one, or more when it goes on in later lines ('a' newline 'b'). The first
/// has the prefix.
std::vector<std::string_view> string_parts(const Token& token);

/// All tokens of a statement or of a whole text.
std::vector<Token> tokenize(std::string_view text, bool standard_conforming_strings = true);

}  // namespace tripmig::sql
