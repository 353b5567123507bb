#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/step.hpp"

struct pg_result;

namespace tripmig::db {

/// The exit code that a SQLSTATE stands for when nobody knows better (manual appendix A).
ExitCode exit_code_for(std::string_view sqlstate);

/// The same for a statement of our own, none of a migration: text that is not UTF-8 is refused.
ExitCode own_exit_code(std::string_view sqlstate);

/// What to do about such text; empty for every other SQLSTATE.
std::string utf8_hint(std::string_view sqlstate);

/// 53300: every connection of the server, of the database or of the role is taken; one may come free.
constexpr std::string_view too_many_connections = "53300";

/// 55P03, 40P01, 40001: another try may succeed.
bool is_transient(std::string_view sqlstate);

/// Words of libpq or of a program of PostgreSQL's, without the line ends that they put behind them.
std::string without_line_end(std::string words);

/// The server's report as an Error: SQLSTATE, detail, hint, context; the place in the file when the source is known.
Error server_error(const pg_result* result, std::string_view sql, const std::optional<StepSource>& source);

}  // namespace tripmig::db
