#include <fmt/format.h>

#include <string>

#include "config/connection_forms.hpp"

namespace tripmig::config {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

class KeyValueParser {
  public:
    explicit KeyValueParser(std::string_view text) : m_text(text) {}

    ConnectionParameters parse() {
        for (skip_blanks(); !m_text.empty(); skip_blanks()) {
            ++m_part;
            const std::string name = take_name();
            if (!is_libpq_parameter(name))
                throw unknown(name);
            m_former = name;
            skip_blanks();
            add_parameter(m_parameters, name, take_value());
        }
        return m_parameters;
    }

  private:
    void skip_blanks() {
        while (!m_text.empty() && is_blank(m_text.front()))
            m_text.remove_prefix(1);
    }

    char take_character() {
        const char c = m_text.front();
        m_text.remove_prefix(1);
        return c;
    }

    /// A word that is no key word may be a piece of a password, wherever it stands: it is not repeated.
    [[nodiscard]] Error unknown(const std::string& name) const {
        if (m_parameters.count("password") + m_parameters.count("sslpassword") == 0)
            return Error(ExitCode::usage,
                         fmt::format("part {} of the connection string has an unknown parameter name", m_part),
                         parameter_hint(name));
        return Error(
            ExitCode::usage,
            fmt::format("what follows {}=... in the connection string, after the password, is not a known parameter",
                        m_former),
            parameter_hint(name) +
                "; put a password with spaces in single quotes, with \\' for a quote and \\\\ for a backslash");
    }

    std::string take_name() {
        std::string name;
        while (!m_text.empty() && m_text.front() != '=' && !is_blank(m_text.front()))
            name += take_character();
        skip_blanks();
        if (m_text.empty() || m_text.front() != '=') {
            if (!is_libpq_parameter(name))
                throw unknown(name);
            throw Error(ExitCode::usage, fmt::format("= is missing after \"{}\" in the connection string", name));
        }
        take_character();
        return name;
    }

    std::string take_value() {
        if (m_text.empty() || m_text.front() != '\'')
            return take_plain_value();
        take_character();
        std::string value;
        while (!m_text.empty()) {
            char c = take_character();
            if (c == '\'')
                return value;
            if (c == '\\' && !m_text.empty())
                c = take_character();
            value += c;
        }
        throw Error(ExitCode::usage,
                    fmt::format("the quote after {}= in the connection string is not closed", m_former));
    }

    std::string take_plain_value() {
        std::string value;
        while (!m_text.empty() && !is_blank(m_text.front())) {
            const char c = take_character();
            if (c != '\\')
                value += c;
            else if (!m_text.empty())  // at the very end libpq passes over it
                value += take_character();
        }
        return value;
    }

    std::string_view m_text;
    std::string m_former;
    std::size_t m_part = 0;  ///< counted from 1
    ConnectionParameters m_parameters;
};

}  // namespace

ConnectionParameters parse_key_value(std::string_view text) {
    return KeyValueParser(text).parse();
}

}  // namespace tripmig::config
