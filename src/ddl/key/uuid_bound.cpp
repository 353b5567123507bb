#include "ddl/key/uuid_bound.hpp"

#include <fmt/format.h>

#include <charconv>

namespace tripmig::ddl {

namespace chr = std::chrono;

std::string uuid_text(const Bound& bound) {
    const auto milliseconds = chr::floor<chr::milliseconds>(bound.instant()).time_since_epoch().count();
    std::string digits = fmt::format("{:012x}", milliseconds);
    for (const std::uint8_t byte : bound.tail())
        digits += fmt::format("{:02x}", byte);
    return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                       digits.substr(16, 4), digits.substr(20));
}

std::optional<Bound> parse_uuid(std::string_view text) {
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return std::nullopt;
    std::string digits;
    for (const char c : text)
        if (c != '-')
            digits += c;
    if (digits.size() != 32 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
        return std::nullopt;
    std::int64_t milliseconds = 0;
    std::from_chars(digits.data(), digits.data() + 12, milliseconds, 16);
    Bound::Tail tail{};
    for (std::size_t i = 0; i < tail.size(); ++i)
        std::from_chars(digits.data() + 12 + 2 * i, digits.data() + 14 + 2 * i, tail[i], 16);
    return Bound::at(Instant(chr::milliseconds(milliseconds)), tail);
}

}  // namespace tripmig::ddl
