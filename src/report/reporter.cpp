#include "report/reporter.hpp"

#include <utility>

#include "report/json_reporter.hpp"
#include "report/text_reporter.hpp"

namespace tripmig::report {

ReporterOptions reporter_options(int descriptor, std::string_view color,
                                 const std::map<std::string, std::string>& environment) {
    const auto value = [&](const char* name) -> std::string {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string() : found->second;
    };
    ReporterOptions options;
    options.sink = descriptor_sink(descriptor);
    options.width = [descriptor] { return terminal_width(descriptor); };
    options.is_terminal = is_interactive(descriptor, value("TERM"));
    options.color = color == "always" || (color == "auto" && options.is_terminal && value("NO_COLOR").empty());
    return options;
}

std::unique_ptr<Reporter> make_reporter(ReporterOptions options) {
    if (options.format == ReporterOptions::Format::json)
        return std::make_unique<JsonReporter>(std::move(options));
    return std::make_unique<TextReporter>(std::move(options));
}

}  // namespace tripmig::report
