#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/civil.hpp"
#include "base/clock.hpp"
#include "config/policy.hpp"
#include "ddl/key/time_zone.hpp"

namespace tripmig::ddl {

/// The types of partition key that bounds can be made for. `uuid` is version 7: 48 bits of milliseconds come first (RFC
/// 9562). The others after it are moments too, written as numbers or text: `snowflake` has 22 bits after its
/// milliseconds since an epoch of its own, `ulid` is 26 letters and digits, 48 bits of milliseconds first.
class KeyType {
  public:
    enum Kind : std::uint8_t {
        date,
        timestamp,
        timestamptz,
        smallint,
        integer,
        bigint,
        numeric,
        uuid,
        epoch_s,
        epoch_ms,
        epoch_us,
        epoch_ns,
        snowflake,
        ulid
    };

    constexpr KeyType(Kind kind) noexcept : m_kind(kind) {}  // NOLINT(google-explicit-constructor)
    constexpr KeyType(Kind kind, std::int64_t epoch_ms_after_1970) noexcept
        : m_kind(kind), m_epoch(epoch_ms_after_1970) {}
    constexpr operator Kind() const noexcept { return m_kind; }  // NOLINT(google-explicit-constructor)

    /// Of a snowflake: the milliseconds from 1970 to its epoch.
    [[nodiscard]] constexpr std::int64_t epoch() const noexcept { return m_epoch; }

  private:
    Kind m_kind;
    std::int64_t m_epoch = 0;
};

/// From format_type(): "timestamp without time zone", "bigint", "uuid". nullopt for any other type.
std::optional<KeyType> key_type(std::string_view type_name);
/// The same for a column whose values are written as the policy says. Throws Error{usage} when they can't be, nullopt
/// where no bounds can be made for the type.
std::optional<KeyType> key_type(std::string_view type_name, const config::KeyEncoding& encoding);
/// The type's name, pg_catalog-qualified, for casts.
std::string_view type_name(KeyType key);
/// smallint, integer, bigint, numeric as they are: their present is the newest row, not the clock.
bool is_number(KeyType key);
/// A moment whatever the zone is: not a number, nor a date or a timestamp without time zone.
bool is_moment(KeyType key);
/// date, timestamp, timestamptz.
bool has_infinities(KeyType key);

/// One end of a range: a moment (UTC; of a date or a timestamp as if it were), a number, or a value beyond them.
/// Ordered as PostgreSQL orders bounds: MINVALUE < '-infinity' < values < 'infinity' < MAXVALUE.
class Bound {
  public:
    /// What a key has after its microseconds or its integer: the bits of a uuid after its 48 bits of time, nanoseconds,
    /// digits of a fraction. Zero in the bounds that are made here.
    using Tail = std::array<std::uint8_t, 10>;

    static Bound minvalue() { return {Kind::minvalue, 0, {}}; }
    static Bound maxvalue() { return {Kind::maxvalue, 0, {}}; }
    static Bound minus_infinity() { return {Kind::minus_infinity, 0, {}}; }
    static Bound infinity() { return {Kind::infinity, 0, {}}; }
    static Bound at(Instant moment, const Tail& tail = {}) {
        return {Kind::value, moment.time_since_epoch().count(), tail};
    }
    static Bound number(std::int64_t number, const Tail& tail = {}) { return {Kind::value, number, tail}; }

    [[nodiscard]] bool is_finite() const noexcept { return m_kind == Kind::value; }
    [[nodiscard]] bool is_minvalue() const noexcept { return m_kind == Kind::minvalue; }
    [[nodiscard]] bool is_maxvalue() const noexcept { return m_kind == Kind::maxvalue; }
    [[nodiscard]] bool is_infinity() const noexcept { return m_kind == Kind::infinity; }
    [[nodiscard]] bool is_minus_infinity() const noexcept { return m_kind == Kind::minus_infinity; }

    /// Of a finite bound of a key that is a time.
    [[nodiscard]] Instant instant() const noexcept { return Instant(std::chrono::microseconds(m_value)); }
    /// Of a finite bound of a key that is a number.
    [[nodiscard]] std::int64_t number() const noexcept { return m_value; }
    [[nodiscard]] const Tail& tail() const noexcept { return m_tail; }

    // clang-tidy 14 takes the 0 of a rewritten comparison for a pointer.
    friend auto operator<=>(const Bound&, const Bound&) = default;  // NOLINT(modernize-use-nullptr)

  private:
    enum class Kind : std::uint8_t { minvalue, minus_infinity, value, infinity, maxvalue };

    Bound(Kind kind, std::int64_t value, const Tail& tail) : m_kind(kind), m_value(value), m_tail(tail) {}

    Kind m_kind;
    std::int64_t m_value;
    Tail m_tail;
};

/// What a leaf holds: keys from `lower`, below `upper`.
struct Bounds {
    Bound lower = Bound::minvalue();
    Bound upper = Bound::maxvalue();

    friend bool operator==(const Bounds&, const Bounds&) = default;
};

bool contains(const Bounds& bounds, const Bound& key);
bool overlap(const Bounds& left, const Bounds& right);
/// Whether `right` begins exactly where `left` ends.
bool is_adjacent(const Bounds& left, const Bounds& right);

/// Throws Error{usage} when leaves of that width cannot be made for that key: hours of a date, a number for a
/// timestamp, months and days in one interval.
void check_interval(KeyType key, const config::PartitionInterval& interval);

/// Longer than the years 1 to 9999: no date that people write lies so far from another.
bool is_beyond_calendar(const CalendarInterval& interval);

/// Whether a finite value can be a bound here: of a number what its type holds, of a time the years from 4713 BC to
/// 293,999, of a key with a time in it what its bits hold of that.
bool holds(KeyType key, const Bound& bound);

/// The leaf of the regular grid that holds a finite key. Months are counted from year 0 (so 3 months begin in January,
/// April, July, October), weeks begin as the calendar says, other days count from 1970-01-01, hours from 1970 too,
/// numbers from 0. All of that is local time of the calendar's zone where the key is a moment. A number range that
/// reaches past its type ends in MINVALUE or MAXVALUE.
Bounds bounds_containing(KeyType key, const config::PartitionInterval& interval, const Bound& moment,
                         const Calendar& calendar = {});
/// The next leaf of the grid after these bounds, whose upper one is finite.
Bounds bounds_after(KeyType key, const config::PartitionInterval& interval, const Bounds& bounds,
                    const Calendar& calendar = {});
/// The leaf of the grid before these bounds, whose lower one is finite.
Bounds bounds_before(KeyType key, const config::PartitionInterval& interval, const Bounds& bounds,
                     const Calendar& calendar = {});

/// As in FOR VALUES: MINVALUE, '2024-01-01 00:00:00+00', '2024-01-01', '-5', 'infinity'.
std::string bound_literal(KeyType key, const Bound& bound);
/// "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')"; of a key of several columns the others are MINVALUE, or MAXVALUE
/// after that.
std::string for_values(KeyType key, const Bounds& bounds, std::size_t columns = 1);
/// A boolean expression that is true for the keys within, for a CHECK that lets ATTACH skip its scan (manual 5.11.2.2).
std::string within(KeyType key, const Bounds& bounds, std::string_view column);
/// The opposite, true for NULL too: for a CHECK on a DEFAULT partition that spares it the scan.
std::string not_within(KeyType key, const Bounds& bounds, std::string_view column);
/// For people: "[2024-01-01, 2024-02-01)", without the time of day where that is midnight.
std::string describe(KeyType key, const Bounds& bounds);
std::string describe(KeyType key, const Bound& bound);

enum class KeyEnd { first, last };
/// The SELECT of the first or the last key in order, as text that parse_bound() takes; no row where there is none. By
/// an index on the key when there is one. Not max(): uuid has none. `source`: quoted, with ONLY where that is meant;
/// `condition`: empty for all rows.
std::string outermost_key_sql(KeyEnd end, std::string_view source, std::string_view column,
                              std::string_view condition = {});

/// One value in the key's own type, as PostgreSQL prints it in UTC and ISO style, and as a person writes it: a date, a
/// timestamp, a number, a uuid, 'infinity'. nullopt when it is none.
std::optional<Bound> parse_bound(KeyType key, std::string_view text);
/// pg_get_expr(relpartbound): FOR VALUES FROM (...) TO (...), of one column, or of more when those after the first are
/// MINVALUE. nullopt for DEFAULT, and for what neither an Instant nor an integer of 64 bits holds.
std::optional<Bounds> parse_bounds(KeyType key, std::string_view text);

}  // namespace tripmig::ddl
