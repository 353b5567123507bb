#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace tripmig::cli {

/// The value of an option that takes a duration: "60s", "500ms", "10min". Throws Error{usage} naming the option.
std::chrono::milliseconds parse_duration_option(std::string_view option, const std::string& value);

}  // namespace tripmig::cli
