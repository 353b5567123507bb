#include "config/byte_size.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace tripmig::config {

namespace {

constexpr std::array<std::string_view, 6> units{"b", "kb", "mb", "gb", "tb", "pb"};

}  // namespace

std::optional<std::int64_t> parse_byte_size(std::string_view text) {
    std::int64_t number = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || number < 0)
        return std::nullopt;
    std::string unit;
    for (const char c : text.substr(static_cast<std::size_t>(rest - text.data())))
        if (c != ' ')
            unit += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::int64_t factor = 1;
    for (const std::string_view known : units) {
        if (unit == known)
            return number > std::numeric_limits<std::int64_t>::max() / factor ? std::nullopt
                                                                              : std::optional(number * factor);
        factor *= 1024;
    }
    return std::nullopt;
}

std::string byte_size_text(std::int64_t bytes) {
    constexpr std::array<std::string_view, 6> shown{"B", "kB", "MB", "GB", "TB", "PB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < shown.size(); ++unit)
        value /= 1024;
    if (unit == 0 || value >= 100)
        return fmt::format("{:.0f} {}", value, shown.at(unit));
    return fmt::format("{:.1f} {}", value, shown.at(unit));
}

}  // namespace tripmig::config
