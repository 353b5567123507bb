#include "ddl/bounds.hpp"

#include <fmt/format.h>

#include <limits>

#include "base/error.hpp"

namespace tripmig::ddl {

namespace chr = std::chrono;

namespace {

std::int64_t floor_division(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

Instant first_of_months(std::int64_t months_since_year_0) {
    const std::int64_t year = floor_division(months_since_year_0, 12);
    const auto month = static_cast<unsigned>(months_since_year_0 - year * 12) + 1;
    return chr::sys_days{chr::year(static_cast<int>(year)) / chr::month(month) / chr::day(1)};
}

Instant align_to_months(Instant moment, std::int64_t months) {
    const chr::year_month_day date{chr::floor<chr::days>(moment)};
    const std::int64_t since_year_0 =
        static_cast<std::int64_t>(static_cast<int>(date.year())) * 12 + static_cast<unsigned>(date.month()) - 1;
    return first_of_months(floor_division(since_year_0, months) * months);
}

Instant align_to_days(Instant moment, std::int64_t days) {
    // 1970-01-01 was a Thursday: whole weeks are counted from Monday, 2000-01-03.
    const chr::sys_days monday = chr::year(2000) / chr::January / 3;
    const chr::sys_days origin = days % 7 == 0 ? monday : chr::sys_days{};
    const std::int64_t since = (chr::floor<chr::days>(moment) - origin).count();
    return origin + chr::days(floor_division(since, days) * days);
}

Instant align(Instant moment, const CalendarInterval& interval) {
    if (interval.months != 0)
        return align_to_months(moment, interval.months);
    if (interval.days != 0)
        return align_to_days(moment, interval.days);
    return Instant(chr::microseconds(floor_division(moment.time_since_epoch().count(), interval.microseconds) *
                                     interval.microseconds));
}

Bounds times_containing(const CalendarInterval& interval, Instant moment) {
    const Instant lower = align(moment, interval);
    return {Bound::at(lower), Bound::at(add(lower, interval))};
}

struct NumberLimits {
    std::int64_t least;
    std::int64_t most;
};

template <typename Number>
constexpr NumberLimits limits_of() {
    return {std::numeric_limits<Number>::min(), std::numeric_limits<Number>::max()};
}

NumberLimits number_limits(KeyType key) {
    if (key == KeyType::smallint)
        return limits_of<std::int16_t>();
    return key == KeyType::integer ? limits_of<std::int32_t>() : limits_of<std::int64_t>();
}

Bounds numbers_containing(KeyType key, std::int64_t width, std::int64_t number) {
    const NumberLimits limits = number_limits(key);
    std::int64_t above = number % width;  // how far the number is above its leaf's lower bound
    if (above < 0)
        above += width;
    Bounds bounds;
    if (number >= limits.least + above)
        bounds.lower = Bound::number(number - above);
    if (number <= limits.most - (width - above))
        bounds.upper = Bound::number(number + (width - above));
    return bounds;
}

}  // namespace

bool is_number(KeyType key) {
    return key == KeyType::smallint || key == KeyType::integer || key == KeyType::bigint;
}

bool contains(const Bounds& bounds, const Bound& key) {
    return bounds.lower <= key && key < bounds.upper;
}

bool overlap(const Bounds& left, const Bounds& right) {
    return left.lower < right.upper && right.lower < left.upper;
}

bool is_adjacent(const Bounds& left, const Bounds& right) {
    return left.upper == right.lower;
}

bool is_beyond_calendar(const CalendarInterval& interval) {
    constexpr std::int64_t years = 9998;
    constexpr std::int64_t days = years * 366;
    return interval.months > years * 12 || interval.days > days || interval.microseconds / 1'000'000 / 86'400 > days;
}

bool holds(KeyType key, const Bound& bound) {
    if (is_number(key))
        return bound.number() >= number_limits(key).least && bound.number() <= number_limits(key).most;
    const Instant first = chr::sys_days{(key == KeyType::uuid ? chr::year(1970) : chr::year(1)) / chr::January / 1};
    const Instant last = chr::sys_days{chr::year(9999) / chr::December / 31};
    return bound.instant() >= first && bound.instant() <= last;
}

void check_interval(KeyType key, const config::PartitionInterval& interval) {
    const auto* calendar = std::get_if<CalendarInterval>(&interval);
    const std::string name(type_name(key).substr(std::string_view("pg_catalog.").size()));
    if (is_number(key) != (calendar == nullptr))
        throw Error(ExitCode::usage,
                    is_number(key) ? fmt::format("the key has type {}: its interval must be a number", name)
                                   : fmt::format("the key has type {}: its interval must be a time", name),
                    is_number(key) ? "write a number, such as interval = 1000000"
                                   : "write a time, such as interval = \"1 month\"");
    if (calendar == nullptr) {
        const std::int64_t width = std::get<std::int64_t>(interval);
        if (width < 1 || width > number_limits(key).most)
            throw Error(ExitCode::usage, fmt::format("interval = {} does not fit a key of type {}", width, name));
        return;
    }
    const int units =
        (calendar->months != 0 ? 1 : 0) + (calendar->days != 0 ? 1 : 0) + (calendar->microseconds != 0 ? 1 : 0);
    if (units != 1 || calendar->months < 0 || calendar->days < 0 || calendar->microseconds < 0)
        throw Error(ExitCode::usage,
                    fmt::format("interval \"{}\" does not give regular partitions", to_string(*calendar)),
                    "write one number and one unit: 1 month, 7 days, 1 hour");
    if (is_beyond_calendar(*calendar))
        throw Error(ExitCode::usage,
                    fmt::format("interval \"{}\" is longer than the years 1 to 9999", to_string(*calendar)),
                    "write \"1 hour\", \"1 day\", \"1 week\", \"1 month\", \"1 year\"");
    if (key == KeyType::date && calendar->microseconds != 0)
        throw Error(ExitCode::usage,
                    fmt::format("the key is of type date: partitions cannot be {} wide", to_string(*calendar)),
                    "write interval = \"1 day\" or more");
}

Bounds bounds_containing(KeyType key, const config::PartitionInterval& interval, const Bound& moment) {
    if (is_number(key))
        return numbers_containing(key, std::get<std::int64_t>(interval), moment.number());
    return times_containing(std::get<CalendarInterval>(interval), moment.instant());
}

Bounds bounds_after(KeyType key, const config::PartitionInterval& interval, const Bounds& bounds) {
    return bounds_containing(key, interval, bounds.upper);
}

Bounds bounds_before(KeyType key, const config::PartitionInterval& interval, const Bounds& bounds) {
    if (is_number(key))
        return bounds_containing(key, interval, Bound::number(bounds.lower.number() - 1));
    return bounds_containing(key, interval, Bound::at(bounds.lower.instant() - chr::microseconds(1)));
}

}  // namespace tripmig::ddl
