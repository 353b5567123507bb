#pragma once

#include <string>
#include <string_view>

#include "base/event.hpp"

namespace tripmig::report {

enum class Paint { bold_red, yellow, green, dim, bold };

/// The text in that colour, or as it is when `color` is false.
std::string painted(Paint paint, std::string_view text, bool color);

/// "error: ", "warning: ", "debug: ", or nothing for info.
std::string severity_mark(Severity severity, bool color);

}  // namespace tripmig::report
