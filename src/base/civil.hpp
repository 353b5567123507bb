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

/// Calendar arithmetic in UTC, as timestamp + interval does: months first, the day clipped to the month's last.
Instant add(Instant moment, const CalendarInterval& interval, std::int64_t times = 1);

/// "2024-01-31 13:05:09.25" or "2024-01-31 00:00:00": UTC, no zone mark; the fraction only when there is one.
std::string format_timestamp(Instant moment);
/// "2024-01-31T13:05:09.25Z": RFC 3339, as documents have it.
std::string format_rfc3339(Instant moment);
/// "2024-01-31".
std::string format_date(Instant moment);

/// ISO 8601 as PostgreSQL prints it (DateStyle ISO) and as people type it: date, optional time with a blank or T,
/// optional fraction, optional zone Z, +00, +09:00. Without zone: UTC. nullopt when it is none of these or no such day.
std::optional<Instant> parse_timestamp(std::string_view text);

}  // namespace tripmig
