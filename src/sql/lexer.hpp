#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tripmig::sql {

/// What a stretch of SQL text is, by PostgreSQL's lexical rules (manual 4.1).
enum class LexemeKind : std::uint8_t {
    end,
    blank,               ///< a run of white space
    line_comment,        ///< -- up to the line's end, which is not in it
    block_comment,       ///< /* */, nested ones in it
    identifier,          ///< not quoted: name, also key words
    quoted_identifier,   ///< "name"
    unicode_identifier,  ///< U&"name"
    string,              ///< 'text' or N'text', with its continuations on later lines
    escape_string,       ///< E'text', and 'text' while standard_conforming_strings is off
    unicode_string,      ///< U&'text'
    bit_string,          ///< B'01' or X'1F'
    dollar_string,       ///< $tag$ text $tag$
    number,
    parameter,      ///< $1
    operator_sign,  ///< one operator, also :: := => ..
    punctuation,    ///< one of , ( ) [ ] . ; :
    variable,       ///< :name, which psql would take for one of its variables
    backslash,      ///< a lone backslash: where psql sees a command of its own
    other           ///< one byte that belongs to nothing above
};

/// A stretch of the text, in byte offsets [begin, end). Lexemes follow each other without a gap.
struct Lexeme {
    LexemeKind kind = LexemeKind::end;
    bool is_complete = true;  ///< false: a quote or comment that the text's end cut off
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Cuts text into lexemes as psql and the server do (PostgreSQL 15 to 18). The one place that knows quotes and
/// comments. Linear in the text whatever stands in it; never throws, never allocates.
class Lexer {
  public:
    explicit Lexer(std::string_view text, bool standard_conforming_strings = true, std::size_t position = 0) noexcept
        : m_text(text), m_position(position), m_standard_strings(standard_conforming_strings) {}

    Lexeme next() noexcept;

    [[nodiscard]] std::size_t position() const noexcept { return m_position; }
    [[nodiscard]] std::string_view text(const Lexeme& lexeme) const noexcept {
        return m_text.substr(lexeme.begin, lexeme.end - lexeme.begin);
    }
    void seek(std::size_t position) noexcept { m_position = position; }

    // The parts of one string: 'a' newline 'b' is one in SQL, of the first part's kind.
    /// The quote that closes the part whose text begins at `inside`; npos when there is none.
    [[nodiscard]] std::size_t string_part_end(std::size_t inside, LexemeKind kind) const noexcept;
    /// The quote that opens the part after the one closed just before `after_quote`; npos when that was the last.
    /// Between the two are only white space and -- comments, with a line end among them (manual 4.1.2.1).
    [[nodiscard]] std::size_t next_string_part(std::size_t after_quote) const noexcept;

    void set_standard_conforming_strings(bool on) noexcept { m_standard_strings = on; }

  private:
    [[nodiscard]] unsigned char at(std::size_t position) const noexcept {
        return position < m_text.size() ? static_cast<unsigned char>(m_text[position]) : 0;
    }
    template <typename Predicate>
    [[nodiscard]] std::size_t skip(std::size_t position, Predicate is_in) const noexcept;

    [[nodiscard]] LexemeKind scan_token(Lexeme& lexeme) noexcept;
    LexemeKind scan_word(Lexeme& lexeme) noexcept;
    LexemeKind scan_prefixed(Lexeme& lexeme) noexcept;
    LexemeKind scan_string(Lexeme& lexeme, std::size_t quote, LexemeKind kind) noexcept;
    LexemeKind scan_quoted_identifier(Lexeme& lexeme, std::size_t quote, LexemeKind kind) noexcept;
    LexemeKind scan_block_comment(Lexeme& lexeme) noexcept;
    LexemeKind scan_dollar(Lexeme& lexeme) noexcept;
    LexemeKind scan_number(Lexeme& lexeme) noexcept;
    LexemeKind scan_colon(Lexeme& lexeme) noexcept;
    LexemeKind scan_operator(Lexeme& lexeme) noexcept;

    [[nodiscard]] std::size_t line_end(std::size_t position) const noexcept;

    std::string_view m_text;
    std::size_t m_position;
    bool m_standard_strings;
    /// A run of + and - that an operator left behind: each is an operator of its own. Else a long run would be read
    /// again for each.
    std::size_t m_signs_begin = 0;
    std::size_t m_signs_end = 0;
};

}  // namespace tripmig::sql
