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
    if (!m_is_routine || in_parentheses)
        return;
    if (equals_folded(word, "begin")) {
        if (m_depth++ == 0)
            m_opened_at = offset;
    } else if (m_depth > 0 && equals_folded(word, "case")) {
        ++m_depth;
    } else if (m_depth > 0 && equals_folded(word, "end")) {
        --m_depth;
    }
}

}  // namespace tripmig::sql
