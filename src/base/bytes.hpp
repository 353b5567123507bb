#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace tripmig {

/// "40 kB", "3.8 MB", "12 GB": two digits or more, in units of 1024.
inline std::string bytes_text(std::int64_t bytes) {
    double value = static_cast<double>(bytes) / 1024;
    const char* unit = "kB";
    for (const char* larger : {"MB", "GB", "TB"}) {
        if (value < 1000)
            break;
        value /= 1024;
        unit = larger;
    }
    std::string number = fmt::format("{:.1f}", value);
    if (value >= 9.95 || number.back() == '0')
        number = fmt::format("{:.0f}", value);
    return number + ' ' + unit;
}

}  // namespace tripmig
