#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tripmig {

/// A calendar interval as PostgreSQL keeps it: months, days and microseconds apart (manual 8.5.4), all of one sign
/// here.
struct CalendarInterval {
    std::int64_t months = 0;
    std::int64_t days = 0;
    std::int64_t microseconds = 0;

    [[nodiscard]] bool is_zero() const noexcept { return months == 0 && days == 0 && microseconds == 0; }
    friend bool operator==(const CalendarInterval&, const CalendarInterval&) = default;
};

/// "1 month", "3 months", "1 hour", "7 days", "2 weeks", "36 months", "1 year". One number and one unit; nullopt for
/// anything else, for a number below 1 and for one that overflows.
std::optional<CalendarInterval> parse_interval(std::string_view text);

/// The same words back: "1 month", "7 days". Also what PostgreSQL reads as an interval literal.
std::string to_string(const CalendarInterval& interval);

/// A day of the proleptic Gregorian calendar, as PostgreSQL counts: year 0 is 1 BC, -4712 is 4713 BC.
struct CivilDate {
    std::int64_t year = 1970;
    unsigned month = 1;
    unsigned day = 1;
};

CivilDate civil_date(Instant moment);
/// Its midnight. A day and month that exist, of years for which is_year_of_instant() holds.
Instant midnight_of(const CivilDate& date);
/// The years 290,000 BC to 294,200: what an Instant can hold, less a few.
bool is_year_of_instant(std::int64_t year);

/// Calendar arithmetic in UTC, as timestamp + interval does: months first, the day clipped to the month's last, the
/// year to those of an Instant.
Instant add(Instant moment, const CalendarInterval& interval, std::int64_t times = 1);

/// "2024-01-31 13:05:09.25" or "2024-01-31 00:00:00": UTC; the fraction only when there is one. `zone_mark` follows the
/// time, " BC" the whole where the year is before 1.
std::string format_timestamp(Instant moment, std::string_view zone_mark = {});
/// "2024-01-31T13:05:09.25Z": RFC 3339, as documents have it.
std::string format_rfc3339(Instant moment);
/// "2024-01-31", "0044-03-15 BC".
std::string format_date(Instant moment);

/// ISO 8601 as PostgreSQL prints it (DateStyle ISO) and as people type it: date, optional time with a blank or T,
/// optional fraction, optional zone Z, +00, +09:00, optional BC. Without zone: UTC. nullopt when it is none of these or
/// no such day.
std::optional<Instant> parse_timestamp(std::string_view text);

}  // namespace tripmig
