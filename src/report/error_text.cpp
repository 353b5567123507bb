#include "report/error_text.hpp"

#include "report/color.hpp"
#include "report/display_width.hpp"
#include "report/json_line.hpp"

namespace tripmig::report {

std::string error_text(const Error& error, bool color) {
    return severity_mark(Severity::error, color) + without_control_characters(describe(error));
}

void report_error(const ReporterOptions& options, const Error& error) {
    const SystemClock own_clock;
    const Clock& clock = options.clock != nullptr ? *options.clock : own_clock;
    const bool json = options.format == ReporterOptions::Format::json;
    options.sink((json ? json_line(error, clock.now()) : error_text(error, options.color)) + "\n");
}

}  // namespace tripmig::report
