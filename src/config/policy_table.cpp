#include "config/policy_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "config/identifier.hpp"
#include "config/name_pattern.hpp"

namespace tripmig::config {

namespace {

using Policy = PartitionPolicy;
using Action = RetentionPolicy::Action;
using Default = PartitionPolicy::Default;
using Analyze = PartitionPolicy::Analyze;
using Unit = KeyEncoding::Unit;

const std::vector<std::string> days_of_week{"monday", "tuesday",  "wednesday", "thursday",
                                            "friday", "saturday", "sunday"};

constexpr std::int64_t widest_number = std::int64_t{1} << 62U;  // a bound and the next one both fit a bigint

/// The same failure at the setting's place.
template <typename Parse>
auto parsed(const Setting& setting, const Parse& parse) {
    try {
        return parse(setting.as_non_empty_text());
    } catch (const Error& failure) {
        if (failure.position())
            throw;
        throw setting.error(failure.message(), failure.hint());
    }
}

PartitionInterval interval_of(const Setting& setting) {
    if (setting.value().kind == TomlValue::Kind::integer)
        return setting.as_integer(1, widest_number);
    const CalendarInterval interval = setting.as_interval();
    constexpr std::int64_t minute = 60'000'000;
    if (interval.months == 0 && interval.days == 0 && interval.microseconds < minute)
        throw setting.error("a partition must be at least one minute wide",
                            R"(write "1 hour", "1 day", "1 week", "1 month", "1 year")");
    return interval;
}

/// Kept as text in the key's own type: a TOML date or integer is as good as a string. Checked against the interval
/// later.
std::string start_of(const Setting& setting) {
    const TomlValue::Kind kind = setting.value().kind;
    if (kind == TomlValue::Kind::integer || kind == TomlValue::Kind::time)
        return setting.value().text;
    return setting.as_non_empty_text();
}

/// A name of pg_timezone_names: the server knows whether there is such a zone. "UTC+9" is a zone for PostgreSQL too,
/// west of Greenwich (POSIX), which nobody means who writes it.
std::string time_zone_of(const Setting& setting) {
    std::string name = setting.as_non_empty_text();
    const std::size_t digit = name.find_first_of("0123456789");
    if (digit != std::string::npos && name.find('/') == std::string::npos)
        throw setting.error(fmt::format("{} is not the name of a time zone", setting.shown()),
                            "write a name such as \"Asia/Seoul\" (SELECT name FROM pg_timezone_names)");
    return name == "UTC" ? std::string() : name;
}

std::optional<QualifiedName> template_of(const Setting& setting) {
    if (setting.as_text() == "newest")
        return std::nullopt;
    return parsed(setting, parse_table_name);
}

Unit unit_of(const Setting& setting) {
    return std::array{Unit::s, Unit::ms, Unit::us, Unit::ns, Unit::v7, Unit::ulid, Unit::snowflake}.at(
        setting.as_choice({"s", "ms", "us", "ns", "v7", "ulid", "snowflake"}));
}

Instant moment_of(const Setting& setting) {
    const auto moment = parse_timestamp(start_of(setting));
    if (!moment)
        throw setting.error(fmt::format("{} is not a date or time", setting.shown()),
                            "write \"2015-01-01\"; times are UTC");
    return *moment;
}

PartitionInterval keep_of(const Setting& setting) {
    if (setting.value().kind == TomlValue::Kind::integer)
        return setting.as_integer(1, widest_number);
    return setting.as_interval();
}

/// "500 GB": as pg_size_pretty() counts, by 1024.
std::int64_t size_of(const Setting& setting) {
    const std::string text = setting.as_non_empty_text();
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::size_t unit = std::min(text.find_first_not_of(' ', digits), text.size());
    constexpr std::array<std::string_view, 4> units{"kB", "MB", "GB", "TB"};
    const auto* const found = std::find(units.begin(), units.end(), std::string_view(text).substr(unit));
    constexpr std::size_t most_digits = 6;
    if (digits == 0 || digits > most_digits || found == units.end() || text.find_first_not_of('0') >= digits)
        throw setting.error(fmt::format("{} is not a size", setting.shown()), "write \"500 GB\": kB, MB, GB or TB");
    constexpr std::int64_t step = 1024;
    std::int64_t bytes = std::stoll(text.substr(0, digits));
    for (auto power = std::distance(units.begin(), found); power >= 0; --power)
        bytes *= step;
    return bytes;
}

/// Put into a shell command and into SQL: without its placeholder it would do the same for every partition.
std::string with_placeholder(const Setting& setting, std::string_view placeholder) {
    std::string text = setting.as_non_empty_text();
    if (text.find(placeholder) == std::string::npos)
        throw setting.error(fmt::format("{} is missing in it", placeholder),
                            fmt::format("write {} where it belongs", placeholder));
    return text;
}

RetentionPolicy& retention(Policy& policy) {
    if (!policy.retention)
        policy.retention.emplace();
    return *policy.retention;
}

void add_plain_keys(std::vector<PolicyKey>& table) {
    table.insert(
        table.end(),
        {{"", "table", "name", "", "The table, as in SQL: `orders`, `public.orders`, `\"Odd.Name\"`. Required.",
          [](Policy& p, const Setting& s) { p.table = parsed(s, parse_table_name); }},
         {"", "key", "name", "", "The column of the partition key. Required.",
          [](Policy& p, const Setting& s) { p.key = parsed(s, parse_identifier); }},
         {"", "interval", "interval or integer", "",
          "The width of a partition: a time for date and timestamp keys, a number for integer keys. Required.",
          [](Policy& p, const Setting& s) { p.interval = interval_of(s); }},
         {"", "premake", "integer", "3", "How many future partitions to keep, besides the present one.",
          [](Policy& p, const Setting& s) { p.premake = static_cast<int>(s.as_integer(0, 10'000)); }},
         {"", "start", "date, time or integer", "",
          "Where the first partition of an empty table begins. It may be in the future.",
          [](Policy& p, const Setting& s) { p.start = start_of(s); }},
         {"", "name", "pattern", "", "The pattern of the partitions' names. Default: one that fits the interval.",
          [](Policy& p, const Setting& s) { p.name = s.as_non_empty_text(); }},
         {"", "time_zone", "name", "UTC",
          "Where days and months begin, such as `Asia/Seoul`. For date and timestamp keys: what \"now\" is.",
          [](Policy& p, const Setting& s) { p.time_zone = time_zone_of(s); }},
         {"", "week_start", "a day of the week", "monday", "The day on which weeks begin, such as `sunday`.",
          [](Policy& p, const Setting& s) { p.week_start = static_cast<int>(s.as_choice(days_of_week)) + 1; }},
         {"", "template", "newest or a table", "newest",
          "The model for what the partitioned table does not define: the newest partition, or this table.",
          [](Policy& p, const Setting& s) { p.template_table = template_of(s); }},
         {"", "max_create", "integer", "", "As in [partitions], for this table only.",
          [](Policy& p, const Setting& s) { p.max_create = static_cast<int>(s.as_integer(1, 100'000)); }},
         {"", "max_drop", "integer", "", "As in [partitions], for this table only.",
          [](Policy& p, const Setting& s) { p.max_drop = static_cast<int>(s.as_integer(0, 100'000)); }}});
}

void add_retention(std::vector<PolicyKey>& table) {
    table.insert(
        table.end(),
        {{"key_encoding", "unit", "s, ms, us, ns, v7, ulid, snowflake", "",
          "How times are encoded in the key. bigint: s, ms, us, ns since 1970, or snowflake. uuid: v7. text: ulid.",
          [](Policy& p, const Setting& s) { p.key_encoding.unit = unit_of(s); }},
         {"key_encoding", "epoch", "date or time", "", "For snowflake: the time of the key 0. Required for it.",
          [](Policy& p, const Setting& s) { p.key_encoding.epoch = moment_of(s); }},
         {"retention", "keep", "interval or integer", "",
          "Partitions whose upper bound is older than this are retired; an integer is measured from the newest row. "
          "[retention] needs keep, keep_partitions or keep_size.",
          [](Policy& p, const Setting& s) { retention(p).keep = keep_of(s); }},
         {"retention", "keep_partitions", "integer", "",
          "How many partitions are kept: the present one and those before it.",
          [](Policy& p, const Setting& s) {
              retention(p).keep_partitions = static_cast<int>(s.as_integer(1, 100'000));
          }},
         {"retention", "keep_size", "size", "",
          "The oldest are retired until the rest is no larger, with indexes and TOAST: `500 GB`.",
          [](Policy& p, const Setting& s) { retention(p).keep_bytes = size_of(s); }},
         {"retention", "only_if", "SQL", "",
          "A SELECT of one boolean; {partition} stands for the partition's name. Nothing is detached, dropped or "
          "archived unless it is true.",
          [](Policy& p, const Setting& s) { retention(p).only_if = with_placeholder(s, "{partition}"); }},
         {"retention", "action", "detach, drop, archive", "detach",
          "detach: each is kept as a separate table. drop: after grace it is dropped. archive: after grace it is "
          "written to a file, then dropped.",
          [](Policy& p, const Setting& s) {
              retention(p).action = std::array{Action::detach, Action::drop, Action::archive}.at(
                  s.as_choice({"detach", "drop", "archive"}));
          }},
         {"retention", "grace", "interval", "7 days", "For drop and archive: the time between detach and drop.",
          [](Policy& p, const Setting& s) { retention(p).grace = s.as_interval(); }},
         {"retention", "cascade", "true, false", "false",
          "true: rows of other tables that reference the partition are deleted with it.",
          [](Policy& p, const Setting& s) { retention(p).cascade = s.as_boolean(); }},
         {"retention", "idle", "true, false", "false",
          "true: the table may get no rows for a long time. Otherwise nothing is detached while the newest row is "
          "older than 2 intervals (at least a week).",
          [](Policy& p, const Setting& s) { retention(p).idle = s.as_boolean(); }},
         {"archive", "dir", "path", "",
          "Where archives go: `DIR/TABLE/PARTITION.sql.zst`. Relative to the policy's folder. Required for archive.",
          [](Policy& p, const Setting& s) { p.archive.dir = s.as_path(); }},
         {"archive", "command", "string", "",
          "A shell command that runs once a file is verified; {file} stands for its path. Nothing is dropped unless it "
          "exits with 0. It may run twice for one file.",
          [](Policy& p, const Setting& s) { p.archive.command = with_placeholder(s, "{file}"); }}});
}

void add_other_sections(std::vector<PolicyKey>& table) {
    table.insert(
        table.end(),
        {{"default", "partition", "none, watch, drain", "none",
          "none: there is no DEFAULT partition. watch: there is one, and rows in it are reported. drain: `maintain` "
          "moves rows out of it.",
          [](Policy& p, const Setting& s) {
              p.default_partition =
                  std::array{Default::none, Default::watch, Default::drain}.at(s.as_choice({"none", "watch", "drain"}));
          }},
         {"analyze", "parent", "never, after-data, nightly", "after-data",
          "When the partitioned table is analyzed, which autovacuum never does. after-data: when rows were moved in or "
          "out.",
          [](Policy& p, const Setting& s) {
              p.analyze = std::array{Analyze::never, Analyze::after_data, Analyze::nightly}.at(
                  s.as_choice({"never", "after-data", "nightly"}));
          }},
         {"swap", "strategy", "attach, copy", "attach",
          "attach: the old table becomes the partition of the past. copy: its rows are copied into new partitions.",
          [](Policy& p, const Setting& s) {
              p.swap.strategy =
                  std::array{SwapStrategy::attach, SwapStrategy::copy}.at(s.as_choice({"attach", "copy"}));
              p.swap.names_strategy = true;
          }},
         {"swap", "incoming_foreign_keys", "refuse, registry, composite, drop", "refuse",
          "What becomes of foreign keys that reference the table. registry: they reference a table of all ids. "
          "composite: their tables get the key too. drop: they are dropped, once --drop-foreign-keys names them.",
          [](Policy& p, const Setting& s) {
              using Choice = IncomingForeignKeys;
              p.swap.incoming_foreign_keys =
                  std::array{Choice::refuse, Choice::registry, Choice::composite, Choice::drop}.at(
                      s.as_choice({"refuse", "registry", "composite", "drop"}));
          }},
         {"swap", "unique_indexes", "refuse, key, leaf", "refuse",
          "What becomes of unique indexes and constraints without the key. key: it is added to them. leaf: each "
          "partition keeps its own, unique within that partition only.",
          [](Policy& p, const Setting& s) {
              using Choice = UniqueIndexes;
              p.swap.unique_indexes =
                  std::array{Choice::refuse, Choice::key, Choice::leaf}.at(s.as_choice({"refuse", "key", "leaf"}));
          }},
         {"swap", "outliers", "own, default, first", "own",
          "Where copy puts rows that lie far from the others. own: into partitions of their own. default: into a "
          "DEFAULT "
          "partition. first: into one wide partition before the others, and one up to MAXVALUE.",
          [](Policy& p, const Setting& s) {
              p.swap.outliers = std::array{Outliers::own, Outliers::default_partition, Outliers::first}.at(
                  s.as_choice({"own", "default", "first"}));
          }},
         {"swap", "unique_ids", "true, false", "false",
          "true: keep ids unique in all partitions, with a registry, even if nothing references them.",
          [](Policy& p, const Setting& s) { p.swap.unique_ids = s.as_boolean(); }}});
}

}  // namespace

PartitionInterval parse_partition_interval(std::string_view text) {
    const Setting setting("the interval", std::string(text), {});
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos)
        return setting.as_integer(1, widest_number);
    return interval_of(setting);
}

const std::vector<PolicyKey>& policy_keys() {
    static const std::vector<PolicyKey> table = [] {
        std::vector<PolicyKey> keys;
        add_plain_keys(keys);
        add_retention(keys);
        add_other_sections(keys);
        return keys;
    }();
    return table;
}

}  // namespace tripmig::config
