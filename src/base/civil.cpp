#include "base/civil.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/counted.hpp"
#include "base/trimmed.hpp"

namespace tripmig {

namespace chr = std::chrono;

namespace {

struct UnitName {
    std::string_view singular;
    CalendarInterval one;
};

constexpr std::int64_t microseconds_per_second = 1'000'000;

constexpr std::array<UnitName, 7> unit_names{{
    {"year", {12, 0, 0}},
    {"month", {1, 0, 0}},
    {"week", {0, 7, 0}},
    {"day", {0, 1, 0}},
    {"hour", {0, 0, 3600 * microseconds_per_second}},
    {"minute", {0, 0, 60 * microseconds_per_second}},
    {"second", {0, 0, microseconds_per_second}},
}};

/// Reads digits at the front of the text and removes them.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t least_digits, std::size_t most_digits) {
    std::size_t digits = 0;
    std::int64_t value = 0;
    while (digits < text.size() && digits < most_digits && text[digits] >= '0' && text[digits] <= '9')
        value = value * 10 + (text[digits++] - '0');
    if (digits < least_digits)
        return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted)
        return false;
    text.remove_prefix(1);
    return true;
}

/// ".25" becomes 250000 microseconds; digits after the sixth are cut, as they are below PostgreSQL's resolution.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
    std::int64_t value = 0;
    std::int64_t scale = microseconds_per_second;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        scale /= 10;
        value += (text.front() - '0') * scale;
        text.remove_prefix(1);
        any = true;
    }
    return any ? std::optional(value) : std::nullopt;
}

std::optional<chr::microseconds> take_time(std::string_view& text) {
    const auto hours = take_number(text, 2, 2);
    if (!hours || *hours > 24 || !take(text, ':'))
        return std::nullopt;
    const auto minutes = take_number(text, 2, 2);
    if (!minutes || *minutes > 59)
        return std::nullopt;
    std::int64_t micros = 0;
    if (take(text, ':')) {
        const auto seconds = take_number(text, 2, 2);
        if (!seconds || *seconds > 59)
            return std::nullopt;
        micros = *seconds * microseconds_per_second;
        if (take(text, '.')) {
            const auto fraction = take_fraction(text);
            if (!fraction)
                return std::nullopt;
            micros += *fraction;
        }
    }
    return chr::hours(*hours) + chr::minutes(*minutes) + chr::microseconds(micros);
}

/// The offset east of UTC: "Z", "+00", "+0900", "-03:30". Nothing at all is UTC.
std::optional<chr::seconds> take_zone(std::string_view& text) {
    text = trimmed(text);
    if (text.empty() || take(text, 'Z') || take(text, 'z'))
        return chr::seconds(0);
    const bool west = text.front() == '-';
    if (!take(text, '+') && !take(text, '-'))
        return std::nullopt;
    const auto hours = take_number(text, 2, 2);
    if (!hours || *hours > 15)
        return std::nullopt;
    std::int64_t minutes = 0;
    take(text, ':');
    if (!text.empty()) {
        const auto given = take_number(text, 2, 2);
        if (!given || *given > 59)
            return std::nullopt;
        minutes = *given;
    }
    const chr::seconds offset = chr::hours(*hours) + chr::minutes(minutes);
    return west ? -offset : offset;
}

}  // namespace

std::optional<CalendarInterval> parse_interval(std::string_view text) {
    text = trimmed(text);
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || number < 1 || number > 1'000'000)
        return std::nullopt;
    std::string_view unit = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    for (const auto& [singular, one] : unit_names) {
        const bool plural =
            unit.size() == singular.size() + 1 && unit.substr(0, singular.size()) == singular && unit.back() == 's';
        if (unit == singular || plural)
            return CalendarInterval{one.months * number, one.days * number, one.microseconds * number};
    }
    return std::nullopt;
}

std::string to_string(const CalendarInterval& interval) {
    std::string text;
    const auto append = [&](const std::string& part) { text += (text.empty() ? "" : " ") + part; };
    if (interval.months != 0)
        append(interval.months % 12 == 0 ? counted(interval.months / 12, "year") : counted(interval.months, "month"));
    if (interval.days != 0)
        append(counted(interval.days, "day"));
    if (interval.microseconds != 0) {
        constexpr std::int64_t hour = 3600 * microseconds_per_second;
        constexpr std::int64_t minute = 60 * microseconds_per_second;
        if (interval.microseconds % hour == 0)
            append(counted(interval.microseconds / hour, "hour"));
        else if (interval.microseconds % minute == 0)
            append(counted(interval.microseconds / minute, "minute"));
        else
            append(counted(interval.microseconds / microseconds_per_second, "second"));
    }
    return text.empty() ? "0 days" : text;
}

namespace {

constexpr std::int64_t first_year = -290'000;
constexpr std::int64_t last_year = 294'200;
constexpr std::int64_t days_of_400_years = 146'097;
constexpr std::int64_t first_of_march_of_year_0 = -719'468;  // in days from 1970-01-01

std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

bool is_leap(std::int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned days_in(std::int64_t year, unsigned month) {
    constexpr std::array<unsigned, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths.at(month - 1);
}

/// Days from 1970-01-01. Years begin in March here, so that the leap day is the last of its year.
std::int64_t day_number(const CivilDate& date) {
    const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    const std::int64_t era = floor_divide(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month_from_march = (static_cast<std::int64_t>(date.month) + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + static_cast<std::int64_t>(date.day) - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_of_400_years + day_of_era + first_of_march_of_year_0;
}

Instant at_day(std::int64_t number) {
    return Instant(chr::days(number));
}

std::string date_text(const CivilDate& date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year > 0 ? date.year : 1 - date.year, date.month, date.day);
}

}  // namespace

CivilDate civil_date(Instant moment) {
    const std::int64_t days = floor_divide(moment.time_since_epoch().count(), 86'400 * microseconds_per_second);
    const std::int64_t since = days - first_of_march_of_year_0;
    const std::int64_t era = floor_divide(since, days_of_400_years);
    const std::int64_t day_of_era = since - era * days_of_400_years;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    CivilDate date;
    date.day = static_cast<unsigned>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    date.month = static_cast<unsigned>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
    return date;
}

Instant midnight_of(const CivilDate& date) {
    return at_day(day_number(date));
}

bool is_year_of_instant(std::int64_t year) {
    return year >= first_year && year <= last_year;
}

Instant add(Instant moment, const CalendarInterval& interval, std::int64_t times) {
    CivilDate date = civil_date(moment);
    const auto time_of_day = moment - midnight_of(date);
    const std::int64_t months = date.year * 12 + date.month - 1 + interval.months * times;
    date.year = floor_divide(months, 12);
    date.month = static_cast<unsigned>(months - date.year * 12) + 1;
    date.year = std::clamp(date.year, first_year, last_year);
    date.day = std::min(date.day, days_in(date.year, date.month));
    return midnight_of(date) + chr::days(interval.days * times) + time_of_day +
           chr::microseconds(interval.microseconds * times);
}

std::string format_date(Instant moment) {
    const CivilDate date = civil_date(moment);
    return date_text(date) + (date.year > 0 ? "" : " BC");
}

std::string format_timestamp(Instant moment, std::string_view zone_mark) {
    const CivilDate date = civil_date(moment);
    const chr::hh_mm_ss time{moment - midnight_of(date)};
    std::string text = fmt::format("{} {:02}:{:02}:{:02}", date_text(date), time.hours().count(),
                                   time.minutes().count(), time.seconds().count());
    if (time.subseconds().count() != 0) {
        text += fmt::format(".{:06}", time.subseconds().count());
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text.append(zone_mark).append(date.year > 0 ? "" : " BC");
}

std::string format_rfc3339(Instant moment) {
    std::string text = format_timestamp(moment, "Z");  // which " BC" follows: such years RFC 3339 does not have
    text[text.find(' ')] = 'T';
    return text;
}

namespace {

bool take_before_christ(std::string_view& text) {
    constexpr std::string_view mark = " BC";
    if (text.size() <= mark.size() || text.substr(text.size() - mark.size()) != mark)
        return false;
    text.remove_suffix(mark.size());
    return true;
}

}  // namespace

std::optional<Instant> parse_timestamp(std::string_view text) {
    text = trimmed(text);
    const bool is_before_christ = take_before_christ(text);
    const auto year = take_number(text, 4, 6);
    if (!year || !is_year_of_instant(is_before_christ ? 1 - *year : *year) || !take(text, '-'))
        return std::nullopt;
    const auto month = take_number(text, 2, 2);
    if (!month || !take(text, '-'))
        return std::nullopt;
    const auto day = take_number(text, 2, 2);
    if (!day)
        return std::nullopt;
    CivilDate date;
    date.year = is_before_christ ? 1 - *year : *year;
    if (*month < 1 || *month > 12 || *day < 1 || *year == 0)
        return std::nullopt;
    date.month = static_cast<unsigned>(*month);
    date.day = static_cast<unsigned>(*day);
    if (date.day > days_in(date.year, date.month))
        return std::nullopt;
    const Instant moment = midnight_of(date);
    if (text.empty())
        return moment;
    if (!take(text, ' ') && !take(text, 'T'))
        return std::nullopt;
    const auto time = take_time(text);
    if (!time)
        return std::nullopt;
    const auto zone = take_zone(text);
    if (!zone || !text.empty())
        return std::nullopt;
    return moment + *time - *zone;
}

}  // namespace tripmig
