#include "report/color.hpp"

#include <fmt/format.h>

namespace tripmig::report {

namespace {

std::string_view sgr(Paint paint) {
    switch (paint) {
        case Paint::bold_red:
            return "1;31";
        case Paint::yellow:
            return "33";
        case Paint::green:
            return "32";
        case Paint::dim:
            return "2";
        case Paint::bold:
            break;
    }
    return "1";
}

}  // namespace

std::string painted(Paint paint, std::string_view text, bool color) {
    return color ? fmt::format("\x1b[{}m{}\x1b[0m", sgr(paint), text) : std::string(text);
}

std::string severity_mark(Severity severity, bool color) {
    switch (severity) {
        case Severity::error:
            return painted(Paint::bold_red, "error:", color) + " ";
        case Severity::warning:
            return painted(Paint::yellow, "warning:", color) + " ";
        case Severity::debug:
            return painted(Paint::dim, "debug:", color) + " ";
        case Severity::info:
            break;
    }
    return {};
}

}  // namespace tripmig::report
