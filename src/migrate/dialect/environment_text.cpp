#include "migrate/dialect/environment_text.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>

#include "base/error.hpp"

namespace tripmig::migrate {

namespace {

using Map = std::map<std::string, std::string>;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_rest(char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
}

class Expander {
  public:
    Expander(std::string_view text, const Map& variables) : m_text(text), m_variables(variables) {}

    std::string all() {
        std::string result = until('\0');
        return result;
    }

  private:
    [[nodiscard]] char at(std::size_t offset) const { return offset < m_text.size() ? m_text[offset] : '\0'; }

    /// Up to that character, which stays; '\0': to the end.
    std::string until(char stop) {
        std::string result;
        while (m_at < m_text.size() && (stop == '\0' || m_text[m_at] != stop)) {
            if (m_text[m_at] == '\\' && (at(m_at + 1) == '$' || at(m_at + 1) == '\\')) {
                result += at(m_at + 1) == '$' ? "$" : "\\\\";
                m_at += 2;
            } else if (m_text[m_at] == '$') {
                result += dollar();
            } else {
                result += m_text[m_at++];
            }
        }
        return result;
    }

    std::string dollar() {
        const char next = at(m_at + 1);
        if (next == '{')
            return braces();
        if (next == '$') {
            m_at += 2;
            return "$$";
        }
        if (!is_letter(next)) {
            ++m_at;
            return "$";
        }
        std::size_t end = m_at + 1;
        while (is_rest(at(end)))
            ++end;
        const std::string name(m_text.substr(m_at + 1, end - m_at - 1));
        const auto found = value_of(name);
        const bool is_variable_next = at(end + 1) == '{' && is_letter(at(end + 2));
        if (!found && at(end) == '$' && !is_variable_next) {  // $body$: a dollar quote
            std::string tag(m_text.substr(m_at, end + 1 - m_at));
            m_at = end + 1;
            return tag;
        }
        m_at = end;
        return found.value_or("");
    }

    std::string braces() {
        const std::size_t begin = m_at;
        m_at += 2;
        const std::size_t name_begin = m_at;
        while (is_rest(at(m_at)))
            ++m_at;
        const std::string name(m_text.substr(name_begin, m_at - name_begin));
        const bool counts_empty = at(m_at) == ':';
        const char operation = at(counts_empty ? m_at + 1 : m_at);
        const bool is_known = operation == '-' || operation == '?' || (operation == '}' && !counts_empty);
        if (name.empty() || !is_letter(name.front()) || (!is_known && operation != '\0'))
            throw Error(ExitCode::usage,
                        fmt::format("`{}` is not supported by ENVSUB here", m_text.substr(begin, m_at + 1 - begin)),
                        "write ${NAME}, ${NAME:-default}, ${NAME-default} or ${NAME?message}");
        auto value = value_of(name);
        std::string word;
        if (operation == '-' || operation == '?') {
            m_at += counts_empty ? 2 : 1;
            word = until('}');
        }
        if (at(m_at) != '}')
            throw Error(ExitCode::usage, fmt::format("`${{{}` is not closed on its line", name), "add the missing }");
        ++m_at;
        if (value && (!counts_empty || !value->empty()))
            return *value;
        if (operation == '?')
            throw Error(ExitCode::usage, fmt::format("${}: {}", name, word.empty() ? std::string("not set") : word),
                        fmt::format("set the environment variable {}", name));
        return word;
    }

    [[nodiscard]] std::optional<std::string> value_of(const std::string& name) const {
        const auto found = m_variables.find(name);
        return found == m_variables.end() ? std::nullopt : std::optional(found->second);
    }

    std::string_view m_text;
    const Map& m_variables;
    std::size_t m_at = 0;
};

}  // namespace

std::string with_environment(std::string_view line, const Map& variables) {
    return line.find('$') == std::string_view::npos ? std::string(line) : Expander(line, variables).all();
}

}  // namespace tripmig::migrate
