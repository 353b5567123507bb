#pragma once

#include <string_view>

namespace tripmig {

/// Without the white space around it, ASCII's alone.
inline std::string_view trimmed(std::string_view text) {
    constexpr std::string_view white_space = " \t\r\n\f\v";
    const std::size_t first = text.find_first_not_of(white_space);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

}  // namespace tripmig
