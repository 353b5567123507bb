#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "report/reporter.hpp"

namespace tripmig::report {

/// "error: file:line:column: message", the line with a caret, detail and hint: describe() with the word before it, for
/// people. Without line end.
std::string error_text(const Error& error, bool color);

/// Writes the error to the options' sink in the options' format, with a line end. Even when they are quiet.
void report_error(const ReporterOptions& options, const Error& error);

}  // namespace tripmig::report
