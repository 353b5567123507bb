#include "ddl/bounds.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <limits>

#include "base/error.hpp"

namespace tripmig::ddl {

namespace chr = std::chrono;

namespace {

std::int64_t floor_division(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

Instant align_to_months(Instant moment, std::int64_t months) {
    const CivilDate date = civil_date(moment);
    const std::int64_t since_year_0 = date.year * 12 + date.month - 1;
    const std::int64_t first = floor_division(since_year_0, months) * months;
    const std::int64_t year = floor_division(first, 12);
    return midnight_of({year, static_cast<unsigned>(first - year * 12) + 1, 1});
}

Instant align_to_days(Instant moment, std::int64_t days, int week_start) {
    // Whole weeks are counted from Monday, 2000-01-03, or the day of that week on which weeks begin.
    const Instant first_week = midnight_of({2000, 1, 3}) + chr::days(week_start - 1);
    const Instant origin = days % 7 == 0 ? first_week : Instant{};
    const std::int64_t since = chr::floor<chr::days>(moment - origin).count();
    return origin + chr::days(floor_division(since, days) * days);
}

Instant align(Instant moment, const CalendarInterval& interval, int week_start) {
    if (interval.months != 0)
        return align_to_months(moment, interval.months);
    if (interval.days != 0)
        return align_to_days(moment, interval.days, week_start);
    return Instant(chr::microseconds(floor_division(moment.time_since_epoch().count(), interval.microseconds) *
                                     interval.microseconds));
}

/// Clocks that are put back or forward make a part of the grid longer, shorter, or none at all.
Bounds moments_containing(const CalendarInterval& interval, Instant moment, const Calendar& calendar) {
    Instant first = align(calendar.local(moment), interval, calendar.week_start);
    while (calendar.utc(first) > moment)
        first = align(first - chr::microseconds(1), interval, calendar.week_start);
    Instant end = add(first, interval);
    for (Instant next = end; calendar.utc(end) <= moment; end = next) {
        next = add(end, interval);
        if (next <= end)
            break;  // the last year that there is
        first = end;
    }
    return {Bound::at(calendar.utc(first)), Bound::at(calendar.utc(end))};
}

Bounds times_containing(KeyType key, const CalendarInterval& interval, Instant moment, const Calendar& calendar) {
    if (calendar.zone && is_moment(key))
        return moments_containing(interval, moment, calendar);
    const Instant lower = align(moment, interval, calendar.week_start);
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
    return key == KeyType::smallint || key == KeyType::integer || key == KeyType::bigint || key == KeyType::numeric;
}

bool is_moment(KeyType key) {
    return !is_number(key) && key != KeyType::date && key != KeyType::timestamp;
}

bool has_infinities(KeyType key) {
    return key == KeyType::date || key == KeyType::timestamp || key == KeyType::timestamptz;
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
    const std::int64_t year = civil_date(bound.instant()).year;
    switch (key) {
        case KeyType::uuid:
        case KeyType::ulid:
            return year >= 1970 && year < 10'889;  // 48 bits of milliseconds
        case KeyType::epoch_ns:
            return year > 1677 && year < 2262;
        case KeyType::snowflake:  // 41 bits of milliseconds, and as many before its epoch
            return std::abs(chr::floor<chr::milliseconds>(bound.instant()).time_since_epoch().count() - key.epoch()) <
                   (std::int64_t{1} << 41U);
        default:
            return year >= -4711 && year < 294'000;
    }
}

void check_interval(KeyType key, const config::PartitionInterval& interval) {
    const auto* calendar = std::get_if<CalendarInterval>(&interval);
    const std::string name = key == KeyType::snowflake || (key >= KeyType::epoch_s && key <= KeyType::epoch_ns)
                                 ? "bigint with a [key_encoding]"
                                 : std::string(type_name(key).substr(std::string_view("pg_catalog.").size()));
    if (is_number(key) != (calendar == nullptr))
        throw Error(ExitCode::usage,
                    is_number(key) ? fmt::format("the key has type {}: its interval must be a number", name)
                                   : fmt::format("the key has type {}: its interval must be a time", name),
                    key == KeyType::bigint ? "write a number, such as interval = 1000000; for numbers that stand for "
                                             "times, set unit = \"s\", \"ms\", \"us\", \"ns\" or \"snowflake\" in "
                                             "[key_encoding]"
                    : is_number(key)       ? "write a number, such as interval = 1000000"
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

Bounds bounds_containing(KeyType key, const config::PartitionInterval& interval, const Bound& moment,
                         const Calendar& calendar) {
    if (is_number(key))
        return numbers_containing(key, std::get<std::int64_t>(interval), moment.number());
    return times_containing(key, std::get<CalendarInterval>(interval), moment.instant(), calendar);
}

Bounds bounds_after(KeyType key, const config::PartitionInterval& interval, const Bounds& bounds,
                    const Calendar& calendar) {
    return bounds_containing(key, interval, bounds.upper, calendar);
}

Bounds bounds_before(KeyType key, const config::PartitionInterval& interval, const Bounds& bounds,
                     const Calendar& calendar) {
    if (is_number(key))
        return bounds_containing(key, interval, Bound::number(bounds.lower.number() - 1), calendar);
    return bounds_containing(key, interval, Bound::at(bounds.lower.instant() - chr::microseconds(1)), calendar);
}

}  // namespace tripmig::ddl
