#include "base/error.hpp"

#include <fmt/format.h>

#include <utility>

namespace tripmig {

Error::Error(ExitCode code, std::string message, std::string hint)
    : m_code(code), m_message(std::move(message)), m_hint(std::move(hint)) {
}

Error& Error::with_sqlstate(std::string sqlstate) {
    m_sqlstate = std::move(sqlstate);
    return *this;
}

Error& Error::with_detail(std::string detail) {
    m_detail = std::move(detail);
    return *this;
}

Error& Error::with_hint(std::string hint) {
    m_hint = std::move(hint);
    return *this;
}

Error& Error::at(SourcePosition position) {
    m_position = std::move(position);
    return *this;
}

Error Error::rewrapped(ExitCode code, const std::string& prefix) const {
    Error copy = *this;
    copy.m_code = code;
    copy.m_message = prefix + m_message;
    return copy;
}

namespace {

/// The line, and below it a caret under the column. Tabs stay tabs, so that the caret lines up in any terminal.
std::string with_caret(const SourcePosition& position) {
    std::string lead;
    std::size_t characters = 1;
    for (const char c : position.line_text) {
        const bool continuation = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (continuation)
            continue;
        if (characters++ >= position.column)
            break;
        lead += c == '\t' ? '\t' : ' ';
    }
    const std::string number = fmt::format("{}", position.line);
    return fmt::format("\n  {} | {}\n  {} | {}^", number, position.line_text, std::string(number.size(), ' '), lead);
}

}  // namespace

std::string describe(const Error& error) {
    std::string text;
    if (error.position()) {
        const SourcePosition& position = *error.position();
        text += position.file;
        if (position.line > 0)
            text += fmt::format(":{}:{}", position.line, position.column);
        text += ": ";
    }
    text += error.message();
    if (!error.sqlstate().empty())
        text += fmt::format(" (SQLSTATE {})", error.sqlstate());
    if (error.position() && error.position()->line > 0 && !error.position()->line_text.empty())
        text += with_caret(*error.position());
    if (!error.detail().empty())
        text += "\n  detail: " + error.detail();
    if (!error.hint().empty())
        text += "\n  hint: " + error.hint();
    return text;
}

}  // namespace tripmig
