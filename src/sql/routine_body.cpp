#include "sql/routine_body.hpp"

#include "sql/identifier.hpp"

namespace tripmig::sql {

void RoutineBody::on_head_word(std::string_view word) noexcept {
    HeadWord& head = m_head[m_words++];
    if (equals_folded(word, "create"))
        head = HeadWord::create;
    else if (equals_folded(word, "or"))
        head = HeadWord::or_;
    else if (equals_folded(word, "replace"))
        head = HeadWord::replace;
    else if (equals_folded(word, "function") || equals_folded(word, "procedure"))
        head = HeadWord::routine;
    const bool replaces = m_head[1] == HeadWord::or_ && m_head[2] == HeadWord::replace;
    m_is_routine = m_head[0] == HeadWord::create && m_head[replaces ? 3 : 1] == HeadWord::routine;
    if (m_head[0] != HeadWord::create)
        m_words = m_head.size();
}

void RoutineBody::on_word(std::string_view word, std::size_t offset, bool in_parentheses) noexcept {
    if (m_words < m_head.size())
        on_head_word(word);
    const Previous previous = m_previous;
    m_previous = Previous::other;
    if (!m_is_routine || in_parentheses)
        return;
    if (m_is_open) {
        m_is_open = previous != Previous::statement_end || !equals_folded(word, "end");
    } else if (previous == Previous::begin && equals_folded(word, "atomic")) {
        m_is_open = true;
        m_previous = Previous::statement_end;
    } else if (equals_folded(word, "begin")) {
        m_previous = Previous::begin;
        m_opened_at = offset;
    }
}

}  // namespace tripmig::sql
