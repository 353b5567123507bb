#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <utility>

#include "ddl/bounds.hpp"
#include "ddl/uuid_bound.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

struct NamedType {
    KeyType key;
    std::string_view spelled;  // as format_type() does
    std::string_view qualified;
};

constexpr std::array<NamedType, 7> named_types{{
    {KeyType::date, "date", "pg_catalog.date"},
    {KeyType::timestamp, "timestamp without time zone", "pg_catalog.timestamp"},
    {KeyType::timestamptz, "timestamp with time zone", "pg_catalog.timestamptz"},
    {KeyType::smallint, "smallint", "pg_catalog.int2"},
    {KeyType::integer, "integer", "pg_catalog.int4"},
    {KeyType::bigint, "bigint", "pg_catalog.int8"},
    {KeyType::uuid, "uuid", "pg_catalog.uuid"},
}};

/// A finite bound as the type's input function reads it, without quotes.
std::string value_text(KeyType key, const Bound& bound) {
    if (is_number(key))
        return fmt::format("{}", bound.number());
    if (key == KeyType::uuid)
        return uuid_text(bound);
    if (key == KeyType::date)
        return format_date(bound.instant());
    return format_timestamp(bound.instant()) + (key == KeyType::timestamptz ? "+00" : "");
}

std::string typed_literal(KeyType key, const Bound& bound) {
    return fmt::format("{}::{}", bound_literal(key, bound), type_name(key));
}

/// "lower <= column AND column < upper", without the ends that hold for every value.
std::string both_ends(KeyType key, const Bounds& bounds, const std::string& column, const char* above,
                      const char* below, const char* between) {
    std::string text;
    if (!bounds.lower.is_minvalue())
        text = fmt::format("{} {} {}", column, above, typed_literal(key, bounds.lower));
    if (!bounds.upper.is_maxvalue())
        text += fmt::format("{}{} {} {}", text.empty() ? "" : between, column, below, typed_literal(key, bounds.upper));
    return text;
}

bool take(std::string_view& text, std::string_view wanted) {
    if (text.substr(0, wanted.size()) != wanted)
        return false;
    text.remove_prefix(wanted.size());
    return true;
}

/// One value of FROM (...): a key word, a number, or text in quotes, which no key's text ever doubles.
std::optional<Bound> take_bound(KeyType key, std::string_view& text) {
    if (take(text, "MINVALUE"))
        return Bound::minvalue();
    if (take(text, "MAXVALUE"))
        return Bound::maxvalue();
    const char end = take(text, "'") ? '\'' : ')';
    const std::size_t length = text.find(end);
    if (length == std::string_view::npos)
        return std::nullopt;
    const auto bound = parse_bound(key, text.substr(0, length));
    text.remove_prefix(end == '\'' ? length + 1 : length);
    return bound;
}

}  // namespace

std::optional<KeyType> key_type(std::string_view type_name) {
    for (const NamedType& type : named_types)
        if (type.spelled == type_name)
            return type.key;
    return std::nullopt;
}

std::string_view type_name(KeyType key) {
    for (const NamedType& type : named_types)
        if (type.key == key)
            return type.qualified;
    return {};
}

std::string bound_literal(KeyType key, const Bound& bound) {
    if (bound.is_minvalue())
        return "MINVALUE";
    if (bound.is_maxvalue())
        return "MAXVALUE";
    if (!bound.is_finite())
        return bound.is_infinity() ? "'infinity'" : "'-infinity'";
    return sql::quote_literal(value_text(key, bound));
}

std::string for_values(KeyType key, const Bounds& bounds) {
    return fmt::format("FOR VALUES FROM ({}) TO ({})", bound_literal(key, bounds.lower),
                       bound_literal(key, bounds.upper));
}

std::string within(KeyType key, const Bounds& bounds, std::string_view column) {
    const std::string name = sql::quote_ident(column);
    const std::string ends = both_ends(key, bounds, name, ">=", "<", " AND ");
    return fmt::format("{} IS NOT NULL{}{}", name, ends.empty() ? "" : " AND ", ends);
}

std::string not_within(KeyType key, const Bounds& bounds, std::string_view column) {
    const std::string name = sql::quote_ident(column);
    const std::string ends = both_ends(key, bounds, name, "<", ">=", " OR ");
    return fmt::format("{} IS NULL{}{}", name, ends.empty() ? "" : " OR ", ends);
}

std::string describe(KeyType key, const Bound& bound) {
    if (!bound.is_finite())
        return bound_literal(key, bound);
    if (is_number(key) || key == KeyType::uuid)
        return value_text(key, bound);
    constexpr std::string_view midnight = " 00:00:00";
    std::string text = format_timestamp(bound.instant());
    if (text.size() > midnight.size() && text.compare(text.size() - midnight.size(), midnight.size(), midnight) == 0)
        text.erase(text.size() - midnight.size());
    return text;
}

std::string describe(KeyType key, const Bounds& bounds) {
    return fmt::format("[{}, {})", describe(key, bounds.lower), describe(key, bounds.upper));
}

std::optional<Bound> parse_bound(KeyType key, std::string_view text) {
    if (is_number(key)) {
        std::int64_t number = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (failure != std::errc{} || end != text.data() + text.size())
            return std::nullopt;
        return Bound::number(number);
    }
    if (key == KeyType::uuid && parse_uuid(text))
        return parse_uuid(text);
    if (key != KeyType::uuid && text == "infinity")
        return Bound::infinity();
    if (key != KeyType::uuid && text == "-infinity")
        return Bound::minus_infinity();
    // A person gives a uuid key's start as the time that it begins with.
    const auto moment = parse_timestamp(text);
    if (!moment || (key == KeyType::date && *moment != std::chrono::floor<std::chrono::days>(*moment)))
        return std::nullopt;
    return Bound::at(*moment);
}

std::optional<Bounds> parse_bounds(KeyType key, std::string_view text) {
    if (!take(text, "FOR VALUES FROM ("))
        return std::nullopt;
    const auto lower = take_bound(key, text);
    if (!lower || !take(text, ") TO ("))
        return std::nullopt;
    const auto upper = take_bound(key, text);
    if (!upper || text != ")")
        return std::nullopt;
    return Bounds{*lower, *upper};
}

std::string outermost_key_sql(KeyEnd end, std::string_view source, std::string_view column,
                              std::string_view condition) {
    // ORDER BY keyed.x: a bare x would be the text that is read, which no index has and where 999 comes after 1000.
    return fmt::format("SELECT keyed.{0}::pg_catalog.text FROM {1} AS keyed{2}{3} ORDER BY keyed.{0}{4} LIMIT 1",
                       sql::quote_ident(column), source, condition.empty() ? "" : " WHERE ", condition,
                       end == KeyEnd::last ? " DESC" : "");
}

}  // namespace tripmig::ddl
