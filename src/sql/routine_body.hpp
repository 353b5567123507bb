#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace tripmig::sql {

/// Follows CREATE [OR REPLACE] FUNCTION|PROCEDURE to know whether a ; is inside of its BEGIN ... END body (manual,
/// CREATE FUNCTION, sql_body). Each statement of a body ends with a ; so the END that stands where a statement would
/// begin closes it, and no other: END of a CASE, a column named end, `SELECT 1 AS end`. psql counts BEGIN, CASE and END
/// instead, and loses count there.
class RoutineBody {
  public:
    /// False: no word to come can change anything, so the caller need not look.
    [[nodiscard]] bool wants_words() const noexcept { return m_is_routine || m_words < m_head.size(); }
    void on_word(std::string_view word, std::size_t offset, bool in_parentheses) noexcept;
    /// A ; inside of the body.
    void on_semicolon() noexcept { m_previous = Previous::statement_end; }
    /// Any other token that is no word.
    void on_token() noexcept { m_previous = Previous::other; }

    [[nodiscard]] bool is_open() const noexcept { return m_is_open; }
    [[nodiscard]] std::size_t opened_at() const noexcept { return m_opened_at; }

  private:
    void on_head_word(std::string_view word) noexcept;

    enum class HeadWord : unsigned char { other, create, or_, replace, routine };
    std::array<HeadWord, 4> m_head{};
    std::size_t m_words = 0;
    bool m_is_routine = false;
    enum class Previous : unsigned char { other, begin, statement_end };
    Previous m_previous = Previous::other;  ///< statement_end: also behind BEGIN ATOMIC
    bool m_is_open = false;
    std::size_t m_opened_at = 0;
};

}  // namespace tripmig::sql
