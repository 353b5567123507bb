#include "partition/adopt/name_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.hpp"
#include "config/name_pattern.hpp"

namespace tripmig::partition {

namespace {

/// What a name may spell of a time, finest first.
constexpr std::array<std::string_view, 7> spellings{"YmdHM", "YmdH", "Ymd", "Yj", "Ym", "GV", "Y"};

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// Up to two characters between the parts of a date: "_", "-", "m", "_w".
std::size_t length_of_separator(std::string_view text) {
    std::size_t length = 0;
    while (length < 2 && length < text.size() && !is_digit(text[length]) && text[length] != '%')
        ++length;
    return length;
}

/// The format of a time that begins there and has these parts, "%Y_%m", and how long its text is.
struct TimeFormat {
    std::string format;
    std::size_t length = 0;
};

std::optional<TimeFormat> read_time(std::string_view text, std::string_view parts, const ddl::Leaf& leaf,
                                    ddl::KeyType key, const ddl::Calendar& calendar) {
    TimeFormat found;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t separator = i == 0 ? 0 : length_of_separator(text.substr(found.length));
        found.format += text.substr(found.length, separator);
        found.length += separator;
        const std::string conversion = fmt::format("%{}", parts[i]);
        const std::string value = ddl::leaf_name("{start:" + conversion + "}", "", key, leaf.bounds.lower, calendar);
        if (text.substr(found.length, value.size()) != value)
            return std::nullopt;
        found.format += conversion;
        found.length += value.size();
    }
    return found;
}

std::vector<std::string> time_patterns(std::string_view prefix, std::string_view rest, const ddl::Leaf& leaf,
                                       ddl::KeyType key, const ddl::Calendar& calendar) {
    std::vector<std::string> patterns;
    for (const std::string_view parts : spellings)
        for (std::size_t place = 0; place < rest.size(); ++place)
            if (const auto time = read_time(rest.substr(place), parts, leaf, key, calendar)) {
                patterns.push_back(fmt::format("{}{}{{start:{}}}{}", prefix, rest.substr(0, place), time->format,
                                               rest.substr(place + time->length)));
                break;
            }
    return patterns;
}

std::vector<std::string> possible_patterns(std::string_view table, ddl::KeyType key, const ddl::Leaf& leaf,
                                           const ddl::Calendar& calendar) {
    std::string_view rest = leaf.name.name;
    std::string_view prefix;
    if (rest.find_first_of("{}%") != std::string_view::npos)
        return {};
    if (rest.substr(0, table.size()) == table) {
        prefix = "{table}";
        rest.remove_prefix(table.size());
    }
    if (!ddl::is_number(key))
        return time_patterns(prefix, rest, leaf, key, calendar);
    const std::string number = fmt::format("{}", leaf.bounds.lower.number());
    const std::size_t place = rest.rfind(number);
    if (place == std::string_view::npos)
        return {};
    return {fmt::format("{}{}{{start}}{}", prefix, rest.substr(0, place), rest.substr(place + number.size()))};
}

/// Whether each partition of that width would get a name of its own.
bool is_usable(const std::string& pattern, const config::PartitionInterval& interval) {
    try {
        config::check_name_pattern(pattern, interval);
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

std::vector<ddl::Leaf> unlike_pattern(std::string_view pattern, std::string_view table, ddl::KeyType key,
                                      const std::vector<ddl::Leaf>& leaves, const ddl::Calendar& calendar) {
    std::vector<ddl::Leaf> unlike;
    for (const ddl::Leaf& leaf : leaves)
        if (ddl::leaf_name(pattern, table, key, leaf.bounds.lower, calendar) != leaf.name.name)
            unlike.push_back(leaf);
    return unlike;
}

std::optional<std::string> find_name_pattern(std::string_view table, ddl::KeyType key,
                                             const std::vector<ddl::Leaf>& leaves,
                                             const config::PartitionInterval& interval, const ddl::Calendar& calendar) {
    std::optional<std::string> best;
    std::size_t fewest = leaves.size() / 2 + 1;
    for (auto leaf = leaves.rbegin(); leaf != leaves.rend(); ++leaf)
        for (const std::string& pattern : possible_patterns(table, key, *leaf, calendar)) {
            if (!is_usable(pattern, interval))
                continue;
            const std::size_t unlike = unlike_pattern(pattern, table, key, leaves, calendar).size();
            if (unlike < fewest) {
                best = pattern;
                fewest = unlike;
            }
        }
    return best;
}

}  // namespace tripmig::partition
