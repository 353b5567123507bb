#include "cli/duration_option.hpp"

#include <fmt/format.h>

#include "base/duration.hpp"
#include "base/error.hpp"

namespace tripmig::cli {

std::chrono::milliseconds parse_duration_option(std::string_view option, const std::string& value) {
    const auto duration = parse_duration(value);
    if (!duration)
        throw Error(ExitCode::usage, fmt::format("{} {} is not a valid duration", option, value),
                    "write a number and a unit: 500ms, 60s, 10min, 1h");
    return *duration;
}

}  // namespace tripmig::cli
