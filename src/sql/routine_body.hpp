#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace tripmig::sql {

/// Follows CREATE [OR REPLACE] FUNCTION|PROCEDURE to know whether a ; is inside of its BEGIN ... END body (manual,
/// CREATE FUNCTION, sql_body), by psql's own rule: a statement that begins so counts each BEGIN outside of parentheses,
/// each CASE within one, and takes back one for each END.
class RoutineBody {
  public:
    /// False: no word to come can change anything, so the caller need not look.
    [[nodiscard]] bool wants_words() const noexcept { return m_is_routine || m_words < m_head.size(); }
    void on_word(std::string_view word, std::size_t offset, bool in_parentheses) noexcept;

    [[nodiscard]] bool is_open() const noexcept { return m_depth > 0; }
    [[nodiscard]] std::size_t opened_at() const noexcept { return m_opened_at; }

  private:
    void on_head_word(std::string_view word) noexcept;

    enum class HeadWord : unsigned char { other, create, or_, replace, routine };
    std::array<HeadWord, 4> m_head{};
    std::size_t m_words = 0;
    bool m_is_routine = false;
    std::size_t m_depth = 0;
    std::size_t m_opened_at = 0;
};

}  // namespace tripmig::sql
