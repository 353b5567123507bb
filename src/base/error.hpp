#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "base/exit_code.hpp"

namespace tripmig {

/// A place in a file that a person wrote. Lines and columns count from 1; columns count characters, not bytes.
struct SourcePosition {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    std::string line_text;  ///< the whole line, without its end; empty when it is not known
};

/// The one failure type. Thrown where something fails, caught once, in main. Expected outcomes are values instead.
/// The message says what happened and to which object, the hint what to do next. Neither ever holds a secret.
class Error : public std::exception {
  public:
    Error(ExitCode code, std::string message, std::string hint = {});

    Error& with_sqlstate(std::string sqlstate);
    Error& with_detail(std::string detail);
    Error& with_hint(std::string hint);
    Error& at(SourcePosition position);

    [[nodiscard]] const char* what() const noexcept override { return m_message.c_str(); }
    [[nodiscard]] ExitCode code() const noexcept { return m_code; }
    [[nodiscard]] const std::string& message() const noexcept { return m_message; }
    [[nodiscard]] const std::string& sqlstate() const noexcept { return m_sqlstate; }  ///< empty: not from a server
    [[nodiscard]] const std::string& detail() const noexcept { return m_detail; }
    [[nodiscard]] const std::string& hint() const noexcept { return m_hint; }
    [[nodiscard]] const std::optional<SourcePosition>& position() const noexcept { return m_position; }

    /// The same failure under another exit code or with what it happened to put before the message.
    [[nodiscard]] Error rewrapped(ExitCode code, const std::string& prefix = {}) const;

  private:
    ExitCode m_code;
    std::string m_message;
    std::string m_sqlstate;
    std::string m_detail;
    std::string m_hint;
    std::optional<SourcePosition> m_position;
};

/// The text a person reads: `file:line:column`, message, the line with a caret, SQLSTATE, detail, hint. Ends without
/// newline.
std::string describe(const Error& error);

}  // namespace tripmig
