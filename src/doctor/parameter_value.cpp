#include "doctor/parameter_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/trimmed.hpp"

namespace tripmig::doctor {

namespace {

using Factor = std::pair<std::string_view, double>;

constexpr std::array factors{Factor{"B", 1.0},           Factor{"kB", 1024.0},          Factor{"MB", 1048576.0},
                             Factor{"GB", 1073741824.0}, Factor{"TB", 1099511627776.0}, Factor{"us", 0.001},
                             Factor{"ms", 1.0},          Factor{"s", 1000.0},           Factor{"min", 60000.0},
                             Factor{"h", 3600000.0},     Factor{"d", 86400000.0}};

struct Number {
    double value = 0;
    std::string_view unit;
};

/// "8kB" is eight, and "kB"; "kB" alone is one.
std::optional<Number> split(std::string_view text, double without_digits) {
    text = trimmed(text);
    Number number;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number.value);
    if (failure == std::errc::invalid_argument && without_digits != 0) {
        number.value = without_digits;
        number.unit = text;
        return number;
    }
    if (failure != std::errc{})
        return std::nullopt;
    number.unit = trimmed(text.substr(static_cast<std::size_t>(rest - text.data())));
    return number;
}

std::optional<double> factor_of(std::string_view unit) {
    const auto found =
        std::find_if(factors.begin(), factors.end(), [&](const Factor& factor) { return factor.first == unit; });
    return found == factors.end() ? std::nullopt : std::optional(found->second);
}

std::string lower(std::string_view text) {
    std::string result(trimmed(text));
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

std::string truth(std::string_view text) {
    std::string word = lower(text);
    if (word == "on" || word == "true" || word == "yes" || word == "1")
        return "on";
    if (word == "off" || word == "false" || word == "no" || word == "0")
        return "off";
    return word;
}

bool is_near(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

}  // namespace

std::optional<double> parameter_value(std::string_view text, std::string_view unit) {
    const auto number = split(text, 0);
    if (!number)
        return std::nullopt;
    if (!number->unit.empty()) {
        const auto factor = factor_of(number->unit);
        return factor && !unit.empty() ? std::optional(number->value * *factor) : std::nullopt;
    }
    if (unit.empty() || number->value < 0)  // -1 stands for "none", in any unit
        return number->value;
    const auto base = split(unit, 1);
    const auto factor = base ? factor_of(base->unit) : std::nullopt;
    return factor ? std::optional(number->value * base->value * *factor) : std::nullopt;
}

bool is_same_value(std::string_view expected, std::string_view actual, std::string_view unit, std::string_view type) {
    if (type == "bool")
        return truth(expected) == truth(actual);
    if (type == "integer" || type == "real") {
        const auto wanted = parameter_value(expected, unit);
        const auto found = parameter_value(actual, unit);
        return wanted && found && is_near(*wanted, *found);
    }
    return type == "enum" ? lower(expected) == lower(actual) : trimmed(expected) == trimmed(actual);
}

std::string parameter_text(std::string_view setting, std::string_view unit) {
    const auto value = parameter_value(setting, unit);
    if (unit.empty() || !value || *value <= 0)
        return std::string(setting);
    const bool is_time = unit.find('B') == std::string_view::npos;
    const std::size_t first = is_time ? 5 : 0;
    const std::size_t last = is_time ? factors.size() : 5;
    for (std::size_t i = last; i-- > first;) {
        const double number = *value / factors.at(i).second;
        if (number >= 1 && is_near(number, std::round(number)))
            return fmt::format("{:.0f}{}", number, factors.at(i).first);
    }
    return fmt::format("{}{}", setting, unit);
}

}  // namespace tripmig::doctor
