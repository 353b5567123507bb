#pragma once

#include <string>
#include <string_view>

namespace tripmig::config {

/// ASCII letters only, whatever the locale is.
inline std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

}  // namespace tripmig::config
