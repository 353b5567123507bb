#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tripmig {

/// "500ms", "2s", "10min", "1h", "3 days": one whole number and one unit (ms, s, min, h, d, or the word, singular or
/// plural). nullopt for anything else, a number without a unit and one that overflows among them.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// A measured time, for people: "38.0 ms", "17.8 s", "2 min 5 s".
std::string elapsed_text(std::chrono::microseconds elapsed);

/// The shortest of those forms: "500ms", "10min", "0s".
std::string to_string(std::chrono::milliseconds duration);

}  // namespace tripmig
