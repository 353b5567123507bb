#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "ddl/bounds.hpp"
#include "ddl/key/encoded_bound.hpp"
#include "ddl/key/uuid_bound.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

struct NamedType {
    KeyType key;
    std::string_view spelled;  // as format_type() does
    std::string_view qualified;
};

constexpr std::array<NamedType, 8> named_types{{
    {KeyType::date, "date", "pg_catalog.date"},
    {KeyType::timestamp, "timestamp without time zone", "pg_catalog.timestamp"},
    {KeyType::timestamptz, "timestamp with time zone", "pg_catalog.timestamptz"},
    {KeyType::smallint, "smallint", "pg_catalog.int2"},
    {KeyType::integer, "integer", "pg_catalog.int4"},
    {KeyType::bigint, "bigint", "pg_catalog.int8"},
    {KeyType::numeric, "numeric", "pg_catalog.numeric"},
    {KeyType::uuid, "uuid", "pg_catalog.uuid"},
}};

bool is_text(std::string_view type_name) {
    return type_name == "text" || type_name == "character varying" || type_name == "character";
}

/// A finite bound as the type's input function reads it, without quotes.
std::string value_text(KeyType key, const Bound& bound) {
    if (key == KeyType::numeric)
        return numeric_text(bound);
    if (is_number(key))
        return fmt::format("{}", bound.number());
    if (key == KeyType::uuid)
        return uuid_text(bound);
    if (is_encoded(key))
        return encoded_text(key, bound);
    if (key == KeyType::date)
        return format_date(bound.instant());
    return format_timestamp(bound.instant(), key == KeyType::timestamptz ? "+00" : "");
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
    const bool is_quoted = take(text, "'");
    const std::size_t length = text.find_first_of(is_quoted ? "'" : ",)");
    if (length == std::string_view::npos)
        return std::nullopt;
    const auto bound = parse_bound(key, text.substr(0, length));
    text.remove_prefix(is_quoted ? length + 1 : length);
    return bound;
}

/// The values of FROM (...): those after the first say nothing that the first does not.
std::optional<Bound> take_row(KeyType key, std::string_view& text) {
    const auto first = take_bound(key, text);
    if (!first)
        return std::nullopt;
    const std::string_view others = first->is_maxvalue() ? ", MAXVALUE" : ", MINVALUE";
    while (take(text, others)) {
    }
    return first;
}

}  // namespace

std::optional<KeyType> key_type(std::string_view type_name) {
    for (const NamedType& type : named_types)
        if (type.spelled == type_name)
            return type.key;
    return std::nullopt;
}

std::optional<KeyType> key_type(std::string_view type_name, const config::KeyEncoding& encoding) {
    using Unit = config::KeyEncoding::Unit;
    const auto wrong = [&](std::string_view wanted) {
        return Error(ExitCode::usage,
                     fmt::format("key_encoding.unit = \"{}\" is for keys of type {}, and this one is of type {}",
                                 encoding.name(), wanted, type_name),
                     "take [key_encoding] out of the policy, or write the unit that the keys have");
    };
    switch (encoding.unit) {
        case Unit::none:
            return key_type(type_name);
        case Unit::v7:
            return type_name == "uuid" ? KeyType(KeyType::uuid) : throw wrong("uuid");
        case Unit::ulid:
            return is_text(type_name) ? KeyType(KeyType::ulid) : throw wrong("text");
        default:
            break;
    }
    if (type_name != "bigint")
        throw wrong("bigint");
    switch (encoding.unit) {
        case Unit::s:
            return KeyType(KeyType::epoch_s);
        case Unit::ms:
            return KeyType(KeyType::epoch_ms);
        case Unit::us:
            return KeyType(KeyType::epoch_us);
        case Unit::ns:
            return KeyType(KeyType::epoch_ns);
        default:
            return KeyType(KeyType::snowflake,
                           std::chrono::floor<std::chrono::milliseconds>(encoding.epoch.value_or(Instant{}))
                               .time_since_epoch()
                               .count());
    }
}

std::string_view type_name(KeyType key) {
    if (key == KeyType::ulid)
        return "pg_catalog.text";
    if (is_encoded(key))
        return "pg_catalog.int8";
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

std::string for_values(KeyType key, const Bounds& bounds, std::size_t columns) {
    const auto listed = [&](const Bound& bound) {
        std::string text = bound_literal(key, bound);
        for (std::size_t i = 1; i < columns; ++i)
            text += bound.is_maxvalue() ? ", MAXVALUE" : ", MINVALUE";
        return text;
    };
    return fmt::format("FOR VALUES FROM ({}) TO ({})", listed(bounds.lower), listed(bounds.upper));
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
    if (is_number(key) || key == KeyType::uuid || (is_encoded(key) && bound.tail() != Bound::Tail{}))
        return value_text(key, bound);
    const Instant moment = bound.instant();
    const bool is_midnight = moment == std::chrono::floor<std::chrono::days>(moment);
    return is_midnight ? format_date(moment) : format_timestamp(moment);
}

std::string describe(KeyType key, const Bounds& bounds) {
    return fmt::format("[{}, {})", describe(key, bounds.lower), describe(key, bounds.upper));
}

std::optional<Bound> parse_bound(KeyType key, std::string_view text) {
    if (key == KeyType::numeric)
        return parse_numeric(text);
    if (is_number(key)) {
        std::int64_t number = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (failure != std::errc{} || end != text.data() + text.size())
            return std::nullopt;
        return Bound::number(number);
    }
    if (key == KeyType::uuid && parse_uuid(text))
        return parse_uuid(text);
    if (is_encoded(key))
        if (const auto bound = parse_encoded(key, text))
            return bound;
    if (has_infinities(key) && text == "infinity")
        return Bound::infinity();
    if (has_infinities(key) && text == "-infinity")
        return Bound::minus_infinity();
    // A person gives the start of a key with a time in it as that time.
    const auto moment = parse_timestamp(text);
    if (!moment || (key == KeyType::date && *moment != std::chrono::floor<std::chrono::days>(*moment)))
        return std::nullopt;
    return Bound::at(*moment);
}

std::optional<Bounds> parse_bounds(KeyType key, std::string_view text) {
    if (!take(text, "FOR VALUES FROM ("))
        return std::nullopt;
    const auto lower = take_row(key, text);
    if (!lower || !take(text, ") TO ("))
        return std::nullopt;
    const auto upper = take_row(key, text);
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
