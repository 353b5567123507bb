#pragma once

#include <optional>
#include <string_view>

namespace tripmig::sql {

/// standard_conforming_strings as the statements of a script change it: SET, SET LOCAL, RESET and the ends of
/// transactions (manual, SET). It decides where a string ends, so a scanner must follow it.
class StringSetting {
  public:
    explicit StringSetting(bool initially) : m_initial(initially), m_session(initially) {}

    [[nodiscard]] bool is_on() const noexcept { return m_local.value_or(m_session); }

    /// Whether a statement that begins with that word can change it.
    static bool may_change(std::string_view first_word) noexcept;

    /// What the statement does to it.
    void apply(std::string_view statement);

  private:
    void set(std::string_view statement);

    bool m_initial;
    bool m_session;
    std::optional<bool> m_local;         // SET LOCAL, until the transaction's end
    std::optional<bool> m_before_begin;  // what ROLLBACK brings back
};

}  // namespace tripmig::sql
