#include "config/name_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"

namespace tripmig::config {

namespace {

constexpr std::string_view conversions = "YmdHMjGV";

const char* const pattern_forms =
    "a pattern is made of text, {table}, and {start:%Y_%m_%d} for dates and times or {start} for integers";

Error bad_pattern(const std::string& problem, const std::string& hint = pattern_forms) {
    return {ExitCode::usage, problem, hint};
}

class PatternParser {
  public:
    std::vector<NamePiece> parse(std::string_view pattern) {
        while (!pattern.empty()) {
            const std::size_t brace = std::min(pattern.find_first_of("{}"), pattern.size());
            add_literal(pattern.substr(0, brace));
            pattern.remove_prefix(brace);
            if (pattern.empty())
                break;
            const std::size_t end = pattern.find('}');
            if (pattern.front() == '}' || end == std::string_view::npos)
                throw bad_pattern("a brace has no counterpart");
            add_field(pattern.substr(1, end - 1));
            pattern.remove_prefix(end + 1);
        }
        return std::move(m_pieces);
    }

  private:
    void add_literal(std::string_view text) {
        if (text.empty())
            return;
        if (m_pieces.empty() || m_pieces.back().kind != NamePiece::Kind::literal)
            m_pieces.push_back({NamePiece::Kind::literal, "", 0});
        m_pieces.back().text += text;
    }

    void add_field(std::string_view field) {
        constexpr std::string_view time_field = "start:";
        if (field == "table")
            m_pieces.push_back({NamePiece::Kind::table, "", 0});
        else if (field == "start")
            m_pieces.push_back({NamePiece::Kind::number, "", 0});
        else if (field.substr(0, time_field.size()) == time_field)
            add_time(field.substr(time_field.size()));
        else
            throw bad_pattern(fmt::format("unknown field {{{}}}", field));
    }

    void add_time(std::string_view format) {
        for (std::size_t i = 0; i < format.size(); ++i) {
            if (format[i] != '%') {
                add_literal(format.substr(i, 1));
                continue;
            }
            ++i;
            if (i == format.size() || conversions.find(format[i]) == std::string_view::npos)
                throw bad_pattern(i == format.size() ? std::string("{start:...} ends with a %")
                                                     : fmt::format("unknown conversion %{}", format.substr(i, 1)),
                                  "use %Y year, %m month, %d day, %H hour, %M minute, %j day of the year, %G and %V "
                                  "ISO year and week");
            m_pieces.push_back({NamePiece::Kind::time, "", format[i]});
        }
    }

    std::vector<NamePiece> m_pieces;
};

enum class Grain { minute, hour, day, week, month, year, nothing };

/// The finest part of time that the conversions tell without doubt.
Grain grain_of(const std::set<char>& used) {
    const auto has = [&](char conversion) { return used.count(conversion) != 0; };
    const bool month = has('Y') && has('m');
    const bool day = (month && has('d')) || (has('Y') && has('j'));
    if (day && has('H'))
        return has('M') ? Grain::minute : Grain::hour;
    if (day)
        return Grain::day;
    if (has('G') && has('V'))
        return Grain::week;
    if (month)
        return Grain::month;
    return has('Y') ? Grain::year : Grain::nothing;
}

/// The coarsest grain whose periods are never longer than the leaf is wide, so that no two leaves begin in one period.
Grain grain_needed(const CalendarInterval& interval) {
    constexpr std::int64_t minute = 60'000'000;
    constexpr std::int64_t day = minute * 60 * 24;
    const std::int64_t days = interval.days + interval.microseconds / day;
    if (interval.months >= 12 || days >= 366)
        return Grain::year;
    if (interval.months > 0 || days >= 31)
        return Grain::month;
    if (days >= 7)
        return Grain::week;
    if (days > 0)
        return Grain::day;
    return interval.microseconds >= minute * 60 ? Grain::hour : Grain::minute;
}

std::string_view time_format(Grain grain) {
    switch (grain) {
        case Grain::minute:
            return "%Y_%m_%d_%H_%M";
        case Grain::hour:
            return "%Y_%m_%d_%H";
        case Grain::day:
        case Grain::week:
            return "%Y_%m_%d";
        case Grain::month:
            return "%Y_%m";
        case Grain::year:
        case Grain::nothing:
            break;
    }
    return "%Y";
}

void check_weeks(const std::set<char>& used) {
    if (used.count('V') != used.count('G'))
        throw bad_pattern("%V and %G go together: the ISO week's year is not always the calendar's",
                          "write {start:%G_w%V}");
    if (used.count('V') != 0 && used.count('Y') + used.count('m') + used.count('j') + used.count('d') != 0)
        throw bad_pattern("ISO weeks (%G, %V) and calendar dates do not mix",
                          "write {start:%G_w%V}, or {start:%Y_%m_%d}");
}

}  // namespace

std::vector<NamePiece> parse_name_pattern(std::string_view pattern) {
    return PatternParser().parse(pattern);
}

void check_name_pattern(std::string_view pattern, const PartitionInterval& interval) {
    std::set<char> used;
    bool has_number = false;
    for (const NamePiece& piece : parse_name_pattern(pattern)) {
        has_number = has_number || piece.kind == NamePiece::Kind::number;
        if (piece.kind == NamePiece::Kind::time)
            used.insert(piece.conversion);
    }
    const std::string instead = fmt::format("write \"{}\"", default_name_pattern(interval));
    if (std::holds_alternative<std::int64_t>(interval)) {
        if (!used.empty() || !has_number)
            throw bad_pattern("names of number partitions need {start}", instead);
        return;
    }
    if (has_number)
        throw bad_pattern("{start} without a format is for integer keys", instead);
    check_weeks(used);
    const CalendarInterval& width = std::get<CalendarInterval>(interval);
    if (grain_of(used) > grain_needed(width))
        throw bad_pattern(fmt::format("two partitions of {} would get the same name", to_string(width)), instead);
}

std::string default_name_pattern(const PartitionInterval& interval) {
    if (std::holds_alternative<std::int64_t>(interval))
        return "{table}_{start}";
    return fmt::format("{{table}}_{{start:{}}}", time_format(grain_needed(std::get<CalendarInterval>(interval))));
}

}  // namespace tripmig::config
