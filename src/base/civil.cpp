#include "base/civil.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

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

Instant add(Instant moment, const CalendarInterval& interval, std::int64_t times) {
    const auto day = chr::floor<chr::days>(moment);
    const auto time_of_day = moment - day;
    auto date = chr::year_month_day{day} + chr::months(interval.months * times);
    if (!date.ok())
        date = date.year() / date.month() / chr::last;
    return chr::sys_days{date} + chr::days(interval.days * times) + time_of_day +
           chr::microseconds(interval.microseconds * times);
}

std::string format_date(Instant moment) {
    const chr::year_month_day date{chr::floor<chr::days>(moment)};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

std::string format_timestamp(Instant moment) {
    const chr::hh_mm_ss time{moment - chr::floor<chr::days>(moment)};
    std::string text = fmt::format("{} {:02}:{:02}:{:02}", format_date(moment), time.hours().count(),
                                   time.minutes().count(), time.seconds().count());
    if (time.subseconds().count() != 0) {
        text += fmt::format(".{:06}", time.subseconds().count());
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text;
}

std::string format_rfc3339(Instant moment) {
    std::string text = format_timestamp(moment);
    text[text.find(' ')] = 'T';
    return text + 'Z';
}

std::optional<Instant> parse_timestamp(std::string_view text) {
    text = trimmed(text);
    const auto year = take_number(text, 4, 6);
    if (!year || *year > std::numeric_limits<short>::max() || !take(text, '-'))
        return std::nullopt;
    const auto month = take_number(text, 2, 2);
    if (!month || !take(text, '-'))
        return std::nullopt;
    const auto day = take_number(text, 2, 2);
    if (!day)
        return std::nullopt;
    const chr::year_month_day date{chr::year(static_cast<int>(*year)), chr::month(static_cast<unsigned>(*month)),
                                   chr::day(static_cast<unsigned>(*day))};
    if (!date.ok())
        return std::nullopt;
    Instant moment = chr::sys_days{date};
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
