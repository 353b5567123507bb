#include "partition/adopt/partman.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "config/name_pattern.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

using KeyUnit = config::KeyEncoding::Unit;

Error refused_row(const PartmanTable& row, const std::string& why, const std::string& hint) {
    return {ExitCode::refused, fmt::format("{}: {}", sql::quoted(row.table), why), hint};
}

void require_adoptable(const PartmanTable& row) {
    constexpr std::array<std::string_view, 2> own_partitions{"native", "range"};
    if (row.is_undone)
        throw refused_row(row, "pg_partman is undoing its partitions",
                          "finish undo_partition(), or set undo_in_progress "
                          "to false");
    if (row.type == "list")
        throw refused_row(row, "it is partitioned by LIST", "policies are for tables that are partitioned by RANGE");
    if (std::find(own_partitions.begin(), own_partitions.end(), row.type) == own_partitions.end())
        throw refused_row(
            row,
            fmt::format("its partition_type {} is inheritance with triggers, not PostgreSQL's own partitions",
                        row.type),
            "migrate it to declarative partitions first: pg_partman's manual says how");
    if (!row.interval.interval())
        throw refused_row(row, fmt::format("its partition_interval {} is not understood", row.interval.text),
                          "write a policy with: tripmig partition init TABLE --interval INTERVAL");
}

void read_encoding(const PartmanTable& row, PartmanReading& reading) {
    static const std::map<std::string, KeyUnit> units{{"seconds", KeyUnit::s},
                                                      {"milliseconds", KeyUnit::ms},
                                                      {"microseconds", KeyUnit::us},
                                                      {"nanoseconds", KeyUnit::ns}};
    if (const auto unit = units.find(row.epoch); unit != units.end())
        reading.wishes.encoding = config::KeyEncoding{unit->second, std::nullopt};
    if (row.time_encoder.empty())
        return;
    if (row.time_encoder.find("uuid7") != std::string::npos)
        reading.wishes.encoding = config::KeyEncoding{KeyUnit::v7, std::nullopt};
    else
        reading.notes.push_back(fmt::format("time_encoder {} has no counterpart: keys are read as {}", row.time_encoder,
                                            "uuid version 7 or, of type text, as ULIDs"));
}

void read_names(const PartmanTable& row, PartmanReading& reading) {
    const config::PartitionInterval interval = row.interval.interval().value();
    if (std::holds_alternative<std::int64_t>(interval)) {
        reading.wishes.name = "{table}_p{start}";
        return;
    }
    if (row.datetime_string.empty())
        return;
    const auto pattern = pattern_of(row.datetime_string);
    try {
        if (pattern) {
            config::check_name_pattern(*pattern, interval);
            reading.wishes.name = *pattern;
            return;
        }
    } catch (const Error&) {
        // Two partitions could get one name: as if it had no counterpart.
    }
    reading.wishes.name =
        "{table}_p" + config::default_name_pattern(interval).substr(std::string_view("{table}_").size());
    reading.notes.push_back(fmt::format("datetime_string {} has no counterpart: new partitions are named after {}",
                                        row.datetime_string, reading.wishes.name));
}

void read_retention(const PartmanTable& row, PartmanReading& reading) {
    if (row.retention.text.empty())
        return;
    const auto keep = row.retention.interval();
    if (!keep || keep->index() != row.interval.interval()->index()) {
        reading.notes.push_back(
            fmt::format("retention {} has no counterpart: nothing is ever detached until [retention] "
                        "is in the policy",
                        row.retention.text));
        return;
    }
    reading.wishes.keep = keep;
    if (!row.retention_schema.empty())
        reading.notes.push_back(
            fmt::format("retention_schema {} has no counterpart: detached partitions stay in their "
                        "schema",
                        row.retention_schema));
    else if (!row.keeps_table) {
        reading.wishes.drops = true;
        reading.notes.emplace_back(
            "retention_keep_table = false: old partitions are dropped 7 days after they are detached (grace), where "
            "pg_partman drops them at once");
    }
    if (row.keeps_table && !row.keeps_index)
        reading.notes.emplace_back(
            "retention_keep_index = false has no counterpart: detached partitions keep their indexes");
}

void note_sub_partitions(const PartmanTable& row, PartmanReading& reading) {
    if (row.sub_control.empty())
        return;
    if (row.sub_control == row.control)
        reading.notes.push_back(
            fmt::format("new partitions get sub-partitions by {}, all of them at once, as wide as the "
                        "newest partition has them",
                        sql::quote_ident(row.sub_control)));
    else
        reading.notes.push_back(
            fmt::format("new partitions get sub-partitions by {} with the bounds that the newest partition has; what "
                        "pg_partman adds "
                        "to them later ({}, sub_premake) has no counterpart: each needs a policy of its own",
                        sql::quote_ident(row.sub_control), row.sub_interval.text));
}

void note_differences(const PartmanTable& row, PartmanReading& reading) {
    const bool is_time = std::holds_alternative<CalendarInterval>(row.interval.interval().value());
    if (is_time && !row.is_infinite)
        reading.notes.emplace_back(
            "infinite_time_partitions = false: pg_partman stops where the newest row is; tripmig counts premake from "
            "the "
            "clock");
    if (row.maintenance != "on")
        reading.notes.push_back(
            fmt::format("automatic_maintenance is {}: pg_partman does not maintain it by itself", row.maintenance));
    if (!row.others.empty())
        reading.notes.push_back(fmt::format("no counterpart: {}", fmt::join(row.others, ", ")));
}

}  // namespace

std::optional<config::PartitionInterval> PartmanAmount::interval() const {
    if (number)
        return config::PartitionInterval(*number);
    const auto parts =
        time ? (time->months != 0 ? 1 : 0) + (time->days != 0 ? 1 : 0) + (time->microseconds != 0 ? 1 : 0) : 0;
    if (parts != 1 || time->months < 0 || time->days < 0 || time->microseconds < 0)
        return std::nullopt;
    return config::PartitionInterval(*time);
}

PartmanReading read_partman_table(const PartmanTable& row) {
    require_adoptable(row);
    PartmanReading reading;
    reading.wishes.interval = row.interval.interval();
    reading.wishes.premake = static_cast<int>(std::min<std::int64_t>(row.premake, 10'000));
    read_encoding(row, reading);
    read_names(row, reading);
    read_retention(row, reading);
    note_sub_partitions(row, reading);
    note_differences(row, reading);
    return reading;
}

std::optional<std::string> pattern_of(const std::string& datetime_string) {
    // Longer ones before those that they begin with. Seconds are 00 in partitions of whole minutes.
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> parts{{{"IYYY", "%G"},
                                                                                         {"YYYY", "%Y"},
                                                                                         {"HH24", "%H"},
                                                                                         {"DDD", "%j"},
                                                                                         {"IW", "%V"},
                                                                                         {"MM", "%m"},
                                                                                         {"DD", "%d"},
                                                                                         {"MI", "%M"},
                                                                                         {"SS", "00"}}};
    std::string format;
    std::string_view rest = datetime_string;
    while (!rest.empty()) {
        const auto part = std::find_if(parts.begin(), parts.end(), [&](const auto& each) {
            return rest.substr(0, each.first.size()) == each.first;
        });
        if (part != parts.end()) {
            format += part->second;
            rest.remove_prefix(part->first.size());
            continue;
        }
        std::string_view literal = rest.substr(0, 1);
        if (literal == "\"") {
            const std::size_t end = rest.find('"', 1);
            if (end == std::string_view::npos)
                return std::nullopt;
            literal = rest.substr(1, end - 1);
            rest.remove_prefix(end + 1);
        } else if (literal == "_" || literal == "-") {
            rest.remove_prefix(1);
        } else {
            return std::nullopt;
        }
        if (literal.find_first_of("%{}") != std::string_view::npos)
            return std::nullopt;
        format += literal;
    }
    return format.empty() ? std::nullopt : std::optional(fmt::format("{{table}}_p{{start:{}}}", format));
}

}  // namespace tripmig::partition
