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
    int year;
    int week;
};

/// A week belongs to the year that its Thursday is in (ISO 8601).
IsoWeek iso_week(chr::sys_days day) {
    const auto thursday = day + chr::days(4) - chr::days(static_cast<int>(chr::weekday{day}.iso_encoding()));
    const chr::year year = chr::year_month_day{thursday}.year();
    const auto since = (thursday - chr::sys_days{year / chr::January / 1}).count();
    return {static_cast<int>(year), static_cast<int>(since / 7) + 1};
}

std::string time_part(char conversion, Instant moment) {
    const auto day = chr::floor<chr::days>(moment);
    const chr::year_month_day date{day};
    const chr::hh_mm_ss time{moment - day};
    switch (conversion) {
        case 'Y':
            return fmt::format("{:04}", static_cast<int>(date.year()));
        case 'm':
            return fmt::format("{:02}", static_cast<unsigned>(date.month()));
        case 'd':
            return fmt::format("{:02}", static_cast<unsigned>(date.day()));
        case 'H':
            return fmt::format("{:02}", time.hours().count());
        case 'M':
            return fmt::format("{:02}", time.minutes().count());
        case 'j':
            return fmt::format("{:03}", (day - chr::sys_days{date.year() / chr::January / 1}).count() + 1);
        case 'G':
            return fmt::format("{:04}", iso_week(day).year);
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

std::string leaf_name(std::string_view pattern, std::string_view table, KeyType key, const Bound& start) {
    using Kind = config::NamePiece::Kind;
    std::string name;
    for (const config::NamePiece& piece : config::parse_name_pattern(pattern)) {
        if ((piece.kind == Kind::number && !is_number(key)) || (piece.kind == Kind::time && is_number(key)))
            throw wrong_kind(pattern, key);
        if (piece.kind == Kind::literal)
            name += piece.text;
        else if (piece.kind == Kind::table)
            name += table;
        else
            name += piece.kind == Kind::number ? number_part(start) : time_part(piece.conversion, start.instant());
    }
    return sql::truncated_name(name);
}

namespace {

/// Those of infinite times have no start that a pattern could spell.
std::string leaf_of(std::string_view pattern, std::string_view table, KeyType key, const Bound& start) {
    if (is_number(key) || start.is_finite())
        return leaf_name(pattern, table, key, start);
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

}  // namespace

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
