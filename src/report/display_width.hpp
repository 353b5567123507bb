#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tripmig::report {

/// How many terminal columns the UTF-8 text takes: 2 for Hangul, Han, kana and emoji, 0 for combining marks, 1 for all
/// else, a byte that is no UTF-8 included.
std::size_t display_width(std::string_view text);

/// The text if it takes at most `width` columns, else its front with "..." at the end (without, when not even that
/// fits).
std::string shortened(std::string_view text, std::size_t width);

/// The text for one line on a terminal or in a log: control characters, of a name in the database say, as \xNN; line
/// ends and tabs stay.
std::string without_control_characters(std::string_view text);

}  // namespace tripmig::report
