#include "ddl/leaf_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "config/name_pattern.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace chr = std::chrono;

namespace {

struct IsoWeek {
    std::int64_t year;
    std::int64_t week;
};

/// A week belongs to the year that its Thursday is in (ISO 8601).
IsoWeek iso_week(chr::sys_days day) {
    const auto thursday = day + chr::days(4) - chr::days(static_cast<int>(chr::weekday{day}.iso_encoding()));
    const std::int64_t year = civil_date(thursday).year;
    const auto since = chr::floor<chr::days>(Instant(thursday) - midnight_of({year, 1, 1})).count();
    return {year, since / 7 + 1};
}

/// As people count: there is no year 0.
std::string year_text(std::int64_t year) {
    return year > 0 ? fmt::format("{:04}", year) : fmt::format("{:04}bc", 1 - year);
}

std::string time_part(char conversion, Instant moment) {
    const auto day = chr::floor<chr::days>(moment);
    const CivilDate date = civil_date(moment);
    const chr::hh_mm_ss time{moment - day};
    switch (conversion) {
        case 'Y':
            return year_text(date.year);
        case 'm':
            return fmt::format("{:02}", date.month);
        case 'd':
            return fmt::format("{:02}", date.day);
        case 'H':
            return fmt::format("{:02}", time.hours().count());
        case 'M':
            return fmt::format("{:02}", time.minutes().count());
        case 'j':
            return fmt::format("{:03}", chr::floor<chr::days>(moment - midnight_of({date.year, 1, 1})).count() + 1);
        case 'G':
            return year_text(iso_week(day).year);
        case 'V':
            return fmt::format("{:02}", iso_week(day).week);
        default:
            throw Error(ExitCode::unexpected, fmt::format("%{} in a name pattern was let through", conversion));
    }
}

Error wrong_kind(std::string_view pattern, KeyType key) {
    return {ExitCode::usage,
            is_number(key) ? fmt::format("name \"{}\": the key is a number", pattern)
                           : fmt::format("name \"{}\": the key is a time", pattern),
            is_number(key) ? "write {table}_{start}" : "write {table}_{start:%Y_%m}, for example"};
}

std::string number_part(const Bound& start) {
    if (!start.is_finite())
        return "min";
    std::string text = fmt::format("{}", start.number());
    if (text.front() == '-')
        text.replace(0, 1, "minus_");
    return text;
}

}  // namespace

namespace {

std::string piece_text(const config::NamePiece& piece, std::string_view table, const Bound& start, Instant local) {
    using Kind = config::NamePiece::Kind;
    switch (piece.kind) {
        case Kind::literal:
            return piece.text;
        case Kind::table:
            return std::string(table);
        case Kind::number:
            return number_part(start);
        default:
            return time_part(piece.conversion, local);
    }
}

/// The table's part of a name whose other parts are that long.
std::string shortened(std::string_view table, std::size_t others) {
    constexpr std::size_t hash = 9;
    if (others + hash >= sql::max_identifier_bytes)
        return std::string(table);
    const std::string padding(others, 'x');
    std::string whole = sql::truncated_name(table, padding);
    whole.resize(whole.size() - others);
    return whole;
}

}  // namespace

std::string leaf_name(std::string_view pattern, std::string_view table, KeyType key, const Bound& start,
                      const Calendar& calendar) {
    using Kind = config::NamePiece::Kind;
    const std::vector<config::NamePiece> pieces = config::parse_name_pattern(pattern);
    for (const config::NamePiece& piece : pieces)
        if ((piece.kind == Kind::number && !is_number(key)) || (piece.kind == Kind::time && is_number(key)))
            throw wrong_kind(pattern, key);
    const Instant local = is_moment(key) && start.is_finite() ? calendar.local(start.instant()) : start.instant();
    std::size_t others = 0;
    std::size_t tables = 0;
    for (const config::NamePiece& piece : pieces) {
        if (piece.kind == Kind::table)
            ++tables;
        else
            others += piece_text(piece, {}, start, local).size();
    }
    const std::string part = tables == 1 ? shortened(table, others) : std::string(table);
    std::string name;
    for (const config::NamePiece& piece : pieces)
        name += piece_text(piece, part, start, local);
    return sql::truncated_name(name);
}

namespace {

/// Those of infinite times have no start that a pattern could spell.
std::string leaf_of(std::string_view pattern, std::string_view table, KeyType key, const Bound& start,
                    const Calendar& calendar = {}) {
    if (is_number(key) || start.is_finite())
        return leaf_name(pattern, table, key, start, calendar);
    return sql::truncated_name(table, start.is_infinity() ? "_infinity" : "_minus_infinity");
}

Error names_taken(const QualifiedName& parent, KeyType key, const std::vector<Leaf>& leaves) {
    constexpr std::size_t most_named = 10;
    std::string names;
    for (std::size_t i = 0; i < std::min(leaves.size(), most_named); ++i)
        names += fmt::format("{}{} for {}", i == 0 ? "" : ", ", sql::quoted(leaves[i].name),
                             describe(key, leaves[i].bounds));
    if (leaves.size() > most_named)
        names += fmt::format(" and {} more", leaves.size() - most_named);
    return {ExitCode::refused,
            fmt::format("{} of {} would get a name that another relation has: {}", counted(leaves.size(), "partition"),
                        sql::quoted(parent), names),
            "rename or drop these relations (a detached partition keeps its name), or give the policy another name "
            "pattern"};
}

constexpr int most_namesakes = 20;

std::string numbered(const std::string& name, int number) {
    return number == 1 ? name : sql::truncated_name(name, fmt::format("_{}", number));
}

}  // namespace

std::vector<Leaf> name_leaves_freely(std::string_view pattern, const QualifiedName& parent, KeyType key,
                                     const std::vector<Bounds>& missing, const std::set<std::string>& taken,
                                     const Calendar& calendar) {
    std::vector<Leaf> leaves;
    std::set<std::string> used = taken;
    for (const Bounds& bounds : missing) {
        const std::string name = leaf_of(pattern, parent.name, key, bounds.lower, calendar);
        int number = 1;
        while (number < most_namesakes && used.count(numbered(name, number)) != 0)
            ++number;
        used.insert(numbered(name, number));
        leaves.push_back({{parent.schema, numbered(name, number)}, bounds});
    }
    return leaves;
}

std::vector<std::string> possible_names(std::string_view pattern, const QualifiedName& parent, KeyType key,
                                        const std::vector<Bounds>& missing, const Calendar& calendar) {
    std::vector<std::string> names;
    for (const Bounds& bounds : missing)
        for (int number = 1; number <= most_namesakes; ++number)
            names.push_back(numbered(leaf_of(pattern, parent.name, key, bounds.lower, calendar), number));
    return names;
}

std::vector<Leaf> name_leaves(std::string_view pattern, const QualifiedName& parent, KeyType key,
                              const std::vector<Bounds>& missing, const std::set<std::string>& taken) {
    std::vector<Leaf> leaves;
    std::vector<Leaf> nameless;
    std::map<std::string, Bounds> named;
    for (const Bounds& bounds : missing) {
        Leaf leaf{{parent.schema, leaf_of(pattern, parent.name, key, bounds.lower)}, bounds};
        if (taken.count(leaf.name.name) != 0)
            nameless.push_back(leaf);
        const auto [twin, is_new] = named.emplace(leaf.name.name, bounds);
        if (!is_new)
            throw Error(ExitCode::refused,
                        fmt::format("partitions {} and {} of {} would both be named {}", describe(key, twin->second),
                                    describe(key, bounds), sql::quoted(parent), sql::quoted(leaf.name)),
                        "give the policy a finer name pattern, such as {table}_{start:%Y_%m_%d}");
        leaves.push_back(std::move(leaf));
    }
    if (!nameless.empty())
        throw names_taken(parent, key, nameless);
    return leaves;
}

}  // namespace tripmig::ddl
