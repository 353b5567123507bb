#include "base/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace tripmig {

namespace {

struct DurationUnit {
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

constexpr std::array<DurationUnit, 14> units{{{"ms", 1},
                                              {"s", second},
                                              {"sec", second},
                                              {"second", second},
                                              {"seconds", second},
                                              {"min", minute},
                                              {"minute", minute},
                                              {"minutes", minute},
                                              {"h", hour},
                                              {"hour", hour},
                                              {"hours", hour},
                                              {"d", day},
                                              {"day", day},
                                              {"days", day}}};

constexpr std::int64_t longest =
    day * 366 * 100;  // a century is more than any wait: catches overflow and typing errors

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{} || number < 0)
        return std::nullopt;
    std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    for (const auto& [name, milliseconds] : units) {
        if (unit == name)
            return number > longest / milliseconds ? std::nullopt
                                                   : std::optional(std::chrono::milliseconds(number * milliseconds));
    }
    return std::nullopt;
}

std::string elapsed_text(std::chrono::microseconds elapsed) {
    using std::chrono::seconds;
    const auto us = static_cast<double>(elapsed.count());
    if (elapsed < seconds(1))
        return fmt::format("{:.1f} ms", us / 1e3);
    if (elapsed < std::chrono::minutes(1))
        return fmt::format("{:.1f} s", us / 1e6);
    const std::int64_t whole = std::chrono::duration_cast<seconds>(elapsed).count();
    return fmt::format("{} min {} s", whole / 60, whole % 60);
}

std::string to_string(std::chrono::milliseconds duration) {
    const std::int64_t count = duration.count();
    if (count % second != 0)
        return fmt::format("{}ms", count);
    if (count % minute != 0 || count == 0)
        return fmt::format("{}s", count / second);
    if (count % hour != 0)
        return fmt::format("{}min", count / minute);
    return fmt::format("{}h", count / hour);
}

}  // namespace tripmig
