#include "view/size_text.hpp"

#include <fmt/format.h>

namespace tripmig::view {

std::string size_text(std::int64_t bytes) {
    double value = static_cast<double>(bytes) / 1024;
    const char* unit = "kB";
    for (const char* larger : {"MB", "GB", "TB"}) {
        if (value < 10'000)
            break;
        value /= 1024;
        unit = larger;
    }
    return fmt::format("{:.0f} {}", value, unit);
}

}  // namespace tripmig::view
