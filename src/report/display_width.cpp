#include "report/display_width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tripmig::report {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// East Asian Wide and Fullwidth, and emoji (Unicode's EastAsianWidth.txt), in blocks.
constexpr std::array<Range, 15> wide{{{0x1100, 0x115F},
                                      {0x231A, 0x231B},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0x33FF},
                                      {0x3400, 0x4DBF},
                                      {0x4E00, 0x9FFF},
                                      {0xA000, 0xA4CF},
                                      {0xA960, 0xA97F},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0x1F300, 0x1F64F},
                                      {0x1F680, 0x1F6FF},
                                      {0x1F900, 0x1F9FF}}};
constexpr std::array<Range, 2> wide_planes{{{0xFFE0, 0xFFE6}, {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 9> zero{{{0x0300, 0x036F},
                                     {0x0483, 0x0489},
                                     {0x0591, 0x05BD},
                                     {0x064B, 0x065F},
                                     {0x1160, 0x11FF},
                                     {0x200B, 0x200F},
                                     {0x20D0, 0x20FF},
                                     {0xFE00, 0xFE0F},
                                     {0xFE20, 0xFE2F}}};

template <std::size_t Count>
bool is_in(const std::array<Range, Count>& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [c](const Range& range) { return c >= range.first && c <= range.last; });
}

std::size_t width_of(char32_t c) {
    if (c < 0x300)
        return 1;
    if (is_in(zero, c))
        return 0;
    return is_in(wide, c) || is_in(wide_planes, c) ? 2 : 1;
}

std::size_t sequence_length(unsigned char lead) {
    if (lead >= 0xF0 && lead <= 0xF4)
        return 4;
    if (lead >= 0xE0 && lead < 0xF0)
        return 3;
    return lead >= 0xC2 && lead < 0xE0 ? 2 : 1;
}

/// The first character and how many bytes it takes; a byte that begins none is a character of its own.
std::pair<char32_t, std::size_t> first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = sequence_length(lead);
    if (length == 1 || length > text.size())
        return {lead < 0x80 ? lead : U'\uFFFD', 1};
    char32_t c = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0U) != 0x80U)
            return {U'\uFFFD', 1};
        c = (c << 6U) | (byte & 0x3FU);
    }
    return {c, length};
}

/// The longest front that takes at most `width` columns.
std::string_view front_of(std::string_view text, std::size_t width) {
    std::size_t used = 0;
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const auto [character, length] = first_character(text.substr(bytes));
        used += width_of(character);
        if (used > width)
            break;
        bytes += length;
    }
    return text.substr(0, bytes);
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const auto [character, length] = first_character(text);
        width += width_of(character);
        text.remove_prefix(length);
    }
    return width;
}

std::string shortened(std::string_view text, std::size_t width) {
    constexpr std::string_view dots = "...";
    if (display_width(text) <= width)
        return std::string(text);
    if (width <= dots.size())
        return std::string(front_of(text, width));
    return std::string(front_of(text, width - dots.size())) + std::string(dots);
}

std::string without_control_characters(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F)
            clean += fmt::format("\\x{:02x}", byte);
        else
            clean += c;
    }
    return clean;
}

}  // namespace tripmig::report
