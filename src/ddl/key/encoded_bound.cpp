#include "ddl/key/encoded_bound.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace tripmig::ddl {

namespace chr = std::chrono;

namespace {

// Crockford's base 32, as ULIDs are written: 10 letters and digits of time, 16 of what follows.
constexpr std::string_view ulid_digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t ulid_time_length = 10;
constexpr std::size_t ulid_length = 26;

constexpr unsigned snowflake_bits = 22;

std::int64_t microseconds_of(const Bound& bound) {
    return bound.instant().time_since_epoch().count();
}

std::int64_t floored(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

/// A small number as the first bytes of a tail, so that tails are ordered as the numbers are.
Bound::Tail tail_of(std::uint32_t number) {
    Bound::Tail tail{};
    for (std::size_t i = 0; i < 4; ++i)
        tail[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    return tail;
}

std::uint32_t number_of_tail(const Bound::Tail& tail) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = number << 8U | tail[i];
    return number;
}

std::int64_t microseconds_of_unit(KeyType key) {
    return key == KeyType::epoch_s ? 1'000'000 : key == KeyType::epoch_ms ? 1000 : 1;
}

std::string ulid_text(const Bound& bound) {
    auto time = static_cast<std::uint64_t>(floored(microseconds_of(bound), 1000));
    std::string text(ulid_length, '0');
    for (std::size_t i = ulid_time_length; i-- > 0; time >>= 5U)
        text[i] = ulid_digits[time & 31U];
    for (std::size_t i = 0; i < ulid_length - ulid_time_length; ++i) {
        const std::size_t bit = 5 * i;  // of the tail's 80
        const std::uint8_t next = bit / 8 + 1 < bound.tail().size() ? bound.tail()[bit / 8 + 1] : std::uint8_t{0};
        const unsigned pair = static_cast<unsigned>(bound.tail()[bit / 8]) << 8U | next;
        text[ulid_time_length + i] = ulid_digits[pair >> (11 - bit % 8) & 31U];
    }
    return text;
}

std::optional<Bound> parse_ulid(std::string_view text) {
    if (text.size() != ulid_length || text.front() > '7')
        return std::nullopt;
    std::uint64_t time = 0;
    Bound::Tail tail{};
    for (std::size_t i = 0; i < ulid_length; ++i) {
        const std::size_t digit = ulid_digits.find(text[i]);
        if (digit == std::string_view::npos)
            return std::nullopt;
        if (i < ulid_time_length) {
            time = time << 5U | digit;
            continue;
        }
        const std::size_t bit = 5 * (i - ulid_time_length);
        const unsigned pair = static_cast<unsigned>(digit) << (11 - bit % 8);
        tail[bit / 8] = static_cast<std::uint8_t>(tail[bit / 8] | pair >> 8U);
        if (bit / 8 + 1 < tail.size())
            tail[bit / 8 + 1] = static_cast<std::uint8_t>(tail[bit / 8 + 1] | (pair & 255U));
    }
    return Bound::at(Instant(chr::milliseconds(static_cast<std::int64_t>(time))), tail);
}

}  // namespace

bool is_encoded(KeyType key) {
    return key == KeyType::ulid || key == KeyType::snowflake || (key >= KeyType::epoch_s && key <= KeyType::epoch_ns);
}

std::string encoded_text(KeyType key, const Bound& bound) {
    const std::int64_t microseconds = microseconds_of(bound);
    switch (key) {
        case KeyType::ulid:
            return ulid_text(bound);
        case KeyType::snowflake:
            return fmt::format("{}",
                               ((floored(microseconds, 1000) - key.epoch()) * (std::int64_t{1} << snowflake_bits)) +
                                   number_of_tail(bound.tail()));
        case KeyType::epoch_ns:
            return fmt::format("{}", microseconds * 1000 + number_of_tail(bound.tail()));
        default:
            return fmt::format("{}", floored(microseconds, microseconds_of_unit(key)));
    }
}

std::optional<Bound> parse_encoded(KeyType key, std::string_view text) {
    if (key == KeyType::ulid)
        return parse_ulid(text);
    const auto number = parse_integer(text);
    if (!number)
        return std::nullopt;
    const auto at = [](std::int64_t microseconds, std::uint32_t rest) {
        return Bound::at(Instant(chr::microseconds(microseconds)), tail_of(rest));
    };
    if (key == KeyType::snowflake) {
        const std::int64_t milliseconds = *number >> snowflake_bits;
        return at((milliseconds + key.epoch()) * 1000,
                  static_cast<std::uint32_t>(*number - (milliseconds << snowflake_bits)));
    }
    if (key == KeyType::epoch_ns) {
        const std::int64_t microseconds = floored(*number, 1000);
        return at(microseconds, static_cast<std::uint32_t>(*number - microseconds * 1000));
    }
    std::int64_t microseconds = 0;
    if (__builtin_mul_overflow(*number, microseconds_of_unit(key), &microseconds))
        return std::nullopt;
    return at(microseconds, 0);
}

std::string numeric_text(const Bound& bound) {
    std::string digits;
    for (const std::uint8_t pair : bound.tail())
        digits += fmt::format("{:02}", pair);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.empty())
        return fmt::format("{}", bound.number());
    if (bound.number() >= 0)
        return fmt::format("{}.{}", bound.number(), digits);
    // The tail counts up from the integer below: -2 and .25 is -1.75.
    bool is_carried = true;
    for (std::size_t i = digits.size(); i-- > 0;) {
        const int digit = (is_carried ? 10 : 9) - (digits[i] - '0');
        is_carried = digit == 10;
        digits[i] = static_cast<char>('0' + digit % 10);
    }
    return fmt::format("-{}.{}", -(bound.number() + 1), digits);
}

std::optional<Bound> parse_numeric(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const auto integer = parse_integer(text.substr(0, point));
    std::string digits(point < text.size() ? text.substr(point + 1) : std::string_view());
    digits.erase(digits.find_last_not_of('0') + 1);
    if (!integer || digits.size() > 20 || digits.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    if (digits.empty())
        return Bound::number(*integer);
    digits.resize(20, '0');
    const bool is_negative = text.front() == '-';
    if (is_negative && *integer == std::numeric_limits<std::int64_t>::min())
        return std::nullopt;
    if (is_negative) {
        bool is_carried = true;
        for (std::size_t i = digits.size(); i-- > 0;) {
            const int digit = (is_carried ? 10 : 9) - (digits[i] - '0');
            is_carried = digit == 10;
            digits[i] = static_cast<char>('0' + digit % 10);
        }
    }
    Bound::Tail tail{};
    for (std::size_t i = 0; i < tail.size(); ++i)
        tail[i] = static_cast<std::uint8_t>((digits[2 * i] - '0') * 10 + (digits[2 * i + 1] - '0'));
    return Bound::number(is_negative ? *integer - 1 : *integer, tail);
}

}  // namespace tripmig::ddl
