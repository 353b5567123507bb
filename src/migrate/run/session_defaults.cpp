#include "migrate/run/session_defaults.hpp"

#include <algorithm>
#include <array>

namespace tripmig::migrate {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool is_word_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Takes the word away when the text begins with it, in any case, and it ends there.
bool take_word(std::string_view& text, std::string_view word) {
    const bool is_same =
        text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char wanted, char found) {
            return wanted == (found >= 'A' && found <= 'Z' ? static_cast<char>(found | 0x20) : found);
        });
    if (!is_same || (text.size() > word.size() && is_word_letter(text[word.size()])))
        return false;
    text.remove_prefix(word.size());
    return true;
}

void skip_space(std::string_view& text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
}

bool has_word(std::string_view text, std::string_view word) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string_view rest = text.substr(i);
        if ((i == 0 || !is_word_letter(text[i - 1])) && take_word(rest, word))
            return true;
    }
    return false;
}

/// `text` begins with ALTER.
bool alters_defaults(std::string_view text) {
    constexpr std::array<std::string_view, 3> owners = {"database", "role", "user"};
    if (!take_word(text, "alter"))
        return false;
    skip_space(text);
    const bool is_owner =
        std::any_of(owners.begin(), owners.end(), [&](std::string_view owner) { return take_word(text, owner); });
    return is_owner && (has_word(text, "set") || has_word(text, "reset"));
}

}  // namespace

bool changes_session_defaults(const Script& script) {
    for (const ScriptStatement& statement : script.statements)
        for (std::size_t i = 0; i < statement.sql.size(); ++i)
            if ((statement.sql[i] | 0x20) == 'a' && alters_defaults(statement.sql.substr(i)))
                return true;
    return false;
}

}  // namespace tripmig::migrate
