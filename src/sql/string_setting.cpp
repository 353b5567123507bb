#include "sql/string_setting.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sql/identifier.hpp"
#include "sql/tokens.hpp"

namespace tripmig::sql {

namespace {

constexpr std::string_view setting_name = "standard_conforming_strings";

/// A boolean setting as the server reads it: any unambiguous beginning of true, false, yes, no, on, off, or 1, 0
/// (manual 19.1.1).
std::optional<bool> boolean_setting(std::string_view word) {
    const std::string value = folded(word);
    const auto begins = [&value](std::string_view full, std::size_t least) {
        return value.size() >= least && full.substr(0, value.size()) == value;
    };
    if (begins("true", 1) || begins("yes", 1) || value == "on" || value == "1")
        return true;
    if (begins("false", 1) || begins("no", 1) || begins("off", 2) || value == "0")
        return false;
    return std::nullopt;
}

}  // namespace

bool StringSetting::may_change(std::string_view first_word) noexcept {
    static constexpr std::array<std::string_view, 9> words = {"set",    "reset", "discard",  "begin", "start",
                                                              "commit", "end",   "rollback", "abort"};
    return std::any_of(words.begin(), words.end(),
                       [first_word](std::string_view word) { return equals_folded(first_word, word); });
}

void StringSetting::apply(std::string_view statement) {
    TokenCursor cursor(statement, is_on());
    const std::string word = cursor.take().value();
    const bool to_savepoint = cursor.take_word("to") || (cursor.take_word("work") && cursor.take_word("to"));
    if (word == "set") {
        set(statement);
    } else if (word == "reset" || word == "discard") {
        if (cursor.take_word("all") || cursor.take_word(setting_name)) {
            m_session = m_initial;
            m_local.reset();
        }
    } else if (word == "begin" || word == "start") {
        m_before_begin = m_session;
    } else if (!to_savepoint) {
        if (word == "rollback" || word == "abort")
            m_session = m_before_begin.value_or(m_session);
        m_before_begin.reset();
        m_local.reset();
    }
}

void StringSetting::set(std::string_view statement) {
    TokenCursor cursor(statement, is_on());
    cursor.take();
    const bool is_local = cursor.take_word("local");
    if (!is_local)
        cursor.take_word("session");
    if (!cursor.take_word(setting_name))
        return;
    cursor.take();  // TO or =
    const Token value = cursor.take();
    const std::optional<bool> wanted =
        value.is_word("default") ? std::optional(m_initial) : boolean_setting(value.value());
    if (!wanted)
        return;
    if (is_local) {
        m_local = wanted;
    } else {
        m_session = *wanted;
        m_local.reset();
    }
}

}  // namespace tripmig::sql
